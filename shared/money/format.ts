import { currencyExponent } from './currency.ts';

const GROUP_DIGITS = 3;

/** Only signs that name one currency; a shared one ("kr", "R") would leave the reader guessing. */
const SIGNS: ReadonlyMap<string, string> = new Map([
  ['EUR', '€'],
  ['GBP', '£'],
  ['ILS', '₪'],
  ['INR', '₹'],
  ['JPY', '¥'],
  ['KRW', '₩'],
  ['NGN', '₦'],
  ['PHP', '₱'],
  ['TRY', '₺'],
  ['UAH', '₴'],
  ['USD', '$'],
  ['VND', '₫'],
]);

/** The currency's own sign, or null where only its code is unmistakable. */
export function currencySign(currency: string): string | null {
  return SIGNS.get(currency) ?? null;
}

/** How the currency shows: by its sign (its code where it has none), by its code, or not at all. */
export type MoneyDisplay = 'sign' | 'code' | 'none';

/**
 * Minor units → "-£1,199.00", "-CHF 1,199.00" or "-1,199.00". `minor` must be a safe integer; anything else
 * is a bug of the caller and throws. Works on digits, never on fractions.
 */
export function formatMoney(minor: number, currency: string, display: MoneyDisplay = 'sign'): string {
  if (!Number.isSafeInteger(minor)) throw new RangeError(`not an amount in minor units: ${minor}`);
  const exponent = currencyExponent(currency);
  const digits = String(Math.abs(minor)).padStart(exponent + 1, '0');
  const whole = digits.slice(0, digits.length - exponent);
  const fraction = exponent === 0 ? '' : `.${digits.slice(-exponent)}`;
  const sign = minor < 0 ? '-' : '';
  return `${sign}${prefixOf(currency, display)}${grouped(whole)}${fraction}`;
}

function prefixOf(currency: string, display: MoneyDisplay): string {
  if (display === 'none') return '';
  const sign = display === 'sign' ? currencySign(currency) : null;
  return sign ?? `${currency} `;
}

function grouped(whole: string): string {
  const head = whole.length % GROUP_DIGITS;
  const groups = head === 0 ? [] : [whole.slice(0, head)];
  for (let at = head; at < whole.length; at += GROUP_DIGITS) groups.push(whole.slice(at, at + GROUP_DIGITS));
  return groups.join(',');
}
