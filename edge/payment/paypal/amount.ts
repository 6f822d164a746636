import { currencyExponent } from '../../../shared/money/currency.ts';

/** Currencies that PayPal takes payments in (PayPal, "Currency codes"). */
// biome-ignore format: one code a line would hide the list
export const PAYPAL_CURRENCIES = [
  'AUD', 'BRL', 'CAD', 'CHF', 'CNY', 'CZK', 'DKK', 'EUR', 'GBP', 'HKD', 'HUF', 'ILS', 'JPY', 'MXN', 'MYR',
  'NOK', 'NZD', 'PHP', 'PLN', 'SEK', 'SGD', 'THB', 'TWD', 'USD',
] as const;
/** PayPal refuses decimals of these, though ISO 4217 gives two of them some. */
const WITHOUT_DECIMALS = new Set(['HUF', 'JPY', 'TWD']);

const decimalsOf = (currency: string): number => (WITHOUT_DECIMALS.has(currency) ? 0 : 2);

/** Our minor units as PayPal's decimal text, or null where its format cannot hold them. */
export function paypalValue(minor: number, currency: string): string | null {
  if (!Number.isSafeInteger(minor) || minor <= 0) return null;
  const dropped = 10 ** (currencyExponent(currency) - decimalsOf(currency));
  if (minor % dropped !== 0) return null;
  const units = String(minor / dropped);
  if (decimalsOf(currency) === 0) return units;
  const digits = units.padStart(3, '0');
  return `${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

/** PayPal's decimal text in our minor units, or null where it is none. */
export function minorOf(value: string, currency: string): number | null {
  const match = /^(\d{1,13})(?:\.(\d{1,4}))?$/.exec(value);
  if (match === null) return null;
  const exponent = currencyExponent(currency);
  const fraction = (match[2] ?? '').padEnd(exponent, '0');
  if (/[1-9]/.test(fraction.slice(exponent))) return null;
  return Number(`${match[1]}${fraction.slice(0, exponent)}`);
}
