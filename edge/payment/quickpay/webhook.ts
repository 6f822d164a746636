import { err, ok, type Result } from '../../../shared/result.ts';
import type { RawWebhook, VerifiedWebhook, WebhookEvent, WebhookRefusal } from '../gateway.ts';
import { bytesOfHex, verifyHmacOfAny } from '../hmac.ts';
import { jsonOf } from '../provider_call.ts';
import { outcomeOf, refundOf } from './outcome.ts';
import { QuickPayPayment, refundIdOf } from './protocol.ts';

/**
 * A callback is the whole payment, signed in `QuickPay-Checksum-Sha256` with the account's private key. They come
 * in any order and up to 24 times, so an event is the payment, its last operation and whether that is pending.
 */
export async function verifyQuickPayWebhook(
  keys: readonly string[],
  { headers, body }: RawWebhook,
): Promise<Result<VerifiedWebhook, WebhookRefusal>> {
  const mac = bytesOfHex(headers.get('quickpay-checksum-sha256') ?? '');
  if (!(await verifyHmacOfAny(keys, body, mac))) return err({ code: 'invalid_signature' });
  const payment = QuickPayPayment.safeParse(jsonOf(body));
  if (!payment.success) return err({ code: 'invalid' });
  return ok({
    events: [eventOf(payment.data)],
    ack: { status: 200, body: '{}', content_type: 'application/json' },
  });
}

function eventOf(payment: QuickPayPayment): WebhookEvent {
  const last = payment.operations.at(-1);
  const ours = payment.variables?.['payment_id'];
  const isRefund = last?.type === 'refund';
  const at = Date.parse(last?.created_at ?? '');
  const outcome = outcomeOf(payment, 'manual');
  return {
    gateway: 'quickpay',
    event_id: [payment.id, last?.id ?? payment.state, last?.pending ?? false].join(':'),
    kind: isRefund ? 'refund' : 'payment',
    type: last?.type ?? payment.state,
    payment_id: typeof ours === 'string' ? ours : null,
    refund_id: isRefund ? refundIdOf(last.callback_url) : null,
    reference: String(payment.id),
    ...(Number.isNaN(at) ? {} : { occurred_at: new Date(at).toISOString() }),
    ...(isRefund
      ? { claims: { refund: refundOf(last), amount: last.amount, currency: payment.currency } }
      : // What a reservation means depends on how the attempt is captured: only the end of it is claimed.
        outcome.s === 'captured' || outcome.s === 'voided' || outcome.s === 'declined'
        ? { claims: { outcome } }
        : {}),
  };
}
