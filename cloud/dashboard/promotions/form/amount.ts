import { currencyExponent } from '../../../../shared/money/currency.ts';
import { currencySign } from '../../../../shared/money/format.ts';
import { formatDecimal, parseDecimal } from '../../../../shared/promotion/import/decimal.ts';
import { err, ok, type Result } from '../../../../shared/result.ts';

const PERCENT_DIGITS = 2;
const BASIS_POINTS_MAX = 10_000;

/** Money in major units as minor ones: "£1.50" is 150. The failure is a sentence for whoever typed it. */
export function readMoney(text: string, currency: string): Result<number, string> {
  const sign = currencySign(currency);
  const bare = text
    .replace(currency, '')
    .replace(sign ?? currency, '')
    .trim();
  if (bare === '') return err('Write an amount.');
  const digits = currencyExponent(currency);
  const value = parseDecimal(bare, digits);
  if (value !== null) return ok(value);
  const example = formatDecimal(150, digits);
  if (bare.startsWith('-')) return err('An amount is not below zero.');
  if (/^\d+\.\d+$/.test(bare)) return err(`At most ${digits} digits after the point.`);
  return err(`Write the amount like ${example}.`);
}

/** A percentage as basis points: "12.5" is 1250. */
export function readPercent(text: string): Result<number, string> {
  const bare = text.replace('%', '').trim();
  if (bare === '') return err('Write a percentage.');
  const value = parseDecimal(bare, PERCENT_DIGITS);
  if (value === null) return err('Write the percentage like 12.5, with two decimals at most.');
  return value > BASIS_POINTS_MAX ? err('A percentage is at most 100.') : ok(value);
}

/** A whole number from `least` on. */
export function readCount(text: string, least: number): Result<number, string> {
  const bare = text.trim();
  if (bare === '') return err('Write a number.');
  const value = parseDecimal(bare, 0);
  if (value === null) return err('Write a whole number.');
  return value < least ? err(`At least ${least}.`) : ok(value);
}

/** Minor units as they are typed: 150 is "1.50". */
export const moneyInput = (minor: number, currency: string): string =>
  formatDecimal(minor, currencyExponent(currency));

/** Basis points as they are typed: 1250 is "12.5". */
export const percentInput = (basisPoints: number): string => String(basisPoints / 100);
