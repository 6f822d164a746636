const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Grapheme clusters (UAX #29). */
export function graphemes(text: string): string[] {
  return [...segmenter.segment(text)].map((part) => part.segment);
}

/** First and last code points of the blocks that are two cells wide (UAX #11, W and F). */
const WIDE_BLOCKS: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x2e80, 0x303e],
  [0x3041, 0xa4cf],
  [0xa960, 0xa97f],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x20000, 0x3fffd],
];

/** Scripts of India and their kin, whose letters are joined to clusters wider than a cell. */
const INDIC_FIRST = 0x0900;
const INDIC_LAST = 0x0dff;

/** Paper cells of one grapheme: East Asian wide, emoji and Indic clusters 2, combining and format characters alone 0. */
export function graphemeCells(grapheme: string): 0 | 1 | 2 {
  const code = grapheme.codePointAt(0) ?? 0;
  if (code < 0x300) return 1;
  if (/^[\p{M}\p{Cf}]+$/u.test(grapheme)) return 0;
  if (/\p{Emoji_Presentation}|\ufe0f/u.test(grapheme)) return 2;
  if (code >= INDIC_FIRST && code <= INDIC_LAST) return /\p{Mc}|\p{Lo}.+\p{Lo}/u.test(grapheme) ? 2 : 1;
  return WIDE_BLOCKS.some(([first, last]) => code >= first && code <= last) ? 2 : 1;
}
