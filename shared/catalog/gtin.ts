import { z } from 'zod';
import { err, ok, type Result } from '../result.ts';

/**
 * GTINs (GS1 General Specifications, section 3.3). The canonical key is a string of 14 digits: leading zeros
 * count, so it is never a number.
 */
export const Gtin14 = z
  .string()
  .regex(/^[0-9]{14}$/, 'expected 14 digits')
  .refine(hasCheckDigit, 'wrong check digit')
  .brand<'Gtin14'>();
export type Gtin14 = z.infer<typeof Gtin14>;

export type GtinError = { code: 'not_a_gtin' } | { code: 'check_digit'; expected: string };

/** The mod-10 check digit for a body of digits, weights 3 and 1 from the right (section 7.9.1). */
export function checkDigit(body: string): string {
  let sum = 0;
  let weight = 3;
  for (let i = body.length - 1; i >= 0; i--) {
    sum += (body.charCodeAt(i) - 48) * weight;
    weight = 4 - weight;
  }
  return String((10 - (sum % 10)) % 10);
}

/** The key of 13 digits (indicator, company prefix, item reference) with their check digit put on. */
export function withCheckDigit(body: string): Gtin14 {
  const gtin = `${body}${checkDigit(body)}`;
  if (!isGtin14(gtin)) throw new RangeError(`${body} is not the body of a GTIN-14`);
  return gtin;
}

function isGtin14(text: string): text is Gtin14 {
  return /^[0-9]{14}$/.test(text) && hasCheckDigit(text);
}

/** Whether the last of these digits is the check digit of the others. */
export function hasCheckDigit(digits: string): boolean {
  return checkDigit(digits.slice(0, -1)) === digits.slice(-1);
}

/**
 * EAN-8, UPC-A, EAN-13 and EAN-14 (8, 12, 13 or 14 digits) to their canonical key. Eight digits are read as
 * EAN-8; whoever knows them to be UPC-E calls `expandUpcE`.
 */
export function gtin14Of(digits: string): Result<Gtin14, GtinError> {
  if (!/^(?:[0-9]{8}|[0-9]{12,14})$/.test(digits)) return err({ code: 'not_a_gtin' });
  const expected = checkDigit(digits.slice(0, -1));
  if (expected !== digits.slice(-1)) return err({ code: 'check_digit', expected });
  return ok(withCheckDigit(digits.slice(0, -1).padStart(13, '0')));
}

/**
 * UPC-E to the canonical key of its UPC-A (section 5.2.2.4.2). Eight digits are number system 0 or 1, six
 * digits and a check digit; six digits alone are of number system 0 and carry no check digit.
 */
export function expandUpcE(digits: string): Result<Gtin14, GtinError> {
  if (!/^(?:[0-9]{6}|[01][0-9]{7})$/.test(digits)) return err({ code: 'not_a_gtin' });
  const system = digits.length === 8 ? digits.slice(0, 1) : '0';
  const six = digits.length === 8 ? digits.slice(1, 7) : digits;
  const body = `${system}${expandSix(six)}`;
  const expected = checkDigit(body);
  if (digits.length === 8 && expected !== digits.slice(7)) return err({ code: 'check_digit', expected });
  return ok(withCheckDigit(`00${body}`));
}

/** The last of the six digits says where the suppressed zeros stood. */
function expandSix(six: string): string {
  const last = six.slice(5);
  if (last <= '2') return `${six.slice(0, 2)}${last}0000${six.slice(2, 5)}`;
  if (last === '3') return `${six.slice(0, 3)}00000${six.slice(3, 5)}`;
  if (last === '4') return `${six.slice(0, 4)}00000${six.slice(4, 5)}`;
  return `${six.slice(0, 5)}0000${last}`;
}

/** The base unit inside a case: indicator 0 and a new check digit; null unless the indicator is 1 to 8. */
export function baseUnitOf(gtin: Gtin14): Gtin14 | null {
  if (!/^[1-8]/.test(gtin)) return null;
  return withCheckDigit(`0${gtin.slice(1, 13)}`);
}
