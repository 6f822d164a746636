import { cellsOf, type Glyph, glyphsOf } from './cells.ts';
import { type Align, PLAIN, type Style } from './slip.ts';

type Line = Glyph[];

const SPACE = ' ';
const FIRST_STRONG_ISOLATE = '\u2068';
const POP_ISOLATE = '\u2069';
export const RIGHT_TO_LEFT =
  /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}\p{Script=Adlam}]/u;

/** One column of a table. A numeric cell is never wrapped or cut. */
export interface Column {
  readonly cells: number;
  readonly align: Align;
  readonly numeric: boolean;
}

export function spaces(count: number, style: Style = PLAIN): Line {
  return glyphsOf(SPACE.repeat(Math.max(0, count)), style, 'unicode');
}

/** Word wrap: breaks at blanks, drops the blanks of a break, cuts a word only where it exceeds the width. */
export function wrap(glyphs: readonly Glyph[], width: number): Line[] {
  const lines: Line[] = [];
  let line: Line = [];
  let used = 0;
  const push = () => {
    lines.push(trimmed(line));
    line = [];
    used = 0;
  };
  for (const token of tokens(glyphs)) {
    const cells = cellsOf(token);
    if (used + cells <= width) {
      line.push(...token);
      used += cells;
    } else if (isBlank(token)) {
      push();
    } else {
      if (trimmed(line).length > 0) push();
      for (const one of token) {
        if (used > 0 && used + one.cells > width) push();
        line.push(one);
        used += one.cells;
      }
    }
  }
  if (line.length > 0 || lines.length === 0) push();
  return lines;
}

function isBlank(token: readonly Glyph[]): boolean {
  return token[0]?.text === SPACE;
}

/** Runs of blanks and runs of anything else, in order. */
function tokens(glyphs: readonly Glyph[]): Line[] {
  const found: Line[] = [];
  let last: Line | undefined;
  for (const one of glyphs) {
    if (last !== undefined && isBlank(last) === (one.text === SPACE)) last.push(one);
    else {
      last = [one];
      found.push(last);
    }
  }
  return found;
}

export function trimmed(line: readonly Glyph[]): Line {
  let end = line.length;
  while (end > 0 && line[end - 1]?.text === SPACE) end -= 1;
  return line.slice(0, end);
}

/**
 * The line as one cell of its row: filled to the width, and isolated where it runs right to left, because
 * otherwise the bidirectional algorithm would carry the numbers beside it to its other side.
 */
export function padded(line: readonly Glyph[], width: number, align: Align): Line {
  const room = Math.max(0, width - cellsOf(line));
  const left = align === 'left' ? 0 : align === 'right' ? room : Math.floor(room / 2);
  return [...spaces(left), ...isolated(line), ...spaces(room - left)];
}

/** The line apart from whatever stands beside it, where some of it runs from right to left. */
export function isolated(line: readonly Glyph[]): readonly Glyph[] {
  const first = line[0];
  if (first === undefined || !line.some((one) => RIGHT_TO_LEFT.test(one.text))) return line;
  const mark = (text: string): Glyph => ({ text, cells: 0, style: first.style });
  return [mark(FIRST_STRONG_ISOLATE), ...line, mark(POP_ISOLATE)];
}

/** One blank cell between columns where the paper has room for it, so that numbers never touch. */
export function gutterFor(columns: readonly Column[], paper: number): 0 | 1 {
  const sum = columns.reduce((total, column) => total + column.cells, 0);
  return sum + columns.length - 1 <= paper ? 1 : 0;
}

export function tableCells(columns: readonly Column[], gutter: number): number {
  return columns.reduce((total, column) => total + column.cells, 0) + gutter * (columns.length - 1);
}

/**
 * One table row as lines of at most `tableCells`. Text wraps within its column; a number wider than its
 * column follows on a line of its own at the right edge, whole.
 */
export function tableRow(columns: readonly Column[], cells: readonly Line[], gutter: number): Line[] {
  const width = tableCells(columns, gutter);
  const fits = (column: Column, cell: readonly Glyph[]) => !column.numeric || cellsOf(cell) <= column.cells;
  const wrapped = columns.map((column, at) => {
    const cell = cells[at] ?? [];
    return fits(column, cell) ? wrap(cell, column.cells) : [];
  });
  const overflow = columns.flatMap((column, at) => {
    const cell = cells[at] ?? [];
    return fits(column, cell) ? [] : wrap(cell, width);
  });
  const height = Math.max(...wrapped.map((lines) => lines.length), 0);
  const lines: Line[] = [];
  for (let at = 0; at < height; at += 1) {
    const parts = columns.map((column, index) =>
      padded(wrapped[index]?.[at] ?? [], column.cells, column.align),
    );
    lines.push(trimmed(parts.flatMap((part, index) => (index === 0 ? part : [...spaces(gutter), ...part]))));
  }
  return [...lines, ...overflow.map((line) => padded(line, width, 'right'))];
}

/** Label left, value right with a blank between; a value that does not fit drops to the next line. */
export function pairRow(
  label: readonly Glyph[],
  value: readonly Glyph[],
  width: number,
  fill: Style,
): Line[] {
  const room = width - cellsOf(label) - cellsOf(value);
  if (room >= 1) return [[...isolated(label), ...spaces(room, fill), ...isolated(value)]];
  return [...wrap(label, width), ...wrap(value, width).map((line) => padded(line, width, 'right'))];
}
