import { FNC1 } from './gs1.ts';

/** Widths of bars and spaces of values 0 to 106 (ISO/IEC 15417, table 1), the stop with its last bar. */
const WIDTHS =
  '212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 122132 122231 ' +
  '113222 123122 123221 223211 221132 221231 213212 223112 312131 311222 321122 321221 312212 322112 322211 ' +
  '212123 212321 232121 111323 131123 131321 112313 132113 132311 211313 231113 231311 112133 112331 132131 ' +
  '113123 113321 133121 313121 211331 231131 213113 213311 213131 311123 311321 331121 312113 312311 332111 ' +
  '314111 221411 431111 111224 111422 121124 121421 141122 141221 112214 112412 122114 122411 142112 142211 ' +
  '241211 221114 413111 241112 134111 111242 121142 121241 114212 124112 124211 411212 421112 421211 212141 ' +
  '214121 412121 111143 111341 131141 114113 114311 411113 411311 113141 114131 311141 411131 211412 211214 ' +
  '211232 2331112';
const PATTERNS: readonly string[] = WIDTHS.split(' ').map((widths) =>
  [...widths].map((width, at) => (at % 2 === 0 ? '1' : '0').repeat(Number(width))).join(''),
);
const START = { B: 104, C: 105 } as const;
const TO = { B: 100, C: 99 } as const;
const FNC1_VALUE = 102;
const STOP = 106;
const CHECK_MODULUS = 103;
/** Fewer digits in a row are not worth the change of the set. */
const DIGITS_FOR_C = 4;

/** A stretch of one code set: ASCII in B, pairs of digits in C; FNC1 may stand in both. */
export interface Stretch {
  readonly set: 'B' | 'C';
  readonly text: string;
}

/** Data in code sets: digits two by two where that is shorter. */
export function stretches(data: string): Stretch[] {
  const found: { set: 'B' | 'C'; text: string }[] = [];
  const push = (set: 'B' | 'C', text: string): void => {
    const last = found.at(-1);
    if (last?.set === set) last.text += text;
    else found.push({ set, text });
  };
  let at = 0;
  while (at < data.length) {
    const digits = /^\d+/.exec(data.slice(at))?.[0].length ?? 0;
    const inC = found.at(-1)?.set === 'C';
    if (data.charAt(at) === FNC1) {
      push(found.at(-1)?.set ?? (/^\d{4}/.test(data.slice(1)) ? 'C' : 'B'), FNC1);
      at += 1;
    } else if (digits >= (inC ? 2 : DIGITS_FOR_C)) {
      const pairs = digits - (digits % 2);
      push('C', data.slice(at, at + pairs));
      at += pairs;
    } else {
      push('B', data.charAt(at));
      at += 1;
    }
  }
  return found;
}

/** Set B alone, as ESC/POS printers are asked for plain Code 128. */
export const plainStretch = (data: string): Stretch[] => [{ set: 'B', text: data }];

/** Modules from the first bar to the last, "1" black. */
export function code128Modules(parts: readonly Stretch[]): string {
  const values: number[] = [];
  for (const { set, text } of parts) {
    values.push(values.length === 0 ? START[set] : TO[set]);
    for (let at = 0; at < text.length; ) {
      if (text.charAt(at) === FNC1) {
        values.push(FNC1_VALUE);
        at += 1;
      } else if (set === 'C') {
        values.push(Number(text.slice(at, at + 2)));
        at += 2;
      } else {
        values.push(text.charCodeAt(at) - 0x20);
        at += 1;
      }
    }
  }
  const check = values.reduce((sum, value, at) => sum + value * Math.max(1, at), 0) % CHECK_MODULUS;
  return [...values, check, STOP].map((value) => PATTERNS[value] ?? '').join('');
}
