import { logError } from '../http/log.ts';
import type { Outcome } from '../payment/gateway.ts';
import type { Question } from '../payment/report.ts';
import { applyOutcome } from './outcome.ts';
import type { LegRow } from './rows.ts';
import type { Trip } from './trip.ts';

/** An adapter that throws has told nothing: the request may have left. */
export async function safely<T>(
  question: () => Promise<T>,
): Promise<T | { s: 'unknown'; reason: 'unavailable' }> {
  try {
    return await question();
  } catch (error) {
    logError('a payment gateway failed', { error });
    return { s: 'unknown', reason: 'unavailable' };
  }
}

/**
 * Writes a provider's answer about an attempt; `then` runs in its transaction. The token of a card that the shopper asked
 * to keep is sealed first, so that no table holds it in clear.
 */
export async function hear(
  trip: Trip,
  leg: LegRow,
  outcome: Outcome,
  question: Question,
  then: () => void = () => undefined,
): Promise<void> {
  const token = leg.save_card === 1 && 'saved' in outcome ? outcome.saved : undefined;
  const saved = token === undefined ? null : await trip.vault.seal(JSON.stringify(token), leg.payment_id);
  trip.write(() => {
    applyOutcome(trip, leg, outcome, question, saved);
    then();
  });
}
