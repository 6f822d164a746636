import { err, ok, type Result } from '../../../shared/result.ts';
import type { ProviderWebhook } from '../../basket/port.ts';
import type { WebhookRefusal } from '../gateway.ts';
import { webhookSecret } from './keys.ts';
import { ChargeWebhook } from './protocol.ts';
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
): Promise<Result<ProviderWebhook, WebhookRefusal>> {
  if (env.TEST_PROVIDER_SECRET === undefined) return err({ code: 'invalid_signature' });
  const secret = await webhookSecret(env.TEST_PROVIDER_SECRET, accountKey);
  const id = await verifiedId(secret, headers, rawBody, nowMs);
  if (id === null) return err({ code: 'invalid_signature' });
  const message = ChargeWebhook.safeParse(jsonOf(rawBody));
  if (!message.success) return err({ code: 'invalid' });
  const { id: reference, reference: payment_id } = message.data.data;
  return ok({ gateway: 'test', event_id: id, payment_id, reference });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
