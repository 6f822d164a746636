import type { Leg, LegReport, LegState } from '../../shared/payment/leg.ts';
import type { Outcome } from './gateway.ts';

/**
 * Which question the outcome answers: the first charge, one put again after silence, a look, a void, a capture. Or none:
 * a signed message of a provider that cannot be asked.
 */
export type Question = 'create' | 'again' | 'get' | 'void' | 'capture' | 'webhook';

/** An attempt of which the provider knows nothing after this long was never made. */
export const NEVER_MADE_MS = 15 * 60_000;

/**
 * What an outcome says about a leg, or null where it proves nothing. Only a refused charge proves that it
 * was not made; a look that fails says nothing about the money.
 */
export function reportOf(
  outcome: Outcome,
  { state, captured }: Pick<Leg, 'state' | 'captured'>,
  question: Question,
  ageMs: number,
): LegReport | null {
  const source = question === 'create' ? 'answer' : question === 'webhook' ? 'webhook' : 'query';
  switch (outcome.s) {
    case 'authorized':
      // As it was before the capture or void that is under way: it has not been done yet.
      if (isUnderWay(state) && question !== state.replace('_pending', '')) return null;
      return { state: 'authorized', source, amount: outcome.amount };
    case 'captured':
      // A reservation that was taken while it was being released is news; captured money that goes back is not.
      if (state === 'void_pending' && captured > 0 && question !== 'void') return null;
      return { state: 'captured', source, amount: outcome.amount };
    case 'action_required':
    case 'pending':
    case 'capture_pending':
    case 'void_pending':
      return { state: outcome.s, source };
    case 'declined':
      // A capture that the issuer refused leaves the reservation; one that was refused outright proves the same.
      return state === 'capture_pending'
        ? { state: 'authorized', source: source === 'webhook' ? 'query' : source }
        : { state: 'declined', source };
    case 'voided':
    case 'cancelled':
    case 'expired':
      return { state: endOf(outcome.s, state), source };
    case 'error':
      if (question === 'capture') return { state: 'authorized', source };
      // A signed word that what was under way cannot be done: what was there before is there again.
      if (question === 'webhook' && isUnderWay(state))
        return { state: captured > 0 ? 'captured' : 'authorized', source: 'query' };
      return question === 'create' || question === 'again' ? { state: 'error', source } : null;
    case 'not_found':
      // One that a crash left as it was sent, and that nobody asked about in time, is unknown first too.
      if (state === 'submitted') return { state: 'unknown', source };
      return question === 'get' && ageMs >= NEVER_MADE_MS && !HOLDS_MONEY.has(state)
        ? { state: 'expired', source }
        : null;
    case 'unknown':
      return state === 'submitted' ? { state: 'unknown', source } : null;
  }
}

const HOLDS_MONEY: ReadonlySet<LegState> = new Set([
  'authorized',
  'capture_pending',
  'captured',
  'void_pending',
]);

const isUnderWay = (state: LegState): boolean => state === 'capture_pending' || state === 'void_pending';

/** Nothing was reserved yet: calling it off is a cancel and not a void. A reservation that is gone cannot be taken. */
function endOf(said: 'voided' | 'cancelled' | 'expired', state: LegState): LegState {
  switch (state) {
    case 'captured':
    case 'void_pending':
      return 'voided';
    case 'authorized':
      return said === 'expired' ? 'expired' : 'voided';
    case 'capture_pending':
      return 'error';
    default:
      return said === 'voided' ? 'cancelled' : said;
  }
}
