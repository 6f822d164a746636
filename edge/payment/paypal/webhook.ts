import { err, ok, type Result } from '../../../shared/result.ts';
import type { RawWebhook, VerifiedWebhook, WebhookEvent, WebhookRefusal } from '../gateway.ts';
import { bodyOf } from '../provider_body.ts';
import { jsonOf } from '../provider_call.ts';
import { minorOf } from './amount.ts';
import type { PayPalCall } from './call.ts';
import { declined } from './outcome.ts';
import { oursOf, PayPalWebhook, Verification } from './protocol.ts';

const TRANSMISSION = {
  transmission_id: 'paypal-transmission-id',
  transmission_time: 'paypal-transmission-time',
  transmission_sig: 'paypal-transmission-sig',
  cert_url: 'paypal-cert-url',
  auth_algo: 'paypal-auth-algo',
} as const;

/**
 * PayPal signs with a certificate of its own, and is asked whether a message is from it (`verify-webhook-signature`).
 * If it cannot be asked, the message is `invalid`, not believed and not stored: PayPal sends it again for three days.
 */
export async function verifyPayPalWebhook(
  call: PayPalCall,
  webhookId: string,
  { headers, body }: RawWebhook,
): Promise<Result<VerifiedWebhook, WebhookRefusal>> {
  const transmission: Record<string, string> = { webhook_id: webhookId };
  for (const [field, header] of Object.entries(TRANSMISSION)) {
    const value = headers.get(header);
    if (value === null) return err({ code: 'invalid_signature' });
    transmission[field] = value;
  }
  const message = PayPalWebhook.safeParse(jsonOf(body));
  if (!message.success) return err({ code: 'invalid' });
  // The signature covers the bytes as they came, so they go into the question unchanged.
  const question = `${JSON.stringify(transmission).slice(0, -1)},"webhook_event":${body}}`;
  const answered = await call('POST', '/v1/notifications/verify-webhook-signature', question);
  if ('s' in answered) return err({ code: 'invalid' });
  const answer = bodyOf(answered, Verification);
  if (answer.s !== 'body') return err({ code: 'invalid' });
  if (answer.body.verification_status !== 'SUCCESS') return err({ code: 'invalid_signature' });
  return ok({
    events: [eventOf(message.data)],
    ack: { status: 200, body: '{}', content_type: 'application/json' },
  });
}

function eventOf({ id: event_id, event_type: type, create_time, resource }: PayPalWebhook): WebhookEvent {
  const isRefund = type === 'PAYMENT.CAPTURE.REFUNDED' || type.startsWith('PAYMENT.REFUND.');
  const isOrder = type.startsWith('CHECKOUT.ORDER.');
  const kind = isRefund
    ? 'refund'
    : isOrder || type.startsWith('PAYMENT.')
      ? 'payment'
      : type.startsWith('CUSTOMER.DISPUTE.')
        ? 'dispute'
        : 'other';
  const ours = oursOf(resource.custom_id ?? resource.purchase_units?.[0]?.custom_id);
  const order = isOrder ? resource.id : (resource.supplementary_data?.related_ids?.order_id ?? null);
  const at = Date.parse(create_time ?? '');
  const claims = claimsOf(type, resource, order);
  return {
    ...{ gateway: 'paypal', event_id, kind, type, ...ours, reference: order },
    ...(Number.isNaN(at) ? {} : { occurred_at: new Date(at).toISOString() }),
    ...(claims === undefined ? {} : { claims }),
  };
}

function claimsOf(
  type: string,
  { id, status, amount: money }: PayPalWebhook['resource'],
  order: string | null,
): WebhookEvent['claims'] {
  if (money === undefined) return undefined;
  const currency = money.currency_code;
  const amount = minorOf(money.value, currency);
  if (amount === null) return undefined;
  if (type === 'PAYMENT.CAPTURE.COMPLETED' && order !== null)
    return { outcome: { s: 'captured', amount, currency, reference: order, refs: { capture: id } } };
  if (type === 'PAYMENT.CAPTURE.DENIED' && order !== null)
    return { outcome: declined('DENIED', 'PayPal denied the payment.', order) };
  if (type === 'PAYMENT.CAPTURE.REFUNDED' && status === 'COMPLETED')
    return { refund: { s: 'succeeded', reference: id }, amount, currency };
  if (type === 'PAYMENT.REFUND.FAILED')
    return {
      refund: { s: 'failed', code: 'FAILED', message: 'PayPal did not give the money back.', reference: id },
      ...{ amount, currency },
    };
  return undefined;
}
