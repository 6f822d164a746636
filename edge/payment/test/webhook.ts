import { err, ok, type Result } from '../../../shared/result.ts';
import type { VerifiedWebhook, WebhookRefusal } from '../gateway.ts';
import { jsonOf } from '../provider_call.ts';
import { webhookSecret } from './keys.ts';
import { type Charge, ChargeWebhook, type Refund } from './protocol.ts';
import { refundOutcomeOf } from './refund_outcome.ts';
import { verifiedId } from './signature.ts';

/**
 * Checks a message of the test provider to the account's webhook address. Nothing of the body is looked at
 * before the signature over its raw bytes holds.
 */
export async function verifyTestWebhook(
  env: { TEST_PROVIDER_SECRET?: string },
  accountKey: string,
  headers: Headers,
  rawBody: string,
  nowMs: number = Date.now(),
): Promise<Result<VerifiedWebhook, WebhookRefusal>> {
  if (env.TEST_PROVIDER_SECRET === undefined) return err({ code: 'invalid_signature' });
  const secret = await webhookSecret(env.TEST_PROVIDER_SECRET, accountKey);
  const id = await verifiedId(secret, headers, rawBody, nowMs);
  if (id === null) return err({ code: 'invalid_signature' });
  const message = ChargeWebhook.safeParse(jsonOf(rawBody));
  if (!message.success) return err({ code: 'invalid' });
  const { type, timestamp, data } = message.data;
  return ok({
    events: [
      {
        gateway: 'test',
        event_id: id,
        type,
        occurred_at: timestamp,
        ...('refund_id' in data ? ofRefund(data) : ofCharge(data)),
      },
    ],
    ack: { status: 200, body: '{"received":true}', content_type: 'application/json' },
  });
}

const ofCharge = ({ reference, id }: Charge) =>
  ({ kind: 'payment', payment_id: reference, refund_id: null, reference: id }) as const;

/** `reference` is the charge's, by which the trip is found. */
const ofRefund = (refund: Refund) =>
  ({
    kind: 'refund',
    payment_id: null,
    refund_id: refund.refund_id,
    reference: refund.charge,
    claims: { refund: refundOutcomeOf(refund), amount: refund.amount, currency: refund.currency },
  }) as const;
