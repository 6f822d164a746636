import { env } from 'cloudflare:test';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { StoreEvent } from '../../shared/events/index.ts';
import { orderIdOf, type RetailerId, type StoreId } from '../../shared/ids/index.ts';
import { openDb } from '../db/client.ts';
import { OrderDetail, OrderRow } from '../order/order.ts';
import { deadWith, deliver } from '../test/deliver.ts';
import { call, epc, expectJson, newStore, newTenant } from '../test/fixture.ts';
import { story } from '../test/story.ts';
import { eventsOf, liveStore, newTrip, projectionOf, walk } from '../test/trip.ts';
import { APPLY_CHARACTERS_MAX, APPLY_EVENTS_MAX, applyEvents, type Placed, portionsOf } from './apply.ts';
import { consumeEvents } from './consume.ts';

const db = openDb(env.DB);
const NOW = '2026-07-01T12:00:00.000Z';

let store: StoreId;
beforeAll(async () => {
  store = await liveStore(await newTenant());
});

const placed = (event: StoreEvent): Placed => ({ seq: event.seq, event, characters: 500 });

describe('applying events', () => {
  const source = (retailer_id: RetailerId, store_id: StoreId) => ({ retailer_id, store_id, epoch: 'e1' });

  it('in any order, any portions and any number of times gives one projection', async () => {
    const told = await newTenant();
    const events = story(told.retailer_id, store, 'e1');
    await applyEvents(db, source(told.retailer_id, store), events.map(placed), NOW);
    const expected = (await projectionOf(told.retailer_id)).replaceAll(told.retailer_id, '');
    expect(expected).toContain('"contiguous":13');
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray(events, { minLength: events.length }),
        fc.array(fc.nat({ max: events.length - 1 }), { maxLength: 6 }),
        fc.integer({ min: 1, max: 5 }),
        async (shuffled, repeats, size) => {
          const { retailer_id } = await newTenant();
          const all = [...shuffled, ...repeats.flatMap((i) => events[i] ?? [])];
          for (let i = 0; i < all.length; i += size) {
            await applyEvents(db, source(retailer_id, store), all.slice(i, i + size).map(placed), NOW);
          }
          expect((await projectionOf(retailer_id)).replaceAll(retailer_id, '')).toBe(expected);
        },
      ),
      { seed: 20260703, numRuns: 15 },
    );
  });

  it('keeps the cursor below the first gap, and counts an event once', async () => {
    const { retailer_id } = await newTenant();
    const events = story(retailer_id, store, 'e1');
    const cursor = () =>
      env.DB.prepare('SELECT contiguous FROM projection_cursor WHERE retailer_id = ?')
        .bind(retailer_id)
        .first<number>('contiguous');
    const apply = (...seqs: number[]) =>
      applyEvents(
        db,
        source(retailer_id, store),
        events.filter(({ seq }) => seqs.includes(seq)).map(placed),
        NOW,
      );
    expect(await apply(1, 2, 4, 5)).toBe(4);
    expect(await cursor()).toBe(2);
    expect(await apply(4, 5, 7)).toBe(1);
    expect(await cursor()).toBe(2);
    expect(await apply(3)).toBe(1);
    expect(await cursor()).toBe(5);
    expect(await apply(6)).toBe(1);
    expect(await cursor()).toBe(7);
    expect(await apply(1, 2, 3, 4, 5, 6, 7)).toBe(0);
    expect(
      await env.DB.prepare('SELECT count(*) AS n FROM event_seen WHERE retailer_id = ?')
        .bind(retailer_id)
        .first<number>('n'),
    ).toBe(0);
  });

  it('is cut into portions within their limits, and nothing is left out', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 600_000 }), { maxLength: 300 }), (sizes) => {
        const all: Placed[] = sizes.map((characters, i) => ({ seq: i + 1, event: null, characters }));
        const portions = portionsOf(all);
        expect(portions.flat()).toEqual(all);
        for (const portion of portions) {
          expect(portion.length).toBeLessThanOrEqual(APPLY_EVENTS_MAX);
          const sum = portion.reduce((total, { characters }) => total + characters, 0);
          if (portion.length > 1) expect(sum).toBeLessThanOrEqual(APPLY_CHARACTERS_MAX);
        }
      }),
      { seed: 20260704, numRuns: 100 },
    );
  });
});

