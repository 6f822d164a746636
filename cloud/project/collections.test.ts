import { env } from 'cloudflare:test';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { StoreEvent } from '../../shared/events/index.ts';
import type { RetailerId, StoreId } from '../../shared/ids/index.ts';
import { openDb } from '../db/client.ts';
import { OrderDetail } from '../order/order.ts';
import { deliver } from '../test/deliver.ts';
import { call, expectJson, freshStoreId, newStore, newTenant } from '../test/fixture.ts';
import { story } from '../test/story.ts';
import { projectionOf } from '../test/trip.ts';
import { applyEvents } from './apply.ts';

const NOW = '2026-07-01T12:00:00.000Z';

/** The story of a store whose first order is fetched later, without one of its lines. */
function collectionStory(retailer_id: RetailerId, store_id: StoreId): StoreEvent[] {
  const events = story(retailer_id, store_id, 'e1');
  const paid = events.find((event) => event.type === 'order.completed');
  if (paid?.type !== 'order.completed') throw new Error('a story without a sale');
  const { id: order_id, number } = paid.data.order;
  const steps = [
    { status: 'created', actor: 'system' },
    { status: 'accepted', actor: 'staff', by: 'stf_1' },
    { status: 'accepted', actor: 'staff', by: 'stf_1', reason: 'torn' },
    { status: 'ready_to_collect', actor: 'staff', by: 'stf_1' },
    { status: 'collected', actor: 'staff', by: 'stf_1' },
  ];
  const told = steps.map((step, at) => {
    const instant = `2026-07-01T11:00:0${at}.000Z`;
    const hold_until = step.status === 'ready_to_collect' ? '2026-07-04T11:00:00.000Z' : null;
    return StoreEvent.parse({
      ...{ v: 1, store_id, retailer_id, epoch: 'e1', seq: events.length + at + 1, at: instant },
      type: 'order.collection_changed',
      data: { order_id, number, n: at + 1, ...step, at: instant, hold_until },
    });
  });
  return [...events, ...told];
}

it('steps of a collection told in any order, any portions and any number of times give one projection', async () => {
  const db = openDb(env.DB);
  const store = freshStoreId();
  const told = await newTenant();
  const source = (retailer_id: RetailerId) => ({ retailer_id, store_id: store, epoch: 'e1' });
  const placed = (event: StoreEvent) => ({ seq: event.seq, event, characters: 100 });
  const events = collectionStory(told.retailer_id, store);
  await applyEvents(db, source(told.retailer_id), events.map(placed), NOW);
  const plain = async (retailer: RetailerId) => (await projectionOf(retailer)).replaceAll(retailer, '');
  const expected = await plain(told.retailer_id);
  expect(expected).toContain('"collection_status":"collected","collection_n":5');
  await fc.assert(
    fc.asyncProperty(
      fc.shuffledSubarray(events, { minLength: events.length }),
      fc.array(fc.nat({ max: events.length - 1 }), { maxLength: 6 }),
      fc.integer({ min: 1, max: 5 }),
      async (shuffled, repeats, size) => {
        const other = await newTenant();
        const ours = (event: StoreEvent) => ({ ...event, retailer_id: other.retailer_id });
        const all = [...shuffled, ...repeats.flatMap((at) => events[at] ?? [])].map(ours);
        for (let at = 0; at < all.length; at += size)
          await applyEvents(db, source(other.retailer_id), all.slice(at, at + size).map(placed), NOW);
        expect(await plain(other.retailer_id)).toBe(expected);
      },
    ),
    { seed: 12, numRuns: 12 },
  );
});

it('an order that was fetched later tells so in words', async () => {
  const told = await newTenant();
  const place = await newStore(told);
  const events = collectionStory(told.retailer_id, place);
  await deliver(events.map((event) => JSON.stringify(event)));
  const id = events.flatMap((event) => (event.type === 'order.completed' ? [event.data.order.id] : []))[0];
  const detail = await expectJson(OrderDetail, 200, call('GET', `/v1/orders/${id}`, { token: told.admin }));
  expect(detail.collection_status).toBe('collected');
  expect(
    detail.timeline.map(({ text }) => text).filter((text) => /order( over)?$|collect|torn/.test(text)),
  ).toEqual([
    'waits to be prepared for collection',
    'staff accepted the order',
    'staff rejected lines of the order: torn',
    'staff made the order ready to be collected',
    'staff handed the order over',
  ]);
});
