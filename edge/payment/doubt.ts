import type { Leg } from '../../shared/payment/leg.ts';
import type { Outcome } from './gateway.ts';
import type { Question } from './report.ts';

/**
 * Why a provider's word about money is not taken as it stands; null: nothing speaks against it. Less than was asked is a
 * partial approval, and more was really taken: both count. Of a message that nobody asked for, only the very amount does.
 * @param currency of the order, ISO 4217
 * @param asked what was to be taken by the last request, in minor units
 */
export function doubtOf(
  said: Outcome,
  { asked, currency, state }: { asked: number; currency: string; state: Leg['state'] },
  question: Question,
): 'currency' | 'amount' | null {
  if (said.s !== 'captured' && said.s !== 'authorized') return null;
  if (said.currency !== undefined && said.currency !== currency) return 'currency';
  if (!Number.isSafeInteger(said.amount) || (said.amount <= 0 && asked > 0)) return 'amount';
  // A reservation of more than was asked is somebody else's.
  if (said.s === 'authorized' && said.amount > asked) return 'amount';
  return question === 'webhook' && state !== 'captured' && said.amount !== asked ? 'amount' : null;
}

/** What is believed of a doubtful word: that the attempt is there, and open. */
export function withoutMoney(said: Outcome): Outcome {
  if (said.s !== 'captured' && said.s !== 'authorized') return said;
  const { reference, refs } = said;
  return { s: 'pending', reference, ...(refs === undefined ? {} : { refs }) };
}
