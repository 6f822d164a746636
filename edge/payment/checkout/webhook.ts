import { err, ok, type Result } from '../../../shared/result.ts';
import type { RawWebhook, VerifiedWebhook, WebhookEvent, WebhookRefusal } from '../gateway.ts';
import { bytesOfHex, verifyHmacOfAny } from '../hmac.ts';
import { jsonOf } from '../provider_call.ts';
import { minorOf } from './amount.ts';
import { declinedOf } from './outcome.ts';
import { CheckoutWebhook } from './protocol.ts';

/**
 * `Cko-Signature` is HMAC-SHA256 of the raw body in hex. It covers no time, so an old message is only kept from
 * doing harm by its event id, and by asking the provider.
 */
export async function verifyCheckoutWebhook(
  keys: readonly string[],
  { headers, body }: RawWebhook,
): Promise<Result<VerifiedWebhook, WebhookRefusal>> {
  const mac = bytesOfHex(headers.get('cko-signature') ?? '');
  if (!(await verifyHmacOfAny(keys, body, mac))) return err({ code: 'invalid_signature' });
  const message = CheckoutWebhook.safeParse(jsonOf(body));
  if (!message.success) return err({ code: 'invalid' });
  return ok({
    events: [eventOf(message.data)],
    ack: { status: 200, body: '{}', content_type: 'application/json' },
  });
}

function eventOf({ id: event_id, type, created_on, data }: CheckoutWebhook): WebhookEvent {
  const isRefund = type.startsWith('payment_refund');
  const kind = isRefund
    ? 'refund'
    : type.startsWith('payment_')
      ? 'payment'
      : type.startsWith('dispute_')
        ? 'dispute'
        : 'other';
  const ours = data.metadata?.['payment_id'];
  const at = Date.parse(created_on ?? '');
  const claims = claimsOf(type, data);
  return {
    gateway: 'checkout',
    event_id,
    kind,
    type,
    // The reference of an action is the one that was sent with it: of all but refunds that is the payment's.
    payment_id: typeof ours === 'string' ? ours : isRefund ? null : (data.reference ?? null),
    refund_id: isRefund && data.reference?.startsWith('ref_') ? data.reference : null,
    reference: data.id,
    ...(Number.isNaN(at) ? {} : { occurred_at: new Date(at).toISOString() }),
    ...(claims === undefined ? {} : { claims }),
  };
}

function claimsOf(type: string, data: CheckoutWebhook['data']): WebhookEvent['claims'] {
  const { id: reference, currency, action_id = null } = data;
  const code = data.response_code ?? 'declined';
  const message = data.response_summary ?? 'The provider refused it.';
  if (type === 'payment_declined')
    return { outcome: declinedOf(reference, data.response_code, data.response_summary) };
  if (type === 'payment_voided') return { outcome: { s: 'voided', reference } };
  if (type === 'payment_canceled') return { outcome: { s: 'cancelled', reference } };
  if (type === 'payment_expired') return { outcome: { s: 'expired', reference } };
  if (data.amount === undefined || currency === undefined) return undefined;
  const amount = minorOf(data.amount, currency);
  // What an approval means depends on how the attempt is captured, so it only says that there is something to ask.
  if (type === 'payment_captured') return { outcome: { s: 'captured', amount, currency, reference } };
  if (type === 'payment_refunded')
    return { refund: { s: 'succeeded', reference: action_id }, amount, currency };
  if (type === 'payment_refund_declined')
    return { refund: { s: 'failed', code, message, reference: action_id }, amount, currency };
  return undefined;
}
