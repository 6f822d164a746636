import type { AttemptRequest, Outcome, RefundOutcome } from '../gateway.ts';
import { minorOf } from './amount.ts';
import type { Authorization, Capture, PayPalOrder, Refund } from './protocol.ts';

const UNREADABLE = { s: 'unknown', reason: 'unreadable' } as const;

/** What an order says by itself. An approved one is still waiting for us, so it is `pending` here. */
export function outcomeOf(order: PayPalOrder, request: AttemptRequest): Outcome {
  const reference = order.id;
  const { captures = [], authorizations = [] } = order.purchase_units?.[0]?.payments ?? {};
  const [capture] = captures;
  if (capture !== undefined) return captureOutcome(capture, reference, request.capture);
  const [authorization] = authorizations;
  if (authorization !== undefined) return authorizationOutcome(authorization, reference);
  switch (order.status) {
    case 'CREATED':
    case 'SAVED':
    case 'PAYER_ACTION_REQUIRED': {
      const link = order.links?.find(({ rel }) => rel === 'payer-action' || rel === 'approve');
      return link === undefined
        ? UNREADABLE
        : { s: 'action_required', action: { type: 'redirect', url: link.href }, reference };
    }
    case 'APPROVED':
      return { s: 'pending', reference };
    case 'VOIDED':
      return { s: 'cancelled', reference };
    case 'COMPLETED':
      // Completed without a payment in it: the representation was not asked for.
      return UNREADABLE;
  }
}

/** An order whose money is not to be taken any more: PayPal has no call for that, so the attempt remembers it. */
export function calledOff(order: PayPalOrder, request: AttemptRequest): Outcome {
  if (order.status === 'COMPLETED' || order.status === 'VOIDED') return outcomeOf(order, request);
  return { s: 'cancelled', reference: order.id, refs: { called_off: 'yes' } };
}

export function captureOutcome(capture: Capture, reference: string, mode: 'auto' | 'manual'): Outcome {
  const { currency_code: currency, value } = capture.amount;
  const amount = minorOf(value, currency);
  const refs = { capture: capture.id };
  switch (capture.status) {
    case 'COMPLETED':
    case 'PARTIALLY_REFUNDED':
    case 'REFUNDED':
      return amount === null ? UNREADABLE : { s: 'captured', amount, currency, reference, refs };
    case 'PENDING':
      return { s: mode === 'auto' ? 'pending' : 'capture_pending', reference, refs };
    case 'DECLINED':
    case 'FAILED':
      return declined(
        capture.status_details?.reason ?? capture.status,
        'PayPal declined the payment.',
        reference,
      );
  }
}

function authorizationOutcome(authorization: Authorization, reference: string): Outcome {
  const { currency_code: currency, value } = authorization.amount;
  const amount = minorOf(value, currency);
  const refs = { authorization: authorization.id };
  const until = Date.parse(authorization.expiration_time ?? '');
  switch (authorization.status) {
    case 'CREATED':
      if (amount === null) return UNREADABLE;
      return {
        ...{ s: 'authorized', amount, currency, reference, refs },
        ...(Number.isNaN(until) ? {} : { expires_at: new Date(until).toISOString() }),
      };
    case 'PENDING':
      return { s: 'pending', reference, refs };
    case 'VOIDED':
      return { s: 'voided', reference, refs };
    case 'EXPIRED':
      return { s: 'expired', reference, refs };
    case 'DENIED':
      return declined('DENIED', 'PayPal denied the reservation.', reference);
    case 'CAPTURED':
    case 'PARTIALLY_CAPTURED':
      // How much was taken stands with the capture, which was not among the payments.
      return UNREADABLE;
  }
}

/** `INSTRUMENT_DECLINED`: the payer may choose another source of money (PayPal, "Handle funding failures"). */
export const declined = (code: string, message: string, reference: string): Outcome => ({
  ...{ s: 'declined', code, message, soft: code === 'INSTRUMENT_DECLINED', reference },
  // The order stays approved at PayPal: this keeps a later question from taking the money after all.
  refs: { declined: code },
});

export function refundOf({ id: reference, status, status_details }: Refund): RefundOutcome {
  if (status === 'COMPLETED') return { s: 'succeeded', reference };
  if (status === 'PENDING') return { s: 'pending', reference };
  const code = status_details?.reason ?? status;
  return { s: 'failed', code, message: 'PayPal did not give the money back.', reference };
}
