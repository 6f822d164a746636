import { describe, expect, test } from 'vitest';
import { layoutReceipt, renderStarLine, renderText, STAR_CHARSET } from '../../shared/receipt/index.ts';
import { LOCALES } from '../raster/testing/locales.ts';
import { readStarLine } from './star_reader.ts';

/** The lines of a text as words, because the printer aligns by itself. */
const wordsOf = (lines: readonly string[]): string[] => lines.map((line) => line.trim().replace(/\s+/g, ' '));

describe('a receipt in Star Line Mode', () => {
  test.each([...LOCALES])('in %s is read as the text that was laid out', (_, document) => {
    const slip = layoutReceipt(document, { columns: 48, charset: STAR_CHARSET });
    const { lines, cuts, unknown } = readStarLine(renderStarLine(slip));
    expect(unknown).toEqual([]);
    expect(cuts).toBe(1);
    expect(wordsOf(lines)).toEqual(wordsOf(renderText(slip).replace(/\n$/, '').split('\n')));
  });
});
