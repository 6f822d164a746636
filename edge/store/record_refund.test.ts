import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { RefundStatus } from '../../shared/api/refund.ts';
import { StoreEvent } from '../../shared/events/index.ts';
import { FeedEntry } from '../../shared/feed/frames.ts';
import { RefundId } from '../../shared/ids/index.ts';
import type { RecordRefund } from '../../shared/rpc/refunds.ts';
import { commitSale } from './commit_sale.ts';
import { feedAfter } from './feed_log.ts';
import { tagOf } from './ledger.ts';
import { openOrder } from './open_order.ts';
import { eventsAfter } from './outbox.ts';
import { recordRefund, recordRefundTrouble } from './record_refund.ts';
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
  takeTag,
} from './test/fixture.ts';

const refundId = (n: number) => RefundId.parse(`ref_00000000-0000-7000-8000-${String(n).padStart(12, '0')}`);

/** Refund `id` of the order of basket n as it stood in that second. */
function told(
  bench: Bench,
  n: number,
  id: number,
  status: RefundStatus,
  second: number,
  epcs: string[] = [],
  credit_note = false,
): RecordRefund {
  const at = `2026-03-02T10:00:0${second}.000Z`;
  return {
    ...{ basket_id: basket(n), order_id: orderId(n), order_number: 'HS100000' },
    ...{ payment_status: 'captured', refund_status: 'partial', returned_epcs: epcs, credit_note },
    refund: {
      ...{ id: refundId(id), order_id: orderId(n), kind: 'lines', status, amount: 574, currency: 'GBP' },
      ...{ store_id: bench.store_id, processed_at_store: bench.store_id, tax: 0, note: '' },
      ...{ refunded: status === 'succeeded' ? 574 : 0, reason: 'faulty', lines: [], legs: [] },
      ...{ policy: 'paid_share', tax_mode: 'proportional', requested_by: 'stf_1', approvals: [] },
      ...{ number: null, credit_note_number: null, created_at: at, updated_at: at, completed_at: null },
    },
  };
}

const sell = (bench: Bench, n: number, epcs: string[]) => {
  for (const epc of epcs) bench.run((scope) => take(scope, takeTag(n, epc)));
  const opened = bench.run((scope) => openOrder(scope, opening(n, epcs)));
  const number = opened.ok ? opened.value.number : '?';
  bench.run((scope) => commitSale(scope, commitOf(n, bench.store_id, number, epcs)));
};
const record = (bench: Bench, refund: RecordRefund) => bench.run((scope) => recordRefund(scope, refund));
const refundEvents = ({ sql }: Bench) =>
  eventsAfter(sql, 0, 500)
    .map((json) => StoreEvent.parse(JSON.parse(json)))
    .flatMap((event) => ('refund' in event.data ? [[event.type, event.data.refund.number]] : []));

it('gives a refund that succeeded its number, puts its goods back, tells agents and cloud: at once', () =>
  onBench((bench) => {
    sell(bench, 1, [EPC_1, EPC_2]);
    record(bench, told(bench, 1, 1, 'processing', 1, [EPC_1]));
    expect(tagOf(bench.sql, EPC_1)?.status).toBe('sold');
    const rev = tagOf(bench.sql, EPC_2)?.rev ?? 0;
    const answer = record(bench, told(bench, 1, 1, 'succeeded', 2, [EPC_1]));
    expect(answer).toMatchObject({ number: 'R000001', credit_note_number: null, returned: [EPC_1] });
    expect(tagOf(bench.sql, EPC_1)).toMatchObject({ status: 'unsold', order_id: null, rev: rev + 1 });
    expect(tagOf(bench.sql, EPC_2)?.status).toBe('sold');
    expect(FeedEntry.parse(JSON.parse(feedAfter(bench.sql, 0, 500).at(-1)?.json ?? ''))).toMatchObject({
      type: 'tags',
      tags: [{ epc: EPC_1, status: 'unsold', rev: rev + 1 }],
    });
    expect(bench.after).toMatchObject({ feed: true, outbox: true });
    expect(refundEvents(bench)).toEqual([
      ['refund.created', null],
      ['refund.succeeded', 'R000001'],
    ]);
  }));

