import { expect, it } from 'vitest';
import { cancelOrder } from './cancel_order.ts';
import { commitSale } from './commit_sale.ts';
import { openOrder } from './open_order.ts';
import { returnQuotas } from './quota.ts';
import { type Bench, basket, commitOf, dump, itemId, onBench, opening, orderId } from './test/fixture.ts';

const POLICIES = {
  policies: {
    basket: {
      quotas: [
        {
          ...{ id: 'spirits', period: 'daily', limit: 4_000, unit: 'ml' },
          items: [{ categories: ['Food'], units_per_item: 500 }],
        },
      ],
    },
  },
};

const open = (bench: Bench, n: number, quantity: number, traveller = 'jane') =>
  bench.run((scope) =>
    openOrder(scope, {
      ...opening(n),
      quota: {
        traveller,
        goods: [{ item_id: itemId(1), sku: 'SKU-1', category: ['Food'], quantity }],
      },
    }),
  );
const pay = (bench: Bench, n: number) =>
  bench.run((scope) => commitSale(scope, commitOf(n, bench.store_id, 'HS-1')));

it('is kept for an order: what is over it is refused with what would fit, and nothing is written', () =>
  onBench((bench) => {
    expect(open(bench, 1, 3).ok).toBe(true);
    // Again is the same order.
    expect(open(bench, 1, 3).ok).toBe(true);
    const before = dump(bench.sql);
    expect(open(bench, 2, 6)).toMatchObject({
      error: { code: 'quota_exceeded', quota: { used: 1_500, requested: 3_000, allowed: 5 } },
    });
    expect(dump(bench.sql)).toBe(before);
    expect(open(bench, 3, 5).ok).toBe(true);
    expect(open(bench, 4, 8, 'john').ok).toBe(true);
  }, POLICIES));

it('comes back with an order that is given up, and with goods that are; not with a new day of another order', () =>
  onBench((bench) => {
    expect(open(bench, 1, 8).ok).toBe(true);
    expect(open(bench, 2, 1).ok).toBe(false);
    bench.run((scope) => cancelOrder(scope, { basket_id: basket(1), reason: 'test' }));
    expect(open(bench, 2, 8).ok).toBe(true);
    pay(bench, 2);
    // A sale is never released, whatever is told of it later.
    bench.run((scope) => cancelOrder(scope, { basket_id: basket(2), reason: 'test' }));
    expect(open(bench, 3, 1).ok).toBe(false);
    bench.run((scope) => returnQuotas(scope, orderId(2), [{ item_id: itemId(1), quantity: 2 }]));
    expect(open(bench, 4, 3)).toMatchObject({ error: { quota: { allowed: 2 } } });
    // No more comes back than was bought.
    bench.run((scope) => returnQuotas(scope, orderId(2), [{ item_id: itemId(1), quantity: 99 }]));
    expect(open(bench, 5, 8).ok).toBe(true);
    expect(open(bench, 6, 1).ok).toBe(false);
    bench.now += 86_400_000;
    expect(open(bench, 7, 8).ok).toBe(true);
  }, POLICIES));
