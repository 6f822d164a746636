import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cellsOf, type Glyph, glyphsOf } from './cells.ts';
import { type Column, gutterFor, pairRow, tableRow, wrap } from './columns.ts';
import { anyText } from './receipt.fixture.ts';
import { PLAIN } from './slip.ts';

const glyphs = (text: string) => glyphsOf(text, PLAIN, 'unicode');
const plain = (lines: readonly Glyph[][]) => lines.map((line) => line.map((one) => one.text).join(''));
const ITEMS: Column[] = [
  { cells: 21, align: 'left', numeric: false },
  { cells: 4, align: 'right', numeric: true },
  { cells: 8, align: 'right', numeric: true },
  { cells: 10, align: 'right', numeric: true },
];
const row = (cells: string[], gutter: number) => plain(tableRow(ITEMS, cells.map(glyphs), gutter));

describe('a table', () => {
  test('sets names, quantities and prices in their columns and wraps long names in theirs', () => {
    expect([
      ...row(['Item Name', 'Qty', 'Price', 'Total'], 0),
      ...row(['Wooden Toy Train With Carriages', '2', '12.50', '25.00'], 0),
      ...row(['Café crème', '1', '3.20', '3.20'], 0),
    ]).toEqual([
      'Item Name             Qty   Price     Total',
      'Wooden Toy Train With   2   12.50     25.00',
      'Carriages',
      'Café crème              1    3.20      3.20',
    ]);
  });

  test('takes a gutter exactly where the paper has room for one', () => {
    expect(gutterFor(ITEMS, 46)).toBe(1);
    expect(gutterFor(ITEMS, 45)).toBe(0);
  });

  test('with the gutter a quantity and a price never read as one number', () => {
    expect(row(['Lamp', '10', '1,199.00', '11,990.00'], 1)).toEqual([
      'Lamp                    10 1,199.00  11,990.00',
    ]);
  });

  test('a number wider than its column stands whole on its own line, right-aligned', () => {
    expect(row(['Yacht', '1', '1,250,000.00', '1,250,000.00'], 1)).toEqual([
      'Yacht                    1',
      '                                  1,250,000.00',
      '                                  1,250,000.00',
    ]);
  });

  test('wide characters take two cells and combining marks none', () => {
    expect(row(['日本のお茶とお菓子の詰め合わせ', '1', '3.20', '3.20'], 0)).toEqual([
      '日本のお茶とお菓子の    1    3.20      3.20',
      '詰め合わせ',
    ]);
    expect(cellsOf(glyphs('e\u0301'))).toBe(1);
    expect(cellsOf(glyphs('👩‍👧'))).toBe(2);
  });
});

describe('wrap', () => {
  test.each([
    ['the quick brown fox', 9, ['the quick', 'brown fox']],
    ['unbreakablelongword in', 8, ['unbreaka', 'blelongw', 'ord in']],
    ['  indented text', 10, ['  indented', 'text']],
    ['Mon  9-17', 9, ['Mon  9-17']],
    ['', 5, ['']],
  ])('%j to %i cells', (text, width, lines) => {
    expect(plain(wrap(glyphs(text), width))).toEqual(lines);
  });

  test('loses nothing but blanks and never exceeds the width', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 2, max: 48 }), (text, width) => {
        const source = glyphs(text);
        const lines = wrap(source, width);
        for (const line of lines) expect(cellsOf(line)).toBeLessThanOrEqual(width);
        const ink = (all: readonly Glyph[]) =>
          plain([[...all]])
            .join('')
            .replaceAll(' ', '');
        expect(ink(lines.flat())).toBe(ink(source));
      }),
      { seed: 4, numRuns: 300 },
    );
  });
});

describe('a label and its value', () => {
  test.each([
    ['Total', '25.00', 16, ['Total      25.00']],
    ['Total', '25.00', 11, ['Total 25.00']],
    ['Total', '25.00', 10, ['Total', '     25.00']],
  ])('%s and %s in %i cells', (label, value, width, lines) => {
    expect(plain(pairRow(glyphs(label), glyphs(value), width, PLAIN))).toEqual(lines);
  });

  test('a right-to-left label is isolated, so that the number stays on its side', () => {
    expect(plain(pairRow(glyphs('שקית'), glyphs('1'), 8, PLAIN))).toEqual(['\u2068שקית\u2069   1']);
  });
});