it('again, or older news that come late, change nothing', () =>
  onBench((bench) => {
    sell(bench, 1, [EPC_1]);
    const [first, last] = [told(bench, 1, 1, 'processing', 1), told(bench, 1, 1, 'succeeded', 2, [EPC_1])];
    const answer = record(bench, last);
    const before = dump(bench.sql);
    bench.now += 1_000;
    expect(record(bench, last)).toEqual(answer);
    expect(record(bench, first)).toEqual(answer);
    expect(dump(bench.sql)).toBe(before);
  }));

it('numbers refunds and credit notes apart, and a failed one not at all', () =>
  onBench((bench) => {
    for (const n of [1, 2, 3]) sell(bench, n, []);
    expect(record(bench, told(bench, 1, 1, 'succeeded', 1))).toMatchObject({ number: 'R000001' });
    expect(record(bench, told(bench, 2, 2, 'failed', 1))).toMatchObject({ number: null });
    expect(record(bench, told(bench, 3, 3, 'succeeded', 1, [], true))).toMatchObject({
      number: 'R000002',
      credit_note_number: '000001',
    });
    expect(refundEvents(bench).map(([type]) => type)).toEqual([
      'refund.succeeded',
      'refund.failed',
      'refund.succeeded',
    ]);
  }));

it('leaves a tag that is not this order’s as it is', () =>
  onBench((bench) => {
    sell(bench, 1, [EPC_1]);
    sell(bench, 2, [EPC_2]);
    expect(record(bench, told(bench, 1, 1, 'succeeded', 1, [EPC_1, EPC_2])).returned).toEqual([EPC_1]);
    expect(tagOf(bench.sql, EPC_2)?.status).toBe('sold');
  }));

it('keeps trouble with money for staff, once a kind', () =>
  onBench((bench) => {
    const trouble = {
      ...{ order_id: orderId(1), order_number: 'HS100000', payment_id: 'pay_1', leg_refund_id: 'rfl_1' },
      ...{ amount: '574', currency: 'GBP', reason: 'card_closed' },
    };
    for (const kind of ['refund_failed', 'refund_failed', 'refund_unresolved'] as const)
      bench.run((scope) => recordRefundTrouble(scope, { kind, ...trouble }));
    expect(bench.sql.exec('SELECT kind FROM incident ORDER BY kind')).toEqual([
      { kind: 'refund_failed' },
      { kind: 'refund_unresolved' },
    ]);
  }));

it('sold again after it came back, a tag stays sold whatever is told late or twice', () =>
  onBench((bench) => {
    let next = 0;
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.constant('sell'), fc.constant('refund'), fc.nat(5)), { maxLength: 25 }),
        (steps) => {
          const done: RecordRefund[] = [];
          let current: number | null = null;
          let lastRev = tagOf(bench.sql, EPC_1)?.rev ?? 0;
          for (const step of steps) {
            if (step === 'sell' && current === null) {
              current = ++next;
              sell(bench, current, [EPC_1]);
            } else if (step === 'refund' && current !== null) {
              const refund = told(bench, current, current, 'succeeded', 1, [EPC_1]);
              record(bench, refund);
              done.push(refund);
              current = null;
            } else if (typeof step === 'number') {
              const late = done[step % Math.max(1, done.length)];
              if (late !== undefined) record(bench, late);
            }
            const tag = tagOf(bench.sql, EPC_1);
            expect(tag?.status ?? 'unsold').toBe(current === null ? 'unsold' : 'sold');
            expect(tag?.order_id ?? null).toBe(current === null ? null : orderId(current));
            expect(tag?.rev ?? 0).toBeGreaterThanOrEqual(lastRev);
            lastRev = tag?.rev ?? 0;
          }
          if (current !== null) record(bench, told(bench, current, current, 'succeeded', 1, [EPC_1]));
        },
      ),
      { seed: 31, numRuns: 40 },
    );
    const numbers = bench.sql.exec<{ v: number }>(
      'SELECT number_value AS v FROM refund ORDER BY number_value',
    );
    expect(numbers.map(({ v }) => v)).toEqual(numbers.map((_, i) => i + 1));
  }));
