import type { PaymentStatus } from '../api/order.ts';
import type { LegState } from './leg.ts';
import type { SessionStatus } from './session.ts';

const OF_LEG: Readonly<Record<LegState, PaymentStatus>> = {
  initiated: 'waiting',
  submitted: 'waiting',
  action_required: 'action_required',
  pending: 'pending',
  // No answer is not a refusal: the client sees that it is open, never that it failed.
  unknown: 'pending',
  authorized: 'authorized',
  capture_pending: 'pending',
  captured: 'captured',
  void_pending: 'pending',
  voided: 'cancelled',
  declined: 'rejected',
  error: 'rejected',
  cancelled: 'cancelled',
  expired: 'cancelled',
};

/** What a client sees of one payment. */
export const paymentStatusOf = (state: LegState): PaymentStatus => OF_LEG[state];

const OF_SESSION: Readonly<Record<Exclude<SessionStatus, 'paid'>, PaymentStatus>> = {
  created: 'waiting',
  processing: 'pending',
  action_required: 'action_required',
  authorized: 'authorized',
  partially_paid: 'partially_captured',
  retryable: 'rejected',
  failed: 'rejected',
  unwinding: 'pending',
  cancelled: 'cancelled',
  expired: 'cancelled',
};

/** What a client sees of an order's payment: `captured` only once the store has committed the sale. */
export function orderPaymentStatus(session: SessionStatus, committed: boolean): PaymentStatus {
  if (session === 'paid') return committed ? 'captured' : 'pending';
  return OF_SESSION[session];
}
