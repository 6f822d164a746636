import type { Attempt, Gateway, Outcome } from '../gateway.ts';
import { unanswered } from './attempt.ts';

/**
 * A gateway that always sends the payer to a page, with a payer who acts at once: so the suite of all gateways
 * runs on it. What the core does is done too: an attempt that the provider does not know is asked for again.
 */
export function withPayer(
  gateway: Gateway,
  waits: (paymentId: string) => boolean,
  acts: (paymentId: string) => void,
): Gateway {
  const pay = async (attempt: Attempt, outcome: Outcome): Promise<Outcome> => {
    const { payment_id } = attempt.request;
    if (outcome.s !== 'action_required' || waits(payment_id)) return outcome;
    acts(payment_id);
    return gateway.continueAttempt({ ...attempt, reference: outcome.reference }, {});
  };
  const createAttempt: Gateway['createAttempt'] = async (request) =>
    pay(unanswered(request), await gateway.createAttempt(request));
  return {
    ...gateway,
    createAttempt,
    async getAttempt(attempt) {
      const outcome = await gateway.getAttempt(attempt);
      if (outcome.s === 'not_found' && attempt.reference === null) return createAttempt(attempt.request);
      return attempt.reference === null ? pay(attempt, outcome) : outcome;
    },
  };
}
