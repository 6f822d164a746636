import { err, ok, type Result } from '../result.ts';
import { type BarcodeSymbology, type PaperColumns, paperDots } from './slip.ts';

const DIGITS: Readonly<Record<Exclude<BarcodeSymbology, '128'>, number>> = { ean13: 13, ean8: 8, upca: 12 };
const MODULES: Readonly<Record<Exclude<BarcodeSymbology, '128'>, number>> = { ean13: 95, ean8: 67, upca: 95 };
const CODE_128_CHARS_MAX = 48;
/** Start, check and stop of a Code 128 symbol beside 11 modules a character (ISO/IEC 15417). */
const CODE_128_FRAME_MODULES = 35;
const MODULE_DOTS_WISHED = 3;
const MODULE_DOTS_MIN = 2;

export interface BarcodePlan {
  readonly data: string;
  readonly moduleDots: number;
}

/** Data with its check digit and the bar width that fits the paper; the error is a sentence. */
export function planBarcode(
  symbology: BarcodeSymbology,
  data: string,
  columns: PaperColumns,
): Result<BarcodePlan, string> {
  const checked = symbology === '128' ? checkedCode128(data) : checkedDigits(data, DIGITS[symbology]);
  if (!checked.ok) return checked;
  const modules = barcodeModules(symbology, checked.value);
  const moduleDots = Math.min(MODULE_DOTS_WISHED, Math.floor(paperDots(columns) / modules));
  if (moduleDots < MODULE_DOTS_MIN)
    return err(`${data.length} characters are too wide for ${columns} columns`);
  return ok({ data: checked.value, moduleDots });
}

/** Modules from the first bar to the last. */
export function barcodeModules(symbology: BarcodeSymbology, data: string): number {
  return symbology === '128' ? CODE_128_FRAME_MODULES + 11 * data.length : MODULES[symbology];
}

function checkedCode128(data: string): Result<string, string> {
  if (data.length === 0 || data.length > CODE_128_CHARS_MAX)
    return err(`Code 128 takes 1 to ${CODE_128_CHARS_MAX} characters`);
  return /^[\x20-\x7e]+$/.test(data) ? ok(data) : err('Code 128 set B takes printable ASCII');
}

function checkedDigits(data: string, digits: number): Result<string, string> {
  if (!/^\d+$/.test(data) || (data.length !== digits && data.length !== digits - 1)) {
    return err(`${digits} digits are needed, the last being the check digit`);
  }
  const body = data.slice(0, digits - 1);
  const whole = body + checkDigit(body);
  return data.length < digits || data === whole
    ? ok(whole)
    : err(`the check digit should be ${whole.slice(-1)}`);
}

/** GS1 General Specifications section 7.9: weights 3 and 1 from the right. */
function checkDigit(body: string): string {
  let sum = 0;
  for (let at = 0; at < body.length; at += 1) {
    const weight = (body.length - at) % 2 === 1 ? 3 : 1;
    sum += weight * Number(body.charAt(at));
  }
  return String((10 - (sum % 10)) % 10);
}
