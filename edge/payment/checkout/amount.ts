import { currencyExponent } from '../../../shared/money/currency.ts';

const DIGITS_MAX = 999_999_999;
/** ISO 4217 gives the Chilean peso no decimals; Checkout.com wants two, both of them zero. */
const TWO_ZEROS = new Set(['CLP']);

/**
 * Our minor units as Checkout.com counts them, or null where it cannot: nine digits at most, and the last of three
 * decimals is zero. Source: Checkout.com, "Format the amount value".
 */
export function checkoutAmount(minor: number, currency: string): number | null {
  const amount = TWO_ZEROS.has(currency) ? minor * 100 : minor;
  if (!Number.isSafeInteger(amount) || amount <= 0 || amount > DIGITS_MAX) return null;
  const exponent = currencyExponent(currency);
  if (exponent > 3 || (exponent === 3 && amount % 10 !== 0)) return null;
  return amount;
}

/** What Checkout.com says in our minor units. */
export const minorOf = (amount: number, currency: string): number =>
  TWO_ZEROS.has(currency) ? Math.trunc(amount / 100) : amount;
