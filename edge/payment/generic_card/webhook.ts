import type { z } from 'zod';
import { err, ok, type Result } from '../../../shared/result.ts';
import type { RawWebhook, VerifiedWebhook, WebhookEvent, WebhookRefusal } from '../gateway.ts';
import { jsonOf } from '../provider_call.ts';
import { CardWebhook } from './protocol.ts';
import { checkSignature } from './signature.ts';

/** Nothing of the body is looked at before the signature over its raw bytes holds. */
export async function verifyCardWebhook(
  secrets: readonly string[],
  { headers, body, now_ms }: RawWebhook,
): Promise<Result<VerifiedWebhook, WebhookRefusal>> {
  const verdict = await checkSignature(secrets, headers.get('x-signature'), body, now_ms);
  if (verdict !== 'valid') return err({ code: verdict === 'stale' ? 'stale' : 'invalid_signature' });
  const message = CardWebhook.safeParse(jsonOf(body));
  if (!message.success) return err({ code: 'invalid' });
  return ok({
    events: [eventOf(message.data)],
    ack: { status: 200, body: '{"received":true}', content_type: 'application/json' },
  });
}

function eventOf({ event_id, type, occurred_at, data }: z.infer<typeof CardWebhook>): WebhookEvent {
  const kind = type.startsWith('payment.') ? 'payment' : type.startsWith('refund.') ? 'refund' : 'other';
  const claims = claimsOf(type, data);
  return {
    gateway: 'generic_card',
    event_id,
    kind,
    type,
    payment_id: data.reference,
    refund_id: data.refund_reference ?? null,
    reference: data.id,
    ...(occurred_at === undefined ? {} : { occurred_at }),
    ...(claims === undefined ? {} : { claims }),
  };
}

function claimsOf(type: string, data: z.infer<typeof CardWebhook>['data']): WebhookEvent['claims'] {
  const { id: reference, amount_minor: amount, currency } = data;
  switch (type) {
    case 'payment.captured':
      return { outcome: { s: 'captured', amount, currency, reference } };
    case 'payment.authorized':
      return { outcome: { s: 'authorized', amount, currency, reference } };
    case 'payment.voided':
      return { outcome: { s: 'voided', reference } };
    case 'payment.failed':
      return { outcome: { s: 'declined', code: 'declined', message: 'The card was declined.', reference } };
    case 'refund.succeeded':
      return { refund: { s: 'succeeded', reference: null }, amount, currency };
    case 'refund.failed':
      return {
        refund: { s: 'failed', code: 'failed', message: 'The provider could not give it back.' },
        amount,
        currency,
      };
    default:
      return undefined;
  }
}
