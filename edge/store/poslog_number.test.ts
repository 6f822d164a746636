import { expect, it } from 'vitest';
import { StoreEvent } from '../../shared/events/index.ts';
import { cancelOrder } from './cancel_order.ts';
import { commitSale } from './commit_sale.ts';
import { openOrder } from './open_order.ts';
import { eventsAfter } from './outbox.ts';
import { poslogNumber } from './poslog_number.ts';
import { type Bench, basket, commitOf, dump, onBench, opening, orderId } from './test/fixture.ts';

const policies = (poslog: object, more: object = {}) => ({
  policies: { order: { numbers: { poslog }, ...more } },
});
const open = (bench: Bench, n: number) => bench.run((scope) => openOrder(scope, opening(n)));
const commit = (bench: Bench, n: number) =>
  bench.run((scope) => commitSale(scope, commitOf(n, bench.store_id, `HS-${99_999 + n}`)));
const cancel = (bench: Bench, n: number) =>
  bench.run((scope) => cancelOrder(scope, { basket_id: basket(n), reason: 'cancelled by the shopper' }));
const events = ({ sql }: Bench) => eventsAfter(sql, 0, 500).map((json) => StoreEvent.parse(JSON.parse(json)));
const refund = (bench: Bench, n: number, id: string) =>
  bench.run((scope) => poslogNumber(scope, { order_id: orderId(n), purpose: `refund:${id}` }));

it('numbers sales, voids and refunds from one series, each once', () =>
  onBench((bench) => {
    for (const n of [1, 2]) open(bench, n);
    expect(commit(bench, 1).poslog).toEqual({ number: 1, epoch: 0, workstation: '200' });
    cancel(bench, 2);
    expect(refund(bench, 1, 'a').number).toBe(3);
    expect(refund(bench, 1, 'b').number).toBe(4);
    const before = dump(bench.sql);
    expect(commit(bench, 1).poslog?.number).toBe(1);
    cancel(bench, 2);
    expect(refund(bench, 1, 'a').number).toBe(3);
    expect(dump(bench.sql)).toBe(before);
    expect(events(bench).find(({ type }) => type === 'order.cancelled')).toMatchObject({
      data: { number: 'HS-100001', currency: 'GBP', poslog: { number: 2, workstation: '200' } },
    });
  }));

it('leaves voids without a number where the store wants none', () =>
  onBench(
    (bench) => {
      open(bench, 1);
      cancel(bench, 1);
      open(bench, 2);
      expect(commit(bench, 2).poslog?.number).toBe(1);
      expect(events(bench).find(({ type }) => type === 'order.cancelled')?.data).not.toHaveProperty('poslog');
    },
    policies({ voids: false }),
  ));

it('gives the number before payment where the store wants it: no other order gets it, unpaid it is a void', () =>
  onBench(
    (bench) => {
      const given = [1, 2, 1].map((n) => open(bench, n));
      expect(given.map((opened) => opened.ok && opened.value.poslog?.number)).toEqual([1, 2, 1]);
      expect(commit(bench, 2).poslog?.number).toBe(2);
      cancel(bench, 1);
      expect(bench.sql.exec('SELECT purpose, value FROM allocated ORDER BY value')).toEqual([
        { purpose: 'void', value: 1 },
        { purpose: 'sale', value: 2 },
      ]);
      // Money that comes all the same is another transaction: the void is told already.
      expect(commit(bench, 1).poslog?.number).toBe(3);
    },
    policies({ reserve: true }),
  ));

it('counts every device for itself where the store says so, and phones as one register', () =>
  onBench(
    (bench) => {
      open(bench, 1);
      const till = (n: number, device_id: string) =>
        bench.run((scope) => poslogNumber(scope, { order_id: orderId(n), purpose: 'refund:x', device_id }));
      expect(till(7, 'ksk_1')).toEqual({ number: 1, epoch: 0, workstation: 'ksk_1' });
      expect(till(8, 'ksk_1').number).toBe(2);
      expect(till(9, 'ksk_2').number).toBe(1);
      expect(commit(bench, 1).poslog).toEqual({ number: 1, epoch: 0, workstation: '77' });
    },
    policies({ scope: 'device', register: '77' }),
  ));

it('begins anew where the range has moved away from the last number', () =>
  onBench(
    (bench) => {
      open(bench, 1);
      expect(commit(bench, 1).poslog).toMatchObject({ number: 5_000, epoch: 0 });
      const { numbers } = bench.config.policies.order;
      numbers.poslog.lo = 1;
      numbers.poslog.hi = 99;
      const moved = bench.run((scope) =>
        poslogNumber({ ...scope, config: bench.config }, { order_id: orderId(3), purpose: 'sale' }),
      );
      expect(moved).toMatchObject({ number: 1, epoch: 1 });
    },
    policies({ lo: 5_000, hi: 9_999 }),
  ));

it('keeps two hundred completions apart over the end of the range, and repeats cost nothing', () =>
  onBench(
    (bench) => {
      bench.sql.exec(`INSERT INTO series (series, cur, lo, hi) VALUES ('poslog', 9899, 1, 9999)`);
      const orders = Array.from({ length: 200 }, (_, n) => n + 1);
      for (const n of orders) open(bench, n);
      const sales = orders.flatMap((n) => [commit(bench, n), commit(bench, n)]);
      const numbers = new Set(sales.map(({ poslog }) => `${poslog?.epoch}:${poslog?.number}`));
      expect(numbers.size).toBe(200);
      expect(numbers).toContain('0:9900');
      expect(numbers).toContain('0:9999');
      expect(numbers).toContain('1:1');
      expect(numbers).toContain('1:100');
      expect(bench.sql.exec(`SELECT cur, epoch FROM series WHERE series = 'poslog'`)).toEqual([
        { cur: 100, epoch: 1 },
      ]);
    },
    policies({ hi: 9_999 }),
  ));

it('takes the business day from the store`s evening', () =>
  onBench(
    (bench) => {
      open(bench, 1);
      const sale = commitOf(1, bench.store_id, 'HS-100000');
      sale.receipt.order.completed_at = '2026-03-02T01:30:00.000Z';
      expect(bench.run((scope) => commitSale(scope, sale)).business_date).toBe('2026-03-01');
    },
    policies({}, { business_date_offset_min: -120 }),
  ));
