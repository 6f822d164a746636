import fc from 'fast-check';
import { expect, it } from 'vitest';
import { StoreEvent } from '../../shared/events/index.ts';
import type { CollectionStatus, CollectionStep } from '../../shared/order/collection.ts';
import { commitSale } from './commit_sale.ts';
import { orderHolder } from './holds.ts';
import { tagOf } from './ledger.ts';
import { openOrder } from './open_order.ts';
import { eventsAfter } from './outbox.ts';
import { collections, recordCollection } from './record_collection.ts';
import { take } from './take.ts';
import {
  type Bench,
  basket,
  commitOf,
  EPC_1,
  EPC_2,
  itemId,
  onBench,
  opening,
  orderId,
  shopper,
  takeTag,
} from './test/fixture.ts';

/** A paid order of two tags that is fetched later. */
function buy(bench: Bench): void {
  for (const epc of [EPC_1, EPC_2]) bench.run((scope) => take(scope, takeTag(1, epc)));
  bench.run((scope) => openOrder(scope, opening(1, [EPC_1, EPC_2])));
  const sale = commitOf(1, bench.store_id, 'HS-100000', [EPC_1, EPC_2]);
  const order = { ...sale.order, purchase_type: 'click_and_collect' as const };
  const answer = bench.run((scope) => commitSale(scope, { ...sale, order }));
  expect(answer).toMatchObject({ tags: [], collection: { token: expect.stringMatching(/^\w{6}$/) } });
}

/** The order as its trip tells it after so many of these steps, with the tags that are still to be handed over. */
const tell = (bench: Bench, statuses: readonly CollectionStatus[], tags: readonly string[]) => {
  const history = statuses.map(
    (status, second): CollectionStep => ({
      ...{ status, actor: 'staff', by: 'stf_1' },
      at: `2026-03-01T12:00:0${second}.000Z`,
    }),
  );
  const status = statuses.at(-1) ?? 'created';
  return bench.run((scope) =>
    recordCollection(scope, {
      ...{ basket_id: basket(1), order_id: orderId(1), number: 'HS-100000', shopper_id: shopper },
      collection: { status, hold_until: null, history },
      items: tags.length,
      tags: tags.map((epc, at) => ({ epc, item_id: itemId(at + 1) })),
    }),
  );
};
const STEPS: CollectionStatus[] = ['created', 'accepted', 'ready_to_collect', 'collected'];
const steps = ({ sql }: Bench) =>
  eventsAfter(sql, 0, 500)
    .map((json) => StoreEvent.parse(JSON.parse(json)))
    .flatMap((event) => (event.type === 'order.collection_changed' ? [event.data.n] : []));

it('keeps the tags of an order until it is collected, without those that went back', () =>
  onBench((bench) => {
    buy(bench);
    expect(orderHolder(bench.sql, EPC_1)).toBe(basket(1));
    tell(bench, ['created', 'created'], [EPC_1]);
    expect([EPC_1, EPC_2].map((epc) => orderHolder(bench.sql, epc))).toEqual([basket(1), null]);
    expect(tagOf(bench.sql, EPC_1)?.status).not.toBe('sold');
    const { tags } = tell(
      bench,
      ['created', 'created', 'accepted', 'ready_to_collect', 'collected'],
      [EPC_1],
    );
    expect(tagOf(bench.sql, EPC_1)).toMatchObject({
      status: 'sold',
      order_id: orderId(1),
      rev: tags[0]?.rev,
    });
    expect(tagOf(bench.sql, EPC_2)?.status).not.toBe('sold');
    expect(bench.after).toMatchObject({ feed: true, outbox: true });
    expect(collections(bench.sql, 'collected')).toHaveLength(1);
  }));

it('frees them where it comes to nothing', () =>
  onBench((bench) => {
    buy(bench);
    tell(bench, ['created', 'rejected_store'], []);
    expect([EPC_1, EPC_2].map((epc) => orderHolder(bench.sql, epc))).toEqual([null, null]);
    expect(tagOf(bench.sql, EPC_1)?.status).not.toBe('sold');
  }));

it('told any part of its history, in any order and again, tells each step once and sells once', () =>
  fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 8 }), (said) =>
      onBench((bench) => {
        buy(bench);
        for (const length of said) tell(bench, STEPS.slice(0, length), [EPC_1, EPC_2]);
        const most = Math.max(0, ...said);
        expect(steps(bench)).toEqual(Array.from({ length: most }, (_, n) => n + 1));
        const rev = tagOf(bench.sql, EPC_2)?.rev;
        expect(tagOf(bench.sql, EPC_2)?.status === 'sold').toBe(most === 4);
        const again = tell(bench, STEPS, [EPC_1, EPC_2]);
        expect(again.tags).toHaveLength(2);
        if (most === 4) expect(tagOf(bench.sql, EPC_2)?.rev).toBe(rev);
      }),
    ),
    { seed: 3, numRuns: 12 },
  ));
