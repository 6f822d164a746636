import type { Payment } from '../../shared/api/order.ts';
import { holdsCardNumber } from '../../shared/payment/card_number.ts';
import { isLive, keptOf } from '../../shared/payment/leg.ts';
import { isCovered } from '../../shared/payment/session.ts';
import { ok, type Result } from '../../shared/result.ts';
import type { Returned } from '../payment/gateway.ts';
import { startCapture } from './capture.ts';
import { consequences } from './consequences.ts';
import { giveBack, startVoid } from './give_back.ts';
import type { Memory } from './idempotency.ts';
import { callOff, inquire, keepPayment, paymentOf, settled } from './inquire.ts';
import type { Refusal } from './port.ts';
import { CASH, isOurs } from './providers.ts';
import { audit, type LegRow, legOf, legsOf, orderOf, sessionOf } from './rows.ts';
import { adapterOf, refuse, type Trip } from './trip.ts';

/** The payer is back: the provider says what became of it, her coming back proves nothing. */
export async function confirmPayment(
  trip: Trip,
  paymentId: string,
  returned: Returned,
  memory: Memory,
): Promise<Result<Payment, Refusal>> {
  const leg = legOf(trip.sql, paymentId);
  if (leg === null) return refuse('not_found');
  if ([returned.token ?? '', ...Object.values(returned.parameters ?? {})].some(holdsCardNumber))
    return refuse('card_number_refused');
  if (isLive(leg.state)) {
    await inquire(trip, paymentId, () => keepPayment(trip, paymentId, memory), returned);
    return settled(trip, paymentId);
  }
  // A webhook may have been faster than the payer; what never waited for her cannot be confirmed.
  if (leg.action === null) return refuse('payment_not_confirmable');
  return answer(trip, paymentId, memory);
}

/** Takes a reservation, or a part of it, for the store; the rest is released. Again answers the same. */
export async function capturePayment(
  trip: Trip,
  paymentId: string,
  { amount, staff }: { amount: number | undefined; staff: boolean },
  memory: Memory,
): Promise<Result<Payment, Refusal>> {
  const leg = legOf(trip.sql, paymentId);
  if (leg === null) return refuse('not_found');
  if (leg.state === 'captured') return answer(trip, paymentId, memory);
  if (!staff) return refuse('forbidden', 'The store takes what is reserved.');
  if (leg.state === 'authorized') {
    if (orderOf(trip.sql)?.close !== 'none') return refuse('order_cancelled');
    const wanted = amount ?? leg.authorized;
    const can = adapterOf(trip, leg)?.can.capture ?? 'none';
    if (wanted > leg.authorized || (wanted < leg.authorized && can === 'full'))
      return refuse('amount_mismatch', `${leg.authorized} is reserved.`);
    if (can === 'none') return refuse('payment_not_confirmable', 'Its gateway captures by itself.');
    trip.write(() => startCapture(trip, leg, wanted));
  } else if (leg.state !== 'capture_pending') return refuse('payment_not_confirmable');
  await inquire(trip, paymentId);
  const state = legOf(trip.sql, paymentId)?.state;
  const payment = await settled(trip, paymentId);
  if (!payment.ok) return payment;
  if (state === 'captured' || state === 'capture_pending') return answer(trip, paymentId, memory);
  return refuse('payment_not_confirmable', payment.value.failure?.message ?? 'Its reservation is gone.');
}

/**
 * Gives up an attempt that waits, releases a reservation, or gives back what was captured while its order is not paid
 * yet: as a refund where the gateway cannot void. Again answers the same. Cash is handed back by whoever took it.
 */
export async function cancelPayment(
  trip: Trip,
  paymentId: string,
  by: { staff: boolean },
  memory: Memory,
): Promise<Result<Payment, Refusal>> {
  const asked = legOf(trip.sql, paymentId);
  if (asked === null) return refuse('not_found');
  if (asked.state === 'submitted' || asked.state === 'unknown') await inquire(trip, paymentId);
  const open = legOf(trip.sql, paymentId);
  if (open?.state === 'action_required' || open?.state === 'pending') {
    await callOff(trip, paymentId, () => {
      if (legOf(trip.sql, paymentId)?.state === 'cancelled') keepPayment(trip, paymentId, memory);
    });
  } else if (open !== null && releasable(trip, open, by)) {
    trip.write(() => startVoid(trip, open));
    if (isOurs(open.gateway)) trip.write(() => handBack(trip, open));
    else await inquire(trip, paymentId);
  } else if (open !== null && refundable(trip, open)) {
    trip.write(() => refundWhole(trip, open));
    return answer(trip, paymentId, memory);
  } else if (open?.state === 'void_pending') await inquire(trip, paymentId);
  const state = legOf(trip.sql, paymentId)?.state;
  const payment = await settled(trip, paymentId);
  if (state === 'cancelled' || state === 'expired' || state === 'voided')
    return answer(trip, paymentId, memory);
  if (!payment.ok || state === undefined || !isLive(state)) return refuse('payment_not_cancellable');
  return refuse('payment_in_progress', 'The provider has not said yet whether it was called off.');
}

/** A reservation, or captured money that the gateway gives back whole, while the order is not paid. */
function releasable(trip: Trip, leg: LegRow, by: { staff: boolean }): boolean {
  const order = orderOf(trip.sql);
  if (order === null || isCovered(sessionOf(order, legsOf(trip.sql)))) return false;
  if (leg.state === 'authorized') return true;
  if (leg.state !== 'captured' || leg.captured === 0 || leg.refunded + leg.refunding > 0) return false;
  if (leg.gateway === CASH) return by.staff;
  return adapterOf(trip, leg)?.can.void_captured === true && leg.void_refused === 0;
}

/** Captured money of an order that is not paid, whose gateway cannot take the payment back but refunds it. */
function refundable(trip: Trip, leg: LegRow): boolean {
  const order = orderOf(trip.sql);
  if (order === null || isCovered(sessionOf(order, legsOf(trip.sql)))) return false;
  if (leg.state !== 'captured' || leg.captured === 0 || isOurs(leg.gateway)) return false;
  const whole = leg.refunded + leg.refunding === 0;
  const can = adapterOf(trip, leg)?.can.refund ?? 'none';
  // Asked again, it is answered what is on its way already.
  return (whole && can !== 'none') || (leg.returned > 0 && keptOf(leg) === 0);
}

/** Counts for the order no more from now on; the alarm sends it. */
function refundWhole(trip: Trip, leg: LegRow): void {
  const amount = keptOf(leg);
  if (amount === 0) return;
  const index = legsOf(trip.sql).findIndex(({ n }) => n === leg.n);
  giveBack(trip, [{ index, amount }], 'given_up');
  consequences(trip);
}

/** The drawer gives it back at once. */
function handBack(trip: Trip, { n, payment_id }: LegRow): void {
  const at = trip.now();
  trip.sql.exec(
    `UPDATE leg SET state = 'voided', captured = 0, next_at = NULL, updated_at = ? WHERE n = ?`,
    at,
    n,
  );
  audit(trip.sql, at, 'handed_back', { payment_id });
  consequences(trip);
}

function answer(trip: Trip, paymentId: string, memory: Memory): Result<Payment, Refusal> {
  return trip.write(() => {
    keepPayment(trip, paymentId, memory);
    const payment = paymentOf(trip, paymentId);
    return payment === null ? refuse('not_found') : ok(payment);
  });
}
