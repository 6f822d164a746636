import { z } from 'zod';
import type { AttemptRequest, Gateway } from '../gateway.ts';
import type { StripeAnswer, StripeClient } from './client.ts';

/** A card is kept with a customer: the one it has, or one that is made for it, once an attempt. */
export async function customerOf(
  client: StripeClient,
  { payment_id, shopper_id, instrument, save_card }: AttemptRequest,
): Promise<StripeAnswer<{ id: string; keep: boolean } | null>> {
  if (instrument.kind === 'saved' && instrument.customer !== null)
    return { ok: true, value: { id: instrument.customer, keep: false } };
  if (instrument.kind !== 'token' || !save_card) return { ok: true, value: null };
  const made = await client.post(
    z.object({ id: z.string() }),
    'customers',
    { metadata: { shopper_id } },
    `${payment_id}.customer`,
  );
  return made.ok ? { ok: true, value: { id: made.value.id, keep: true } } : made;
}

type Forgotten = Awaited<ReturnType<NonNullable<Gateway['forgetCard']>>>;
const Method = z.object({ id: z.string(), customer: z.string().nullish() });

/** Takes the card from its customer. One that is not there, or that nobody keeps, is gone already. */
export async function forgetCard(client: StripeClient, token: string): Promise<Forgotten> {
  const path = `payment_methods/${encodeURIComponent(token)}`;
  const answer = await client.post(Method, `${path}/detach`, {}, `forget.${token}`);
  if (answer.ok) return { s: 'gone' };
  const { failure } = answer;
  if (failure.s === 'unknown') return { s: 'unknown', message: 'Stripe did not answer.' };
  if (failure.code === 'resource_missing') return { s: 'gone' };
  const kept = await client.get(Method, path);
  return kept.ok && typeof kept.value.customer !== 'string'
    ? { s: 'gone' }
    : { s: 'error', message: failure.message };
}
