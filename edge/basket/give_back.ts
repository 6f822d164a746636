import { keptOf, moveLeg } from '../../shared/payment/leg.ts';
import { pollDelayMs } from '../../shared/payment/poll.ts';
import type { Return } from '../../shared/payment/session.ts';
import { beginLegRefund } from './leg_refunds.ts';
import { isOurs } from './providers.ts';
import { audit, type LegRow, legsOf } from './rows.ts';
import { tell } from './tell.ts';
import { adapterOf, type Trip } from './trip.ts';

/** Sends money back that nobody owes, in the caller's transaction; the alarm carries it out. */
export function giveBack(trip: Trip, returns: readonly Return[], reason: string): void {
  const legs = legsOf(trip.sql);
  for (const { index, amount } of returns) {
    const leg = legs[index];
    if (leg === undefined) throw new Error('money of an attempt that is not there');
    sendBack(trip, leg, amount, reason);
  }
}

/**
 * The cheapest way that the provider has: a reservation is released, captured money voided whole if that is possible,
 * else refunded; what no provider can give back, a person must.
 */
function sendBack(trip: Trip, leg: LegRow, amount: number, reason: string): void {
  const nowMs = trip.now();
  if (leg.state === 'authorized') {
    startVoid(trip, leg);
    return;
  }
  const whole = amount === keptOf(leg) && leg.returned === 0 && leg.refunded + leg.refunding === 0;
  const can = isOurs(leg.gateway) ? null : adapterOf(trip, leg)?.can;
  if (can?.void_captured === true && whole && leg.void_refused === 0) {
    startVoid(trip, leg);
    return;
  }
  // An adapter that this deployment lacks is looked for again when the refund is sent.
  if (can === undefined || can?.refund === 'partial' || (can?.refund === 'full' && whole)) {
    const leg_refund_id = `rfl_${crypto.randomUUID()}`;
    beginLegRefund(trip.sql, leg, { leg_refund_id, refund_id: null, amount, reason }, nowMs);
    return;
  }
  giveBackByHand(trip, leg, amount, reason);
}

/** Only a person can give this money back: it counts for the order no more, and staff are told. */
export function giveBackByHand(
  trip: Pick<Trip, 'sql' | 'now'>,
  leg: LegRow,
  amount: number,
  reason: string,
): void {
  const nowMs = trip.now();
  trip.sql.exec('UPDATE leg SET by_hand = by_hand + ?, updated_at = ? WHERE n = ?', amount, nowMs, leg.n);
  audit(trip.sql, nowMs, 'to_return_by_hand', { payment_id: leg.payment_id, amount, reason });
  tell(trip, 'money_to_return', leg, { amount: String(amount), reason });
}

/** Begins to release a reservation, or to give captured money back whole, in the caller's transaction. */
export function startVoid({ sql, now }: Trip, leg: LegRow): void {
  const nowMs = now();
  const moved = moveLeg(leg, { state: 'void_pending', source: 'us' });
  if (moved.verdict !== 'applied') throw new Error('money that cannot go back');
  sql.exec(
    'UPDATE leg SET state = ?, acknowledged = 0, next_at = ?, updated_at = ? WHERE n = ?',
    ...[moved.leg.state, nowMs + pollDelayMs(leg.asked, nowMs - leg.created_at), nowMs, leg.n],
  );
  audit(sql, nowMs, 'giving_back', { payment_id: leg.payment_id, amount: leg.captured + leg.authorized });
}
