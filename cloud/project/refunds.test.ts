import { env } from 'cloudflare:test';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { StoreEvent } from '../../shared/events/index.ts';
import { checkPoslog } from '../../shared/poslog/check.ts';
import { PosTransaction } from '../../shared/poslog/transaction.ts';
import { unwrap } from '../../shared/result.ts';
import { openDb } from '../db/client.ts';
import { OrderDetail } from '../order/order.ts';
import { deliver } from '../test/deliver.ts';
import { call, expectJson, freshStoreId, newStore, newTenant } from '../test/fixture.ts';
import { refundStory } from '../test/refund_story.ts';
import { projectionOf } from '../test/trip.ts';
import { applyEvents } from './apply.ts';

const NOW = '2026-07-01T12:00:00.000Z';

it('refunds told in any order, any portions and any number of times give one projection', async () => {
  const db = openDb(env.DB);
  const store = freshStoreId();
  const told = await newTenant();
  const source = (retailer_id: typeof told.retailer_id) => ({ retailer_id, store_id: store, epoch: 'e1' });
  const placed = (event: StoreEvent) => ({ seq: event.seq, event, characters: 100 });
  const events = refundStory(told.retailer_id, store, 'e1');
  await applyEvents(db, source(told.retailer_id), events.map(placed), NOW);
  const plain = async (retailer: typeof told.retailer_id) =>
    (await projectionOf(retailer)).replaceAll(retailer, '');
  const expected = await plain(told.retailer_id);
  expect(expected).toContain('"payment_status":"refunded"');
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

it('an order that went back tells so, in words and on its payments', async () => {
  const told = await newTenant();
  const place = await newStore(told);
  const events = refundStory(told.retailer_id, place, 'e1');
  await deliver(events.map((event) => JSON.stringify(event)));
  const id = events.flatMap((event) => (event.type === 'order.completed' ? [event.data.order.id] : []))[0];
  const detail = await expectJson(OrderDetail, 200, call('GET', `/v1/orders/${id}`, { token: told.admin }));
  expect(detail).toMatchObject({
    status: 'completed',
    payment_status: 'refunded',
    summary: { refund_status: 'full' },
    refunds: [{ status: 'succeeded', number: 'R000001' }],
  });
  expect(detail.timeline.map(({ text }) => text).slice(-2)).toEqual([
    'refund of £25.00 asked for: changed mind',
    '£25.00 refunded, refund R000001, 1 tag back on the shelf',
  ]);
});

it('is in the POSLog as a return that balances and names its sale', async () => {
  const told = await newTenant();
  const place = await newStore(told);
  const events = refundStory(told.retailer_id, place, 'e1');
  await deliver(events.map((event) => JSON.stringify(event)));
  const refund = events.flatMap((event) => (event.type === 'refund.succeeded' ? [event.data.refund] : []))[0];
  const read = (format: string) =>
    call('GET', `/v1/orders/${refund?.order_id}/poslog?document=return:${refund?.id}&format=${format}`, {
      token: told.admin,
    });
  const { text: xml } = await read('xml');
  expect(unwrap(checkPoslog(xml))).toMatchObject({ number: '3', workstation: '200', grand: '-25.00' });
  expect(xml).toContain('<TransactionLink ReasonCode="Return">');
  expect(await expectJson(PosTransaction, 200, read('json'))).toMatchObject({
    kind: 'return',
    grand: -(refund?.amount ?? 0),
    original: { number: 1, workstation: '200', business_date: '2026-07-01' },
  });
});
