import type { Outcome, RefundOutcome } from '../gateway.ts';
import { type Payment, type Refund, withoutVpa } from './protocol.ts';

/**
 * The one payment of an order or a QR code that counts: money before hope, hope before failure. An order is paid once
 * at most, so several payments of it are attempts of which one may succeed.
 */
export function decisive(payments: readonly Payment[]): Payment | undefined {
  for (const status of ['captured', 'refunded', 'authorized', 'created', 'failed']) {
    const found = payments.find((one) => one.status === status);
    if (found !== undefined) return found;
  }
  return payments[0];
}

/** `reference` is the attempt's own where that is not the payment: the QR code. */
export function outcomeOf(payment: Payment, reference: string = payment.id): Outcome {
  const { amount, currency, order_id, acquirer_data } = payment;
  const refs = {
    payment: payment.id,
    ...(order_id == null ? {} : { order: order_id }),
    ...(acquirer_data?.rrn == null ? {} : { rrn: acquirer_data.rrn }),
  };
  switch (payment.status) {
    case 'captured':
    case 'refunded':
      return { s: 'captured', amount, currency, reference, refs };
    case 'created':
    // Captured by Razorpay itself a moment later: nothing is reserved for us.
    case 'authorized':
      return { s: 'pending', reference, refs };
    case 'failed':
      return {
        s: 'declined',
        code: payment.error_reason ?? payment.error_code ?? 'failed',
        message: withoutVpa(payment.error_description ?? 'The UPI payment failed.'),
        reference,
        refs,
      };
    default:
      return { s: 'unknown', reason: 'unreadable' };
  }
}

export function refundOutcomeOf({ id: reference, status }: Refund): RefundOutcome {
  switch (status) {
    case 'processed':
      return { s: 'succeeded', reference };
    case 'pending':
      return { s: 'pending', reference };
    case 'failed':
      return { s: 'failed', code: 'failed', message: 'Razorpay could not give it back.', reference };
    default:
      return { s: 'unknown', reason: 'unreadable' };
  }
}
