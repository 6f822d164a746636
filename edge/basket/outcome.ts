import { isLive, moveLeg } from '../../shared/payment/leg.ts';
import { POLL_INTERVAL_MS, pollDelayMs } from '../../shared/payment/poll.ts';
import type { Outcome } from '../payment/gateway.ts';
import { type Question, reportOf } from '../payment/report.ts';
import type { Sql } from '../store/sql.ts';
import { consequences } from './consequences.ts';
import { addDuty } from './duty.ts';
import { audit, type LegRow } from './rows.ts';

/**
 * Writes what the provider said about an attempt, and everything that follows from it, in the caller's
 * transaction. The state machine decides whether it counts; what does not count is only recorded.
 */
export function applyOutcome(
  sql: Sql,
  leg: LegRow,
  outcome: Outcome,
  question: Question,
  nowMs: number,
): void {
  const ageMs = nowMs - leg.created_at;
  const asked = question === 'create' ? leg.asked : leg.asked + 1;
  const report = reportOf(outcome, leg.state, question, ageMs);
  const moved = report === null ? null : moveLeg(leg, report);
  const next = moved?.verdict === 'applied' ? moved.leg : leg;
  const changed = next !== leg;
  const wait = next.state === 'action_required' ? POLL_INTERVAL_MS : pollDelayMs(asked, ageMs);
  const reference = leg.reference ?? ('reference' in outcome ? outcome.reference : null);
  sql.exec(
    `UPDATE leg SET state = ?, authorized = ?, captured = ?, reference = ?, action = coalesce(?, action),
       failure = ?, asked = ?, next_at = ?, updated_at = ? WHERE n = ?`,
    next.state,
    next.authorized,
    next.captured,
    reference,
    outcome.s === 'action_required' ? JSON.stringify(outcome.action) : null,
    changed ? failureOf(outcome) : leg.failure,
    asked,
    isLive(next.state) ? nowMs + wait : null,
    changed ? nowMs : leg.updated_at,
    leg.n,
  );
  // Only an open attempt waits for a message of the provider that may name nothing but its own reference.
  if (reference !== null && leg.reference === null && isLive(next.state)) {
    addDuty(sql, 'link', `${leg.gateway} ${reference}`, nowMs);
  }
  const verdict = moved?.verdict ?? 'says_nothing';
  audit(sql, nowMs, 'provider_said', { payment_id: leg.payment_id, question, outcome: outcome.s, verdict });
  if (changed) consequences(sql, nowMs);
}

function failureOf(outcome: Outcome): string | null {
  if (outcome.s !== 'declined' && outcome.s !== 'error') return null;
  const { code, message } = outcome;
  return JSON.stringify({ code, message });
}
