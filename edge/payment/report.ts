import type { LegReport, LegState } from '../../shared/payment/leg.ts';
import type { Outcome } from './gateway.ts';

/** Which question the outcome answers: the first charge, one put again after silence, a look, or a void. */
export type Question = 'create' | 'again' | 'get' | 'void';

/** An attempt of which the provider knows nothing after this long was never made. */
export const NEVER_MADE_MS = 15 * 60_000;

/**
 * What an outcome says about a leg, or null where it proves nothing. Only a refused charge proves that it
 * was not made; a look that fails says nothing about the money.
 */
export function reportOf(
  outcome: Outcome,
  state: LegState,
  question: Question,
  ageMs: number,
): LegReport | null {
  const source = question === 'create' ? 'answer' : 'query';
  switch (outcome.s) {
    case 'captured':
    case 'authorized':
      return { state: outcome.s, source, amount: outcome.amount };
    case 'action_required':
    case 'pending':
    case 'capture_pending':
    case 'void_pending':
    case 'declined':
    case 'cancelled':
    case 'expired':
      return { state: outcome.s, source };
    case 'voided':
      // Nothing was reserved yet: calling it off is a cancel and not a void.
      return { state: HOLDS_MONEY.has(state) ? 'voided' : 'cancelled', source };
    case 'error':
      return question === 'create' || question === 'again' ? { state: 'error', source } : null;
    case 'not_found':
      if (question === 'get' && ageMs >= NEVER_MADE_MS) return { state: 'expired', source };
      return state === 'submitted' ? { state: 'unknown', source } : null;
    case 'unknown':
      return state === 'submitted' ? { state: 'unknown', source } : null;
  }
}

const HOLDS_MONEY: ReadonlySet<LegState> = new Set(['authorized', 'captured', 'void_pending']);
