import { isLive, type Leg, type LegState, moveLeg } from '../../shared/payment/leg.ts';
import {
  POLL_EAGER_MS,
  POLL_INTERVAL_MS,
  pollDelayMs,
  terminalPollDelayMs,
} from '../../shared/payment/poll.ts';
import { RESERVATION_HOLDS_MS, reservationWatchedAt } from '../../shared/payment/reservation.ts';
import { lateMoneyCounts } from '../../shared/payment/session.ts';
import { doubtOf, withoutMoney } from '../payment/doubt.ts';
import type { Outcome } from '../payment/gateway.ts';
import { type Question, reportOf } from '../payment/report.ts';
import { consequences } from './consequences.ts';
import { addDuty } from './duty.ts';
import { audit, basketOf, type LegRow, legsOf, orderOf, sessionOf } from './rows.ts';
import { tell } from './tell.ts';
import type { Trip } from './trip.ts';

/**
 * Writes what the provider said about an attempt, and everything that follows from it, in the caller's transaction. The
 * state machine decides whether it counts; what does not count is only recorded, what cannot be believed is told.
 * @param saved the token of a card that the provider now keeps, sealed
 */
export function applyOutcome(
  trip: Trip,
  leg: LegRow,
  said: Outcome,
  question: Question,
  saved: string | null = null,
): void {
  const { sql } = trip;
  const nowMs = trip.now();
  const ageMs = nowMs - leg.created_at;
  const { currency } = basketOf(sql);
  const doubt = doubtOf(said, { asked: askedOf(leg, said), currency, state: leg.state }, question);
  const outcome = doubt === null ? said : withoutMoney(said);
  const report = reportOf(outcome, leg, question, ageMs);
  const moved = report === null ? null : moveLeg(leg, report);
  const next: Leg = moved?.verdict === 'applied' ? moved.leg : leg;
  const changed = next !== leg;
  const stray = moved?.verdict === 'applied' && moved.late_success && !counts(trip, leg, next, ageMs);
  const kept = factsOf(leg, outcome, question, next, nowMs);
  sql.exec(
    `UPDATE leg SET state = ?, authorized = ?, captured = ?, reference = ?, refs = ?, action = coalesce(?, action),
       failure = ?, card = coalesce(?, card), holds_until = ?, asked = ?, next_at = ?, updated_at = ?, acknowledged = ?,
       capture_refused = capture_refused + ?, void_refused = void_refused + ?, stray = max(stray, ?),
       saved = coalesce(?, saved) WHERE n = ?`,
    ...[next.state, next.authorized, next.captured, kept.reference, kept.refs, kept.action],
    ...[changed ? failureOf(outcome) : leg.failure, kept.card, kept.holds_until, kept.asked],
    ...[nextAt(leg, next, kept, nowMs), changed ? nowMs : leg.updated_at, kept.acknowledged],
    ...[refused(leg, next, 'capture_pending', 'authorized'), refused(leg, next, 'void_pending', 'captured')],
    ...[stray ? 1 : 0, saved, leg.n],
  );
  // A terminal is spoken to again when its payment is called off or given back, and its name is no secret.
  if (FINAL.has(next.state) && leg.terminal_id === null)
    sql.exec('UPDATE leg SET instrument = NULL WHERE n = ?', leg.n);
  // Only an open attempt waits for a message of the provider that may name nothing but its own reference.
  if (kept.reference !== null && leg.reference === null && isLive(next.state)) {
    addDuty(sql, 'link', `${leg.gateway} ${kept.reference}`, nowMs);
  }
  const verdict = moved?.verdict ?? 'says_nothing';
  audit(sql, nowMs, 'provider_said', {
    payment_id: leg.payment_id,
    question,
    outcome: said.s,
    verdict,
    ...(doubt === null ? {} : { doubt }),
  });
  if (doubt !== null) tellDoubt(trip, leg, said);
  if (changed) {
    if (saved !== null && (next.state === 'captured' || next.state === 'authorized'))
      addDuty(sql, 'keep_card', leg.payment_id, nowMs);
    if (leg.terminal_id !== null && !isLive(next.state))
      addDuty(sql, 'free_terminal', `${leg.payment_id} ${leg.terminal_id}`, nowMs);
    consequences(trip, ageMs);
  }
  tellMoney(trip, leg, next, stray, nowMs);
}

/** The provider has said all: the request is neither sent again nor asked for in its own words. */
const FINAL: ReadonlySet<LegState> = new Set([
  'captured',
  'voided',
  'declined',
  'error',
  'cancelled',
  'expired',
]);

