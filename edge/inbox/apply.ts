import { type BasketId, basketIdOfPayment, PaymentId, StoreId } from '../../shared/ids/index.ts';
import type { Env } from '../env.ts';
import { logError } from '../http/log.ts';
import type { WebhookEvent } from '../payment/gateway.ts';

export type Applied =
  | { s: 'applied' | 'unchanged' }
  /** It names nothing that we know; it may yet. */
  | { s: 'unmatched'; problem: string }
  /** Who should have taken it did not answer. */
  | { s: 'failed'; problem: string };

/** By the provider's name of the payment or the refund, or by ours of a refund. */
async function findTrip(
  env: Pick<Env, 'STORE'>,
  storeId: string,
  { gateway, reference, refund_id }: WebhookEvent,
): Promise<BasketId | null> {
  for (const name of [reference, refund_id]) {
    if (name === null) continue;
    const store = env.STORE.getByName(StoreId.parse(storeId));
    const found = await store.findReference({ gateway, reference: name });
    if (found !== null) return found;
  }
  return null;
}

/** Brings one event to the trip that it is about. That object decides what it means; here is only the way. */
export async function applyEvent(
  env: Pick<Env, 'STORE' | 'BASKET'>,
  storeId: string,
  event: WebhookEvent,
  replay: boolean,
): Promise<Applied> {
  try {
    const payment = PaymentId.safeParse(event.payment_id);
    const basketId = payment.success ? basketIdOfPayment(payment.data) : await findTrip(env, storeId, event);
    if (basketId === null) return { s: 'unmatched', problem: 'It names no payment of ours.' };
    const applied = await env.BASKET.getByName(basketId).applyWebhook(event, { replay });
    if (applied.ok) return { s: applied.value.applied ? 'applied' : 'unchanged' };
    return applied.error.code === 'not_found'
      ? { s: 'unmatched', problem: 'The payment that it names is not there.' }
      : { s: 'failed', problem: applied.error.code };
  } catch (error) {
    logError('a webhook could not be applied', { error });
    return { s: 'failed', problem: 'The trip did not answer.' };
  }
}
