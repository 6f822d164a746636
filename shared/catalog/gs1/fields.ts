import { currencyExponent } from '../../money/currency.ts';
import { currencyNumber } from '../../money/currency_number.ts';
import { half_up } from '../../money/rounding.ts';
import { err, ok, type Result } from '../../result.ts';
import { Gtin14 } from '../gtin.ts';
import type { CodeFields } from '../resolution.ts';
import type { Gs1Element, Gs1Error } from './elements.ts';
import { daysOf } from './linters.ts';

/** Hundred-thousandths of a gram in an international pound. */
const POUND = 45_359_237n;

/** What checked elements say of a thing in a shop. `now_local` settles the century of a date. */
export function fieldsOf(
  elements: readonly Gs1Element[],
  { currency, now_local }: { currency: string; now_local: string },
): Result<CodeFields, Gs1Error> {
  const fields: CodeFields = {};
  for (const { ai, value } of elements) {
    const decimals = Number(ai.slice(3));
    if (ai === '01') fields.gtin14 = Gtin14.parse(value);
    else if (ai === '10') fields.lot = value;
    else if (ai === '21') fields.serial = value;
    else if (ai === '15') fields.best_before = dateOf(value, now_local);
    else if (ai === '17') fields.expiry ??= dateOf(value, now_local);
    else if (ai === '7003')
      fields.expiry = `${dateOf(value, now_local)}T${value.slice(6, 8)}:${value.slice(8, 10)}`;
    else if (ai === '30') fields.count = Number(value);
    else if (/^310[0-9]$/.test(ai)) fields.net_grams = half_up(Number(value) * 1_000, 10 ** decimals);
    else if (/^320[0-9]$/.test(ai))
      fields.net_grams = half_up(BigInt(value) * POUND, 100_000n * 10n ** BigInt(decimals));
    else if (/^392[0-9]$/.test(ai)) fields.price_minor = minorOf(value, decimals, currency);
    else if (/^393[0-9]$/.test(ai)) {
      // A price in somebody else's money is no price here.
      if (value.slice(0, 3) !== currencyNumber(currency)) return err({ reason: 'currency', ai });
      fields.price_minor = minorOf(value.slice(3), decimals, currency);
    }
  }
  return ok(fields);
}

const minorOf = (digits: string, decimals: number, currency: string): number =>
  half_up(BigInt(digits) * 10n ** BigInt(currencyExponent(currency)), 10n ** BigInt(decimals));

/**
 * `YYMMDD` as a date (General Specifications, section 7.12): the year lies within 49 years back and 50 ahead, and
 * day 00 is the last of its month.
 */
export function dateOf(yymmdd: string, now_local: string): string {
  const now = Number(now_local.slice(0, 4));
  const short = Number(yymmdd.slice(0, 2));
  const apart = short - (now % 100);
  const century = now - (now % 100) + (apart >= 51 ? -100 : apart <= -50 ? 100 : 0);
  const year = century + short;
  const month = yymmdd.slice(2, 4);
  const day = yymmdd.slice(4, 6);
  return `${year}-${month}-${day === '00' ? daysOf(year, Number(month)) : day}`;
}
