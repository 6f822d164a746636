import { type Charset, repertoireOf, spellFor } from './charset.ts';
import { graphemeCells, graphemes } from './graphemes.ts';
import type { Run, Style } from './slip.ts';

/** A character as a reader counts it, with the paper cells it takes at its style's width. */
export interface Glyph {
  readonly text: string;
  readonly cells: number;
  readonly style: Style;
}

const PRINTABLE_ASCII = /^[\x20-\x7e]*$/;
const LINE_CONTROLS = /[\t\n\v\f\r\u0085\u2028\u2029]/g;
/** Controls, soft hyphens, direction overrides and code points that no XML document may hold. */
const FORBIDDEN = /[\p{Cc}\p{Noncharacter_Code_Point}\u00ad\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu;

/** Foreign text made harmless: it stays on its line, keeps its direction and holds no control character. */
export function cleanText(text: string): string {
  if (PRINTABLE_ASCII.test(text)) return text;
  return text.toWellFormed().replace(LINE_CONTROLS, ' ').replace(FORBIDDEN, '');
}

/** Cleaned text as glyphs of one style, spelt in the charset first because spelling changes widths. */
export function glyphsOf(text: string, style: Style, charset: Charset): Glyph[] {
  const clean = cleanText(text);
  if (PRINTABLE_ASCII.test(clean)) return Array.from(clean, (character) => glyph(character, 1, style));
  const repertoire = repertoireOf(charset);
  if (repertoire !== null) return spellFor(clean, repertoire).map((one) => glyph(one.text, one.cells, style));
  return graphemes(clean).map((part) => glyph(part, graphemeCells(part), style));
}

function glyph(text: string, cells: number, style: Style): Glyph {
  return { text, cells: cells * style.width, style };
}

export function cellsOf(glyphs: readonly Glyph[]): number {
  return glyphs.reduce((sum, one) => sum + one.cells, 0);
}

/** Cells of a run of text as laid out: what `textLength` and padding are reckoned with. */
export function runCells(run: Run): number {
  if (PRINTABLE_ASCII.test(run.text)) return run.text.length * run.style.width;
  return graphemes(run.text).reduce((sum, part) => sum + graphemeCells(part), 0) * run.style.width;
}

/** Neighbouring glyphs of one style become one run. */
export function runsOf(glyphs: readonly Glyph[]): Run[] {
  const runs: { text: string; style: Style }[] = [];
  for (const one of glyphs) {
    const last = runs.at(-1);
    if (last !== undefined && sameStyle(last.style, one.style)) last.text += one.text;
    else runs.push({ text: one.text, style: one.style });
  }
  return runs;
}

export function sameStyle(a: Style, b: Style): boolean {
  return (
    a === b ||
    (a.bold === b.bold &&
      a.underline === b.underline &&
      a.invert === b.invert &&
      a.width === b.width &&
      a.height === b.height)
  );
}
