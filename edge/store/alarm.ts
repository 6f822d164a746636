import { feedExcess, pruneFeed } from './feed_log.ts';
import { GUEST_SESSION_KEPT_MS, oldestGuestSessionAt, purgeGuestSessions } from './guest_sessions.ts';
import { firstHoldEnd, HOLD_SWEEP_DELAY_MS, sweepHolds } from './holds.ts';
import { AGENT_CALLS_KEPT_MS, oldestAgentCallAt, purgeAgentCalls } from './offline/agent_call.ts';
import { GAP_GRACE_MS, oldestGapAt, tellGaps } from './offline/tell_gaps.ts';
import {
  OUTBOX_GRACE_MS,
  OUTBOX_KEPT_MS,
  oldestPrunableEventAt,
  oldestUnsentAt,
  pruneOutbox,
} from './outbox.ts';
import { oldestReportAt, purgeReportIds, REPORT_IDS_KEPT_MS } from './reports.ts';
import type { Scope } from './scope.ts';
import { shelfHasOldRows, sweepShelf } from './shelf.ts';
import type { Sql } from './sql.ts';

/** What only keeps the tables small waits this long, so that many rows go in one turn. */
export const HOUSEKEEPING_DELAY_MS = 3_600_000;

/** What the tables say is still to be done; times in milliseconds since 1970, null where there is nothing. */
export interface Due {
  oldestUnsentAt: number | null;
  /** Set while the queue refuses. */
  outboxRetryAt: number | null;
  firstHoldEnd: number | null;
  oldestGuestSessionAt: number | null;
  oldestReportAt: number | null;
  oldestAgentCallAt: number | null;
  oldestPrunableEventAt: number | null;
  /** Since when documents of a till are missing that staff do not know of. */
  oldestGapAt: number | null;
  feedExcess: number;
  shelfHasOldRows: boolean;
}

export function dueOf(sql: Sql, outboxRetryAt: number | null): Due {
  return {
    oldestUnsentAt: oldestUnsentAt(sql),
    outboxRetryAt,
    firstHoldEnd: firstHoldEnd(sql),
    oldestGuestSessionAt: oldestGuestSessionAt(sql),
    oldestReportAt: oldestReportAt(sql),
    oldestAgentCallAt: oldestAgentCallAt(sql),
    oldestPrunableEventAt: oldestPrunableEventAt(sql),
    oldestGapAt: oldestGapAt(sql),
    feedExcess: feedExcess(sql),
    shelfHasOldRows: shelfHasOldRows(sql),
  };
}

/** When the object must be woken next, in milliseconds since 1970; null: not at all. */
export function nextAlarm(due: Due, now: number): number | null {
  const after = (at: number | null, delay: number): number[] => (at === null ? [] : [at + delay]);
  const times = [
    ...(due.oldestUnsentAt === null ? [] : [due.outboxRetryAt ?? due.oldestUnsentAt + OUTBOX_GRACE_MS]),
    ...after(due.firstHoldEnd, HOLD_SWEEP_DELAY_MS),
    ...after(due.oldestGuestSessionAt, GUEST_SESSION_KEPT_MS + HOUSEKEEPING_DELAY_MS),
    ...after(due.oldestReportAt, REPORT_IDS_KEPT_MS + HOUSEKEEPING_DELAY_MS),
    ...after(due.oldestAgentCallAt, AGENT_CALLS_KEPT_MS + HOUSEKEEPING_DELAY_MS),
    ...after(due.oldestPrunableEventAt, OUTBOX_KEPT_MS + HOUSEKEEPING_DELAY_MS),
    ...after(due.oldestGapAt, GAP_GRACE_MS),
    // The excess may wait for an agent: asking every hour is enough.
    ...(due.feedExcess > 0 ? [now + HOUSEKEEPING_DELAY_MS] : []),
    ...(due.shelfHasOldRows ? [now] : []),
  ];
  return times.length === 0 ? null : Math.max(now, Math.min(...times));
}

/** Everything that an alarm cleans, a bounded portion of it. The caller has noted how far live agents are. */
export function housekeep(scope: Scope): void {
  const { sql, now } = scope;
  sweepHolds(sql, now);
  sweepShelf(sql);
  pruneFeed(sql, now);
  pruneOutbox(sql, now);
  purgeGuestSessions(sql, now);
  purgeReportIds(sql, now);
  purgeAgentCalls(sql, now);
  tellGaps(scope);
}
