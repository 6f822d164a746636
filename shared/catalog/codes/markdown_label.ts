import { err, ok, type Result } from '../../result.ts';
import { expandUpcE, type Gtin14, gtin14Of } from '../gtin.ts';

/** Type digit of the label: how many digits of the inner code count, from the right. */
const WIDTHS: Readonly<Record<string, number>> = { 1: 13, 2: 8, 3: 12, 4: 8, 5: 14 };
const UPC_E = '4';
/** Digits of the value by the length of the whole label. */
const VALUE_DIGITS = { 24: 5, 25: 6 } as const;

export interface MarkdownLabel {
  gtin14: Gtin14;
  /** The code that the full-price article bears, as printed. */
  inner: string;
  /** A fixed price in minor units of a hundredth, or a percentage in hundredths. */
  markdown: { mode: 'fixed' | 'percent'; value: number };
}

export type MarkdownLabelError = { code: 'layout' | 'luhn' | 'padding' | 'inner_check_digit' | 'percent' };

/** Whether the text begins like a reduce-to-clear label, so that nothing else may read it. */
export const isMarkdownLabel = (text: string): boolean => /^MP[0-9]{15}[AP][0-9]+$/.test(text);

/**
 * `MP`, a type digit, the inner code padded to 14 digits, `A` (fixed price) or `P` (percent off), the value times
 * 100, and a Luhn digit over all digits before it. Labels of 24 and of 25 characters are about; the store says
 * which are its own.
 */
export function readMarkdownLabel(text: string, length: 24 | 25): Result<MarkdownLabel, MarkdownLabelError> {
  const width = WIDTHS[text.charAt(2)];
  if (text.length !== length || width === undefined) return err({ code: 'layout' });
  const digits = text.replace(/[^0-9]/g, '');
  if (luhnDigit(digits.slice(0, -1)) !== digits.slice(-1)) return err({ code: 'luhn' });
  const padded = text.slice(3, 17);
  const inner = padded.slice(-width);
  if (/[^0]/.test(padded.slice(0, -width))) return err({ code: 'padding' });
  const gtin = text.charAt(2) === UPC_E ? expandUpcE(inner) : gtin14Of(inner);
  if (!gtin.ok) return err({ code: 'inner_check_digit' });
  const mode = text.charAt(17) === 'A' ? 'fixed' : 'percent';
  const value = Number(text.slice(18, 18 + VALUE_DIGITS[length]));
  if (mode === 'percent' && value > 10_000) return err({ code: 'percent' });
  return ok({ gtin14: gtin.value, inner, markdown: { mode, value } });
}

/** ISO/IEC 7812-1, annex B: every second digit from the right is doubled. */
export function luhnDigit(digits: string): string {
  let sum = 0;
  for (let i = digits.length - 1, double = true; i >= 0; i--, double = !double) {
    const value = (digits.charCodeAt(i) - 48) * (double ? 2 : 1);
    sum += value > 9 ? value - 9 : value;
  }
  return String((10 - (sum % 10)) % 10);
}
