import type { Gateway } from '../gateway.ts';
import { attemptOf } from './contract_parts.ts';

/**
 * A gateway whose payer answers on a telephone or in another app, asked at once: with a payer of a fake who has
 * answered already, the suite of all adapters fits it too.
 */
export function impatient(gateway: Gateway): Gateway {
  return {
    ...gateway,
    async createAttempt(request) {
      const first = await gateway.createAttempt(request);
      if (first.s !== 'action_required') return first;
      const asked = await gateway.getAttempt(attemptOf(request, first));
      return asked.s === 'pending' ? first : asked;
    },
  };
}
