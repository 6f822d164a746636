import { StoreId } from '../../shared/ids/index.ts';
import type { Env } from '../env.ts';
import type { Gateway } from '../payment/gateway.ts';
import { gatewayOf } from '../payment/registry.ts';

/** What became of a card that its provider was asked to delete. `refused`: it said no, and why. */
type Forgotten = { s: 'gone' } | { s: 'unknown' } | { s: 'refused'; message: string };

/**
 * Deletes a card where it really is, before anything is dropped here: a card that we forgot and the provider kept
 * could never be deleted any more. Without an adapter (null) nobody can be asked.
 */
export async function forgetCard(
  gateway: Pick<Gateway, 'forgetCard'> | null,
  token: string,
): Promise<Forgotten> {
  if (gateway === null) return { s: 'unknown' };
  // A provider that keeps none has none to delete.
  if (gateway.forgetCard === undefined) return { s: 'gone' };
  try {
    const answer = await gateway.forgetCard(token);
    return answer.s === 'error' ? { s: 'refused', message: answer.message } : { s: answer.s };
  } catch {
    return { s: 'unknown' };
  }
}

/** The adapter of the account that may charge the card, or null: its key begins with the store that has it. */
export async function gatewayOfCard(
  env: Env,
  { gateway, account_key }: { gateway: string; account_key: string },
  origin: string,
): Promise<Gateway | null> {
  const store = StoreId.safeParse(`str_${account_key.slice(0, account_key.indexOf('.'))}`);
  const config = store.success ? await env.STORE.getByName(store.data).config() : null;
  const account = config?.gateways.find((g) => g.gateway === gateway && g.account_key === account_key);
  return account === undefined ? null : gatewayOf(env, account, origin);
}
