import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Due, dueOf, HOUSEKEEPING_DELAY_MS, housekeep, nextAlarm } from './alarm.ts';
import { GUEST_SESSION_KEPT_MS, guestSession } from './guest_sessions.ts';
import { HOLD_SWEEP_DELAY_MS } from './holds.ts';
import { openOrder } from './open_order.ts';
import { drainOutbox, OUTBOX_GRACE_MS, OUTBOX_KEPT_MS } from './outbox.ts';
import { REPORT_IDS_KEPT_MS, takeReport } from './reports.ts';
import { swapShelf } from './shelf.ts';
import { take } from './take.ts';
import { type Bench, EPC_1, EPC_2, onBench, opening, shopper, takeTag } from './test/fixture.ts';

const NOTHING: Due = {
  oldestUnsentAt: null,
  outboxRetryAt: null,
  firstHoldEnd: null,
  oldestGuestSessionAt: null,
  oldestReportAt: null,
  oldestAgentCallAt: null,
  oldestPrunableEventAt: null,
  oldestGapAt: null,
  feedExcess: 0,
  shelfHasOldRows: false,
};
const clean = (bench: Bench, now: number) => bench.run((scope) => housekeep({ ...scope, now }));
const next = (bench: Bench, retryAt: number | null = null) => nextAlarm(dueOf(bench.sql, retryAt), bench.now);

it('sleeps for ever when there is nothing to do', () =>
  onBench((bench) => {
    expect(dueOf(bench.sql, null)).toEqual(NOTHING);
    expect(next(bench)).toBeNull();
  }));

it('wakes for the outbox, at the time of the retry while the queue refuses, and no more once it is drained', () =>
  onBench(async (bench) => {
    bench.run((scope) => openOrder(scope, opening(1)));
    expect(next(bench)).toBe(bench.now + OUTBOX_GRACE_MS);
    expect(next(bench, bench.now + 300_000)).toBe(bench.now + 300_000);
    await drainOutbox(bench.sql, async () => {});
    expect(next(bench)).toBeNull();
    bench.run((scope) => openOrder(scope, opening(2)));
    await drainOutbox(bench.sql, async () => {});
    expect(next(bench)).toBe(bench.now + OUTBOX_KEPT_MS + HOUSEKEEPING_DELAY_MS);
  }));

it('wakes to sweep ended holds, never pinned ones', () =>
  onBench(async (bench) => {
    const taken = bench.run((scope) => take(scope, takeTag(1, EPC_1)));
    const until = bench.now + bench.config.policies.reservation_ttl_ms;
    expect(taken.ok).toBe(true);
    expect(bench.after.wakeAt).toBe(until + HOLD_SWEEP_DELAY_MS);
    expect(next(bench)).toBe(until + HOLD_SWEEP_DELAY_MS);
    bench.run((scope) => take(scope, takeTag(2, EPC_2)));
    bench.run((scope) => openOrder(scope, opening(1, [EPC_1])));
    await drainOutbox(bench.sql, async () => {});
    clean(bench, until - 1);
    expect(bench.sql.exec('SELECT epc FROM hold ORDER BY epc')).toEqual([{ epc: EPC_2 }, { epc: EPC_1 }]);
    clean(bench, until);
    expect(bench.sql.exec('SELECT epc FROM hold')).toEqual([{ epc: EPC_1 }]);
    expect(dueOf(bench.sql, null).firstHoldEnd).toBeNull();
  }));

it('wakes to forget guest sessions and report ids when they are old enough', () =>
  onBench((bench) => {
    const record = { shopper_id: shopper, iat: 1, exp: 2 };
    bench.run((scope) => guestSession(scope.sql, scope.now, { key: 'k', body_hash: 'h', record }));
    expect(next(bench)).toBe(bench.now + GUEST_SESSION_KEPT_MS + HOUSEKEEPING_DELAY_MS);
    clean(bench, bench.now + GUEST_SESSION_KEPT_MS - 1);
    expect(dueOf(bench.sql, null).oldestGuestSessionAt).toBe(bench.now);
    clean(bench, bench.now + GUEST_SESSION_KEPT_MS);
    expect(next(bench)).toBeNull();
    const report = {
      type: 'report',
      id: 1,
      at: '2026-03-01T12:00:00.000Z',
      kind: 'print',
      data: {},
    } as const;
    bench.run((scope) => takeReport(scope, { agent: 'agt', journal: 'one' }, report));
    expect(dueOf(bench.sql, null).oldestReportAt).toBe(bench.now);
    clean(bench, bench.now + REPORT_IDS_KEPT_MS);
    expect(dueOf(bench.sql, null).oldestReportAt).toBeNull();
  }));

it('wakes at once to sweep an old shelf, until nothing of it is left', () =>
  onBench((bench) => {
    bench.run((scope) => swapShelf(scope, { version: 2, parts: 0, promotion_parts: 0, catalog_version: 1 }));
    expect(next(bench)).toBe(bench.now);
    clean(bench, bench.now);
    expect(next(bench)).toBeNull();
  }));

it('asks again in an hour while entries beyond the kept length wait for an agent', () => {
  expect(nextAlarm({ ...NOTHING, feedExcess: 1 }, 5_000)).toBe(5_000 + HOUSEKEEPING_DELAY_MS);
});

it('is never in the past, and never later than any single thing that is due', () => {
  const at = fc.option(fc.integer({ min: 0, max: 10 ** 12 }));
  fc.assert(
    fc.property(
      fc.record({
        oldestUnsentAt: at,
        outboxRetryAt: at,
        firstHoldEnd: at,
        oldestGuestSessionAt: at,
        oldestReportAt: at,
        oldestAgentCallAt: at,
        oldestPrunableEventAt: at,
        oldestGapAt: at,
        feedExcess: fc.nat(3),
        shelfHasOldRows: fc.boolean(),
      }),
      fc.integer({ min: 0, max: 10 ** 12 }),
      (due, now) => {
        const alarm = nextAlarm(due, now);
        const singles = [
          { ...NOTHING, oldestUnsentAt: due.oldestUnsentAt, outboxRetryAt: due.outboxRetryAt },
          { ...NOTHING, firstHoldEnd: due.firstHoldEnd },
          { ...NOTHING, oldestGuestSessionAt: due.oldestGuestSessionAt },
          { ...NOTHING, oldestReportAt: due.oldestReportAt },
          { ...NOTHING, oldestGapAt: due.oldestGapAt },
          { ...NOTHING, oldestAgentCallAt: due.oldestAgentCallAt },
          { ...NOTHING, oldestPrunableEventAt: due.oldestPrunableEventAt },
          { ...NOTHING, feedExcess: due.feedExcess },
          { ...NOTHING, shelfHasOldRows: due.shelfHasOldRows },
        ].flatMap((one) => nextAlarm(one, now) ?? []);
        expect(alarm).toBe(singles.length === 0 ? null : Math.min(...singles));
        expect(alarm ?? now).toBeGreaterThanOrEqual(now);
      },
    ),
    { seed: 11, numRuns: 200 },
  );
});
