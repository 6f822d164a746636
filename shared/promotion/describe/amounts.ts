import { currencyExponent } from '../../money/currency.ts';
import { formatMoney } from '../../money/format.ts';

/** Minor units as a shelf label says them: 100 GBP is "£1", 150 is "£1.50". */
export function priceText(minor: number, currency: string): string {
  const whole = 10 ** currencyExponent(currency);
  const text = formatMoney(minor, currency);
  return whole > 1 && minor % whole === 0 ? text.slice(0, -String(whole).length) : text;
}

/** Basis points as people say them: 1250 is "12.5%". */
export const percentText = (basisPoints: number): string => `${basisPoints / 100}%`;

/** "a, b and c". */
export function listed(parts: readonly string[], last: 'and' | 'or' = 'and'): string {
  if (parts.length < 2) return parts.join('');
  return `${parts.slice(0, -1).join(', ')} ${last} ${parts.at(-1)}`;
}
