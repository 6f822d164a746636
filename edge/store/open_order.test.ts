import { expect, it } from 'vitest';
import { StoreEvent } from '../../shared/events/index.ts';
import { cancelOrder } from './cancel_order.ts';
import { commitSale } from './commit_sale.ts';
import { openOrder } from './open_order.ts';
import { eventsAfter } from './outbox.ts';
import { take } from './take.ts';
import {
  type Bench,
  basket,
  commitOf,
  dump,
  EPC_1,
  EPC_2,
  onBench,
  opening,
  orderId,
  shopper,
  takeTag,
} from './test/fixture.ts';

const open = (bench: Bench, n: number, epcs: string[] = []) => {
  const opened = bench.run((scope) => openOrder(scope, opening(n, epcs)));
  return opened.ok ? opened.value.number : opened.error.code;
};
const tagTaken = (bench: Bench, n: number, epc: string) =>
  bench.run((scope) => take(scope, takeTag(n, epc))).ok;
const cancel = (bench: Bench, n: number) =>
  bench.run((scope) => cancelOrder(scope, { basket_id: basket(n), reason: 'left the store' }));
const events = ({ sql }: Bench) => eventsAfter(sql, 0, 100).map((json) => StoreEvent.parse(JSON.parse(json)));

it('numbers orders with the prefix and one counter, and a basket only once', () =>
  onBench((bench) => {
    expect(open(bench, 1)).toBe('HS-100000');
    expect(open(bench, 2)).toBe('HS-100001');
    const before = dump(bench.sql);
    bench.now += 60_000;
    expect(bench.run((scope) => openOrder(scope, opening(1)))).toEqual({
      ok: true,
      value: { number: 'HS-100000', created_at: '2026-03-01T12:00:00.000Z' },
    });
    expect(dump(bench.sql)).toBe(before);
    expect(open(bench, 3)).toBe('HS-100002');
  }));

it('tells the cloud of the order in the same transaction', () =>
  onBench((bench) => {
    open(bench, 1);
    expect(bench.after.outbox).toBe(true);
    expect(events(bench)).toMatchObject([
      {
        type: 'order.created',
        seq: 1,
        epoch: 'epoch-1',
        data: {
          order_id: orderId(1),
          basket_id: basket(1),
          shopper_id: shopper,
          number: 'HS-100000',
          total: 574,
        },
      },
    ]);
  }));

it('pins the tags: no time frees them any more', () =>
  onBench((bench) => {
    tagTaken(bench, 1, EPC_1);
    open(bench, 1, [EPC_1]);
    bench.now += 365 * 24 * 3_600_000;
    expect(tagTaken(bench, 2, EPC_1)).toBe(false);
  }));

it('claims a tag whose time was up if nobody took it meanwhile', () =>
  onBench((bench) => {
    tagTaken(bench, 1, EPC_1);
    bench.now += bench.config.policies.reservation_ttl_ms + 1;
    expect(open(bench, 1, [EPC_1])).toBe('HS-100000');
    expect(tagTaken(bench, 2, EPC_1)).toBe(false);
  }));

it('refuses a tag that another basket holds or bought, and writes nothing: no number is lost', () =>
  onBench((bench) => {
    tagTaken(bench, 1, EPC_1);
    tagTaken(bench, 1, EPC_2);
    bench.now += bench.config.policies.reservation_ttl_ms + 1;
    tagTaken(bench, 2, EPC_2);
    const before = dump(bench.sql);
    expect(open(bench, 1, [EPC_1, EPC_2])).toBe('epc_in_other_basket');
    expect(dump(bench.sql)).toBe(before);

    expect(open(bench, 2, [EPC_2])).toBe('HS-100000');
    bench.run((scope) => commitSale(scope, commitOf(2, bench.store_id, 'HS-100000', [EPC_2])));
    const sold = dump(bench.sql);
    expect(open(bench, 1, [EPC_1, EPC_2])).toBe('epc_sold');
    expect(dump(bench.sql)).toBe(sold);
    expect(open(bench, 1, [EPC_1])).toBe('HS-100001');
  }));

it('frees tags that the order does not name', () =>
  onBench((bench) => {
    tagTaken(bench, 1, EPC_1);
    tagTaken(bench, 1, EPC_2);
    open(bench, 1, [EPC_1]);
    expect(tagTaken(bench, 2, EPC_2)).toBe(true);
  }));

it('keeps the number of a cancelled order as a void record, frees its tags and opens it no more', () =>
  onBench((bench) => {
    tagTaken(bench, 1, EPC_1);
    open(bench, 1, [EPC_1]);
    const at = { ok: true, value: { cancelled_at: '2026-03-01T12:00:00.000Z' } };
    expect(cancel(bench, 1)).toEqual(at);
    bench.now += 1_000;
    expect(cancel(bench, 1)).toEqual(at);
    expect(tagTaken(bench, 2, EPC_1)).toBe(true);
    expect(open(bench, 1, [EPC_1])).toBe('order_cancelled');
    expect(open(bench, 3)).toBe('HS-100001');
    expect(
      bench.sql.exec(`SELECT number, status, cancel_reason FROM orders WHERE status = 'cancelled'`),
    ).toEqual([{ number: 'HS-100000', status: 'cancelled', cancel_reason: 'left the store' }]);
    expect(events(bench).filter((event) => event.type === 'order.cancelled')).toMatchObject([
      { data: { order_id: orderId(1), number: 'HS-100000', reason: 'left the store' } },
    ]);
  }));

it('cancels nothing that is unknown or paid', () =>
  onBench((bench) => {
    expect(cancel(bench, 1)).toEqual({ ok: false, error: { code: 'not_found' } });
    open(bench, 1);
    bench.run((scope) => commitSale(scope, commitOf(1, bench.store_id, 'HS-100000')));
    expect(cancel(bench, 1)).toEqual({ ok: false, error: { code: 'already_paid' } });
    expect(open(bench, 1)).toBe('HS-100000');
  }));
