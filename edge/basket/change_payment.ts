import type { Payment } from '../../shared/api/order.ts';
import { isLive } from '../../shared/payment/leg.ts';
import { ok, type Result } from '../../shared/result.ts';
import type { Memory } from './idempotency.ts';
import { callOff, inquire, keepPayment, paymentOf, settled } from './inquire.ts';
import type { Refusal } from './port.ts';
import { legOf } from './rows.ts';
import { refuse, type Trip } from './trip.ts';

/** The payer is back: the provider says what became of it, her coming back proves nothing. */
export async function confirmPayment(
  trip: Trip,
  paymentId: string,
  token: string | undefined,
  memory: Memory,
): Promise<Result<Payment, Refusal>> {
  const leg = legOf(trip.sql, paymentId);
  if (leg === null) return refuse('not_found');
  if (isLive(leg.state)) {
    await inquire(trip, paymentId, () => keepPayment(trip, paymentId, memory), { token });
    return settled(trip, paymentId);
  }
  // A webhook may have been faster than the payer; what never waited for her cannot be confirmed.
  if (leg.action === null) return refuse('payment_not_confirmable');
  return answer(trip, paymentId, memory);
}

/** No gateway of this build reserves money without taking it, so there is never anything left to capture. */
export async function capturePayment(
  trip: Trip,
  paymentId: string,
  memory: Memory,
): Promise<Result<Payment, Refusal>> {
  const leg = legOf(trip.sql, paymentId);
  if (leg === null) return refuse('not_found');
  return leg.state === 'captured' ? answer(trip, paymentId, memory) : refuse('payment_not_confirmable');
}

/** Gives up an attempt that waits for the payer or for its outcome. Again answers the same. */
export async function cancelPayment(
  trip: Trip,
  paymentId: string,
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
  }
  const state = legOf(trip.sql, paymentId)?.state;
  const payment = await settled(trip, paymentId);
  if (state === 'cancelled' || state === 'expired' || state === 'voided')
    return answer(trip, paymentId, memory);
  if (!payment.ok || state === undefined || !isLive(state)) return refuse('payment_not_cancellable');
  return refuse('payment_in_progress', 'The provider has not said yet whether it was called off.');
}

function answer(trip: Trip, paymentId: string, memory: Memory): Result<Payment, Refusal> {
  return trip.write(() => {
    keepPayment(trip, paymentId, memory);
    const payment = paymentOf(trip, paymentId);
    return payment === null ? refuse('not_found') : ok(payment);
  });
}