const askedOf = (leg: LegRow, said: Outcome): number =>
  said.s === 'captured' ? (leg.capturing ?? leg.amount) : leg.amount;

function counts({ sql }: Trip, leg: LegRow, next: Leg, ageMs: number): boolean {
  const order = orderOf(sql);
  if (order === null) throw new Error('an attempt without its order');
  return lateMoneyCounts(sessionOf(order, legsOf(sql)), {
    amount: next.captured + next.authorized,
    asked: leg.amount,
    ageMs,
    goods_given_up: order.status === 'cancelled',
  });
}

interface Kept {
  reference: string | null;
  refs: string;
  action: string | null;
  card: string | null;
  holds_until: number | null;
  asked: number;
  acknowledged: number;
  /** The provider gave no answer. */
  silent: boolean;
}

/** What is written down of the answer besides the money. */
function factsOf(leg: LegRow, outcome: Outcome, question: Question, next: Leg, nowMs: number): Kept {
  const refs = 'refs' in outcome ? outcome.refs : undefined;
  const until = 'expires_at' in outcome ? Date.parse(outcome.expires_at ?? '') : Number.NaN;
  const known = next.state === leg.state ? leg.holds_until : null;
  const ours = next.state === 'authorized' ? nowMs + RESERVATION_HOLDS_MS : null;
  const underWay = next.state === 'capture_pending' || next.state === 'void_pending';
  return {
    reference: leg.reference ?? ('reference' in outcome ? outcome.reference : null),
    refs: refs === undefined ? leg.refs : JSON.stringify({ ...JSON.parse(leg.refs), ...refs }),
    action: outcome.s === 'action_required' ? JSON.stringify(outcome.action) : null,
    card: 'card' in outcome && outcome.card !== undefined ? JSON.stringify(outcome.card) : null,
    holds_until: Number.isNaN(until) ? (known ?? ours) : until,
    asked: question === 'create' || question === 'webhook' ? leg.asked : leg.asked + 1,
    silent: outcome.s === 'unknown',
    acknowledged: underWay && (outcome.s === next.state || leg.acknowledged === 1) ? 1 : 0,
  };
}

function nextAt(leg: LegRow, next: Leg, { asked, holds_until, silent }: Kept, nowMs: number): number | null {
  if (next.state === 'authorized' && !silent) return reservationWatchedAt(holds_until ?? nowMs, nowMs);
  // A message about what seemed over has to be followed up until the provider answers.
  const unheard = silent && leg.next_at !== null;
  if (!isLive(next.state) && !unheard) return null;
  const ageMs = nowMs - leg.created_at;
  if (leg.terminal_id !== null) return nowMs + terminalPollDelayMs(ageMs);
  return nowMs + (next.state === 'action_required' ? POLL_INTERVAL_MS : pollDelayMs(asked, ageMs));
}

/** One refusal of what was under way. */
const refused = (leg: Leg, next: Leg, from: LegState, to: LegState): 0 | 1 =>
  leg.state === from && next.state === to ? 1 : 0;

function failureOf(outcome: Outcome): string | null {
  if (outcome.s !== 'declined' && outcome.s !== 'error') return null;
  const { code, message } = outcome;
  return JSON.stringify({ code, message });
}

function tellDoubt(trip: Trip, leg: LegRow, said: Outcome): void {
  if (said.s !== 'captured' && said.s !== 'authorized') return;
  tell(trip, 'payment_amount_mismatch', leg, {
    said: String(said.amount),
    said_currency: said.currency ?? basketOf(trip.sql).currency,
  });
}

/** What a person must know of the money as it now stands, each once an attempt. */
function tellMoney(trip: Trip, leg: LegRow, next: Leg, stray: boolean, nowMs: number): void {
  const came = next !== leg && next.state === 'captured' && next.captured > leg.captured;
  const amount = { amount: String(next.captured) };
  if (came && (stray || orderOf(trip.sql)?.close !== 'none')) tell(trip, 'late_capture', leg, amount);
  if (came && next.captured > askedOf(leg, { s: 'captured', amount: 0, reference: '' }))
    tell(trip, 'over_captured', leg, amount);
  const since = next.state === 'unknown' || next.state === 'submitted' ? leg.created_at : leg.updated_at;
  const silent = OPEN_WITH_PROVIDER.has(next.state) || (leg.terminal_id !== null && isLive(next.state));
  if (silent && next === leg && nowMs - since >= POLL_EAGER_MS) tell(trip, 'payment_unknown', leg, {});
}

const OPEN_WITH_PROVIDER: ReadonlySet<LegState> = new Set([
  'submitted',
  'unknown',
  'capture_pending',
  'void_pending',
]);
