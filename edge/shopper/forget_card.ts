import type { Gateway } from '../payment/gateway.ts';

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
