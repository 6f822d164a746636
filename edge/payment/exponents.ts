import { currencyExponent } from '../../shared/money/currency.ts';

/**
 * Our minor units in a unit with `theirs` decimals; null where that is a part of the unit. For providers that
 * count a currency otherwise than ISO 4217 does.
 */
export function inUnitsOf(theirs: number, amount: number, currency: string): number | null {
  const ours = currencyExponent(currency);
  const written = theirs >= ours ? amount * 10 ** (theirs - ours) : amount / 10 ** (ours - theirs);
  return Number.isSafeInteger(written) ? written : null;
}

/** The way back. What our unit cannot hold stays a fraction, which no attempt's amount is equal to. */
export function fromUnitsOf(theirs: number, amount: number, currency: string): number {
  const ours = currencyExponent(currency);
  return theirs >= ours ? amount / 10 ** (theirs - ours) : amount * 10 ** (ours - theirs);
}
