/** A code as a scanner delivered it; `aim` is the symbology identifier of ISO/IEC 15424, such as "]E0". */
export interface DecodedCode {
  readonly raw: string;
  readonly aim: string | null;
}

/** Longest code kept: a full QR symbol of version 40 at correction L, in bytes. */
export const CODE_BYTES_MAX = 2_953;
export const AIM_CHARS = 3;
export const AIM = /^\][A-Za-z][0-9A-Za-z]$/;
/** FNC1 inside a GS1 element string. */
export const GROUP_SEPARATOR = 0x1d;

/** Keys that end a code. A scanner types one of them behind each. */
export type Terminator = 'enter' | 'tab';

/** Many scanners can be told to put the identifier before the data; then it is not part of the code. */
export function withAim(line: string): DecodedCode {
  const prefix = line.slice(0, AIM_CHARS);
  return AIM.test(prefix) ? { raw: line.slice(AIM_CHARS), aim: prefix } : { raw: line, aim: null };
}
