import { err, ok, type Result } from '../result.ts';
import { code128Modules, plainStretch, stretches } from './code128.ts';
import { checkDigit, elementString, FNC1, parseGs1 } from './gs1.ts';
import { type BarcodeSymbology, type PaperColumns, paperDots } from './slip.ts';

type Digits = 'ean13' | 'ean8' | 'upca';
const DIGITS: Readonly<Record<Digits, number>> = { ean13: 13, ean8: 8, upca: 12 };
const CODE_128_CHARS_MAX = 48;
const MODULE_DOTS_WISHED = 3;
const MODULE_DOTS_MIN = 2;
/** DataBar Omnidirectional is always as wide (ISO/IEC 24724, 5.1). */
const DATABAR_MODULES = 96;
const DATAMATRIX_DOTS = 6;

/** Digits of EAN and UPC in set A (odd), B (even) and C (right) (ISO/IEC 15420, table 1). */
const SET_A = '0001101 0011001 0010011 0111101 0100011 0110001 0101111 0111011 0110111 0001011'.split(' ');
const SET_C = SET_A.map((modules) => [...modules].map((one) => (one === '1' ? '0' : '1')).join(''));
const SET_B = SET_C.map((modules) => [...modules].reverse().join(''));
/** Which of the six left digits of EAN-13 stand in set B, by the first digit. */
const PARITY = 'AAAAAA AABABB AABBAB AABBBA ABAABB ABBAAB ABBBAA ABABAB ABABBA ABBABA'.split(' ');
const GUARD = '101';
const CENTRE = '01010';

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
  const checked = checkedData(symbology, data);
  if (!checked.ok) return checked;
  if (symbology === 'gs1_datamatrix') return ok({ data: checked.value, moduleDots: DATAMATRIX_DOTS });
  // Its width is known only when it is drawn, and the drawing shrinks it to the paper.
  if (symbology === 'databar_expanded') return ok({ data: checked.value, moduleDots: MODULE_DOTS_MIN });
  const modules = barcodeModules(symbology, checked.value)?.length ?? DATABAR_MODULES;
  const moduleDots = Math.min(MODULE_DOTS_WISHED, Math.floor(paperDots(columns) / modules));
  if (moduleDots < MODULE_DOTS_MIN)
    return err(`${data.length} characters are too wide for ${columns} columns`);
  return ok({ data: checked.value, moduleDots });
}

/** Modules from the first bar to the last, "1" black; null for the symbols that `shared` does not draw. */
export function barcodeModules(symbology: BarcodeSymbology, data: string): string | null {
  switch (symbology) {
    case 'ean13': {
      const parity = PARITY[Number(data.charAt(0))] ?? '';
      return ean(data.slice(1, 7), parity, data.slice(7));
    }
    case 'ean8':
      return ean(data.slice(0, 4), 'AAAA', data.slice(4));
    case 'upca':
      return ean(data.slice(0, 6), 'AAAAAA', data.slice(6));
    case '128':
      return code128Modules(plainStretch(data));
    case 'gs1_128':
      return code128Modules(stretches(gs1Symbol(data)));
    case 'databar':
    case 'databar_expanded':
    case 'gs1_datamatrix':
      return null;
  }
}

function ean(left: string, parity: string, right: string): string {
  const digits = (text: string, set: (at: number) => readonly string[]) =>
    [...text].map((digit, at) => set(at)[Number(digit)] ?? '').join('');
  const leftSet = (at: number) => (parity.charAt(at) === 'B' ? SET_B : SET_A);
  return `${GUARD}${digits(left, leftSet)}${CENTRE}${digits(right, () => SET_C)}${GUARD}`;
}

/** What a GS1-128 symbol holds: FNC1 and the element string. The data must have been planned. */
export function gs1Symbol(data: string): string {
  const elements = parseGs1(data);
  return `${FNC1}${elements.ok ? elementString(elements.value) : ''}`;
}

function checkedData(symbology: BarcodeSymbology, data: string): Result<string, string> {
  switch (symbology) {
    case '128':
      return checkedCode128(data);
    case 'gs1_128':
    case 'databar_expanded':
    case 'gs1_datamatrix': {
      const elements = parseGs1(data);
      return elements.ok ? ok(data) : elements;
    }
    case 'databar': {
      const gtin = checkedDigits(data.replace(/^\(01\)/, ''), 14);
      return gtin.ok ? ok(`(01)${gtin.value}`) : gtin;
    }
    default:
      return checkedDigits(data, DIGITS[symbology]);
  }
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
