import { currencyExponent } from '../../../shared/money/currency.ts';
import { fromUnitsOf, inUnitsOf } from '../exponents.ts';

/** Eight digits is the most that Stripe takes in one payment. */
const AMOUNT_MAX = 99_999_999;

/**
 * Where Stripe counts otherwise than ISO 4217 does (its page "Supported currencies", zero-decimal currencies and
 * special cases): ISK has two decimals that are always 00, MGA has none.
 */
const STRIPE_EXPONENTS: ReadonlyMap<string, number> = new Map([
  ['ISK', 2],
  ['MGA', 0],
]);
/** Published both with none and with two decimals: not taken before a sandbox has told which. */
const DOUBTFUL = 'UGX';
const THREE = 3;

const exponentOf = (currency: string): number => STRIPE_EXPONENTS.get(currency) ?? currencyExponent(currency);

/** Our minor units as Stripe writes them; null where it cannot: a part of its unit, zero, or too much. */
export function toStripe(amount: number, currency: string): number | null {
  const theirs = exponentOf(currency);
  if (theirs > THREE || currency === DOUBTFUL) return null;
  const written = inUnitsOf(theirs, amount, currency);
  if (written === null || written <= 0 || written > AMOUNT_MAX) return null;
  // The networks settle three-decimal currencies with two: the last digit is always a zero.
  return theirs < THREE || written % 10 === 0 ? written : null;
}

/** What Stripe says, in our minor units. */
export function fromStripe(amount: number, currency: string): number {
  const code = currency.toUpperCase();
  return fromUnitsOf(exponentOf(code), amount, code);
}