describe('the queue', () => {
  it('brings orders of the store to staff, in words', async () => {
    const told = await newTenant();
    const place = await liveStore(told);
    const trip = newTrip(place, [epc(1, '000000C1'), epc(2, '000000C1')]);
    const number = await walk(place, trip, 'paid');
    const events = await eventsOf(place);
    expect(events).toHaveLength(2);
    const result = await deliver(events);
    expect(result.explicitAcks).toHaveLength(2);
    expect(result.retryMessages).toEqual([]);

    const rows = await expectJson(
      z.object({ data: z.array(OrderRow) }),
      200,
      call('GET', '/v1/orders', { token: told.admin }),
    );
    expect(rows.data).toMatchObject([
      {
        id: trip.open.order_id,
        number,
        status: 'completed',
        payment_status: 'captured',
        total: 2500,
        currency: 'GBP',
        items: 2,
      },
    ]);
    const detail = await expectJson(
      OrderDetail,
      200,
      call('GET', `/v1/orders/${trip.open.order_id}`, { token: told.admin }),
    );
    expect(detail.lines.map((line) => line.epc)).toEqual(trip.open.epcs);
    expect(detail.payments).toHaveLength(1);
    expect(detail.summary).toMatchObject({ subtotal: 2500, captured: 2500, fiscal_number: '000001' });
    expect(detail.timeline.map(({ text }) => text)).toEqual(
      expect.arrayContaining([
        `order ${number} created, 2 items, £25.00`,
        '£25.00 captured, card by test',
        'sale committed, fiscal number 000001',
        '2 tags sold',
      ]),
    );
  });

  it('fills a gap from the store itself', async () => {
    const told = await newTenant();
    const place = await liveStore(told);
    for (const end of ['paid', 'cancelled', 'open', 'paid'] as const) await walk(place, newTrip(place), end);
    const events = await eventsOf(place);
    expect(events).toHaveLength(7);
    await deliver(events.slice(5, 6));
    const cursor = await env.DB.prepare('SELECT contiguous FROM projection_cursor WHERE store_id = ?')
      .bind(place)
      .first<number>('contiguous');
    expect(cursor).toBe(7);
    const inOrder = await projectionOf(told.retailer_id);
    await deliver([...events].reverse());
    expect(await projectionOf(told.retailer_id)).toBe(inOrder);
  });

  it('keeps what is no event with the reason, and goes on', async () => {
    const told = await newTenant();
    const place = await liveStore(told);
    await walk(place, newTrip(place), 'open');
    const [good = ''] = await eventsOf(place);
    const mark = crypto.randomUUID();
    const bad = [
      `not json ${mark}`,
      JSON.stringify({ v: 1, mark }),
      JSON.stringify({ ...JSON.parse(good), type: 'order.invented', mark }),
      { mark },
      null,
      17,
    ];
    const result = await deliver([...bad.slice(0, 3), good, ...bad.slice(3)]);
    expect(result.explicitAcks).toHaveLength(7);
    const kept = await deadWith(mark);
    expect(kept.map(({ source }) => source)).toEqual(['queue', 'queue', 'queue', 'queue']);
    expect(kept.map(({ reason }) => reason)).toEqual(expect.arrayContaining(['not JSON']));
    expect(
      await env.DB.prepare('SELECT count(*) AS n FROM order_row WHERE store_id = ?')
        .bind(place)
        .first<number>('n'),
    ).toBe(1);
    await deliver(bad.slice(0, 1));
    expect((await deadWith(`not json ${mark}`)).map(({ count }) => count)).toEqual([2]);
  });

  it('does not believe a message about its tenant', async () => {
    const thief = await newTenant();
    const events = story(thief.retailer_id, store, 'forged');
    const result = await deliver(events.map((event) => JSON.stringify(event)));
    expect(result.explicitAcks).toHaveLength(events.length);
    expect(await deadWith('"epoch":"forged"')).toHaveLength(events.length);
    expect(
      await env.DB.prepare('SELECT count(*) AS n FROM order_row WHERE retailer_id = ?')
        .bind(thief.retailer_id)
        .first<number>('n'),
    ).toBe(0);
  });

  it('gives back alone what the database does not take', async () => {
    const told = await newTenant();
    const place = await newStore(told);
    const events = story(told.retailer_id, place, 'e1');
    const [first] = events;
    if (first?.type !== 'order.created') throw new Error('an order first');
    // A value above two megabytes: no statement may carry it.
    const huge = {
      ...first,
      seq: events.length + 1,
      data: {
        ...first.data,
        order_id: orderIdOf(newTrip(place).open.basket_id),
        number: 'H'.repeat(2_200_000),
      },
    };
    const outcome: string[] = [];
    const messages = [huge, ...events].map((event, i) => ({
      body: JSON.stringify(event),
      ack: () => outcome.push(`ack ${i}`),
      retry: () => outcome.push(`retry ${i}`),
    }));
    await consumeEvents(db, env.STORE, messages, NOW);
    expect(outcome.filter((one) => one.startsWith('retry'))).toEqual(['retry 0']);
    expect(outcome.filter((one) => one.startsWith('ack'))).toHaveLength(events.length);
    expect(
      await env.DB.prepare('SELECT count(*) AS n FROM order_row WHERE store_id = ?')
        .bind(place)
        .first<number>('n'),
    ).toBe(4);
  });

  it('leaves its dead letters where they can be read', async () => {
    const mark = crypto.randomUUID();
    const result = await deliver([JSON.stringify({ mark })], 'sesame-events-dead');
    expect(result.explicitAcks).toHaveLength(1);
    expect(await deadWith(mark)).toMatchObject([{ source: 'dead_letter', reason: 'the queue gave up' }]);
  });
});
