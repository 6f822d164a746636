import { z } from 'zod';
import { currencyExponent } from '../../../shared/money/currency.ts';
import { fromUnitsOf, inUnitsOf } from '../exponents.ts';

/** Where Adyen counts otherwise than ISO 4217 does (its page "Currency codes and minor units"). */
const ADYEN_EXPONENTS: ReadonlyMap<string, number> = new Map([
  ['CLP', 2],
  ['CVE', 0],
  ['IDR', 0],
  ['ISK', 2],
]);

const exponentOf = (currency: string): number => ADYEN_EXPONENTS.get(currency) ?? currencyExponent(currency);

export const AdyenAmount = z.object({ value: z.number(), currency: z.string() });
export type AdyenAmount = z.infer<typeof AdyenAmount>;

/** Our minor units as Adyen writes them; null where it cannot: a part of its unit, zero or less. */
export function toAdyen(amount: number, currency: string): AdyenAmount | null {
  const value = inUnitsOf(exponentOf(currency), amount, currency);
  return value === null || value <= 0 ? null : { value, currency };
}

export const fromAdyen = ({ value, currency }: AdyenAmount): { amount: number; currency: string } => ({
  amount: fromUnitsOf(exponentOf(currency), value, currency),
  currency,
});

/** The Terminal API alone writes decimals in major units: 49.99, not 4999. */
export function toTerminal(amount: number, currency: string): number | null {
  const exponent = currencyExponent(currency);
  return Number.isSafeInteger(amount) && amount > 0
    ? Number((amount / 10 ** exponent).toFixed(exponent))
    : null;
}

/** A decimal with more digits than the currency has stays a fraction. */
export function fromTerminal(decimal: number, currency: string): number {
  const minor = decimal * 10 ** currencyExponent(currency);
  const whole = Math.round(minor);
  return Math.abs(minor - whole) < 1e-6 ? whole : minor;
}
