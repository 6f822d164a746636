import { err, ok, type Result } from '../../../shared/result.ts';
import type { RawWebhook, VerifiedWebhook, WebhookEvent, WebhookRefusal } from '../gateway.ts';
import { bytesOfHex, sha256Hex, verifyHmacOfAny } from '../hmac.ts';
import { jsonOf } from '../provider_call.ts';
import { outcomeOf, refundOutcomeOf } from './outcome.ts';
import { Webhook } from './protocol.ts';

/** `X-Razorpay-Signature` is the hex HMAC-SHA256 of the raw body. It has no time; `x-razorpay-event-id` tells doubles. */
export async function verifyRazorpayWebhook(
  secrets: readonly string[],
  { headers, body }: RawWebhook,
): Promise<Result<VerifiedWebhook, WebhookRefusal>> {
  const mac = bytesOfHex(headers.get('x-razorpay-signature') ?? '');
  if (!(await verifyHmacOfAny(secrets, body, mac))) return err({ code: 'invalid_signature' });
  const message = Webhook.safeParse(jsonOf(body));
  if (!message.success) return err({ code: 'invalid' });
  const event_id = headers.get('x-razorpay-event-id') ?? (await sha256Hex(body));
  return ok({
    events: eventsOf(event_id, message.data),
    ack: { status: 200, body: '{"received":true}', content_type: 'application/json' },
  });
}

/** None where a payment names nothing of ours: one of a QR code, whose own message follows, or of another till. */
function eventsOf(event_id: string, { event: type, created_at, payload }: Webhook): WebhookEvent[] {
  const payment = payload.payment?.entity;
  const refund = payload.refund?.entity;
  const code = payload.qr_code?.entity;
  const common = {
    gateway: 'upi',
    event_id,
    type,
    ...(created_at === undefined ? {} : { occurred_at: new Date(created_at * 1000).toISOString() }),
  };
  if (type.startsWith('refund.') && refund !== undefined)
    return [
      {
        ...common,
        kind: 'refund',
        payment_id: refund.notes?.['payment_id'] ?? payment?.notes?.['payment_id'] ?? null,
        refund_id: refund.notes?.['refund_id'] ?? null,
        reference: refund.id,
        claims: { refund: refundOutcomeOf(refund), amount: refund.amount, currency: refund.currency },
      },
    ];
  const reference = code?.id ?? payment?.id ?? null;
  const dispute = type.startsWith('payment.dispute');
  const known = !dispute && (type.startsWith('payment.') || type.startsWith('qr_code.'));
  const payment_id = code?.notes?.['payment_id'] ?? payment?.notes?.['payment_id'] ?? null;
  if (known && payment_id === null) return [];
  return [
    {
      ...common,
      kind: known ? 'payment' : dispute ? 'dispute' : 'other',
      payment_id,
      refund_id: null,
      reference,
      ...(known && payment !== undefined
        ? { claims: { outcome: outcomeOf(payment, reference ?? payment.id) } }
        : {}),
    },
  ];
}
