import { err, ok, type Result } from '../result.ts';

export const GS1_CHARS_MAX = 90;
/** FNC1 as it stands in element strings and in what scanners send. */
export const FNC1 = '\u001d';

/** Two first digits of the AIs whose whole element has a predefined length (GS1 General Specifications 7.8.5-2). */
const FIXED: ReadonlyMap<string, number> = new Map([
  ['00', 18],
  ['01', 14],
  ['02', 14],
  ['03', 14],
  ['11', 6],
  ['12', 6],
  ['13', 6],
  ['15', 6],
  ['16', 6],
  ['17', 6],
  ['20', 2],
  ['31', 6],
  ['32', 6],
  ['33', 6],
  ['34', 6],
  ['35', 6],
  ['36', 6],
  ['41', 13],
]);
const CHECKED: ReadonlySet<string> = new Set(['00', '01', '02', '03', '41']);
const DATES: ReadonlySet<string> = new Set(['11', '12', '13', '15', '16', '17']);
/** Character set 82 of GS1, without the brackets that mark the AIs here. */
const VALUE = /^[!"%&'*+,\-./0-9:;<=>?A-Z_a-z]+$/;

/** GS1 General Specifications section 7.9: weights 3 and 1 from the right. */
export function checkDigit(body: string): string {
  let sum = 0;
  for (let at = 0; at < body.length; at += 1) {
    const weight = (body.length - at) % 2 === 1 ? 3 : 1;
    sum += weight * Number(body.charAt(at));
  }
  return String((10 - (sum % 10)) % 10);
}

export interface Gs1Element {
  readonly ai: string;
  readonly value: string;
}

/** "(01)09521234567899(10)AB" → its elements; lengths, check digits and dates are checked. Errors are sentences. */
export function parseGs1(text: string): Result<Gs1Element[], string> {
  if (text.length === 0 || text.length > GS1_CHARS_MAX)
    return err(`GS1 data has 1 to ${GS1_CHARS_MAX} characters`);
  if (!/^(?:\(\d{2,4}\)[^()]+)+$/.test(text)) return err('GS1 data is written like (01)09521234567899(10)AB');
  const elements: Gs1Element[] = [];
  for (const [, ai = '', value = ''] of text.matchAll(/\((\d{2,4})\)([^()]+)/g)) {
    const wrong = faultOf(ai, value);
    if (wrong !== null) return err(`(${ai}) ${wrong}`);
    elements.push({ ai, value });
  }
  return ok(elements);
}

function faultOf(ai: string, value: string): string | null {
  if (!VALUE.test(value)) return 'holds a character that GS1 symbols cannot';
  const group = ai.slice(0, 2);
  const length = FIXED.get(group);
  if (length === undefined) return null;
  if (!/^\d+$/.test(value) || value.length !== length) return `takes ${length} digits`;
  if (CHECKED.has(group)) {
    const expected = checkDigit(value.slice(0, -1));
    if (!value.endsWith(expected)) return `has a wrong check digit, it should be ${expected}`;
  }
  if (DATES.has(group)) {
    const month = Number(value.slice(2, 4));
    if (month < 1 || month > 12 || Number(value.slice(4)) > 31) return 'is not a date';
  }
  return null;
}

/** The element string: AIs and values in a row, FNC1 behind each one of open length that others follow. */
export function elementString(elements: readonly Gs1Element[]): string {
  return elements
    .map(({ ai, value }, at) => {
      const open = !FIXED.has(ai.slice(0, 2)) && at < elements.length - 1;
      return `${ai}${value}${open ? FNC1 : ''}`;
    })
    .join('');
}
