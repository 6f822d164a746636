import { paymentIdOfShort } from '../../../shared/payment/short_reference.ts';
import { err, ok, type Result } from '../../../shared/result.ts';
import type { RawWebhook, VerifiedWebhook, WebhookRefusal } from '../gateway.ts';
import { sha256Hex } from '../hmac.ts';
import { jsonOf } from '../provider_call.ts';
import { Callback } from './protocol.ts';

/**
 * Airtel calls one address an application and signs in a way that is not published. Whoever knows the account's
 * address can write this, so it claims nothing: it only says which payment to ask about.
 */
export async function readAirtelCallback({
  body,
}: RawWebhook): Promise<Result<VerifiedWebhook, WebhookRefusal>> {
  const parsed = Callback.safeParse(jsonOf(body));
  const payment_id = parsed.success ? paymentIdOfShort(parsed.data.transaction.id) : null;
  if (!parsed.success || payment_id === null) return err({ code: 'invalid' });
  const { id, status_code } = parsed.data.transaction;
  const event = {
    gateway: 'airtel_money',
    event_id: await sha256Hex(body),
    kind: 'payment',
    type: `transaction.${status_code}`,
    payment_id,
    refund_id: null,
    reference: id,
  } as const;
  return ok({ events: [event], ack: { status: 200, body: '{}', content_type: 'application/json' } });
}
