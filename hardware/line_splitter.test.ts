import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LineSplitter } from './line_splitter.ts';

const RUNS = process.env['LONG'] === undefined ? 200 : 20_000;

describe('a line splitter', () => {
  test('gives the same lines however the bytes are cut', () => {
    const line = fc.string({ unit: 'grapheme', maxLength: 40 }).map((text) => text.replaceAll(/[\r\n]/g, ''));
    fc.assert(
      fc.property(
        fc.array(fc.tuple(line, fc.constantFrom('\n', '\r\n')), { maxLength: 20 }),
        fc.infiniteStream(fc.integer({ min: 1, max: 9 })),
        (lines, sizes) => {
          const bytes = Buffer.from(lines.map(([text, end]) => text + end).join(''));
          const splitter = new LineSplitter(1_000);
          const got: string[] = [];
          for (let at = 0; at < bytes.length; ) {
            const size = sizes.next().value ?? 1;
            got.push(...splitter.push(bytes.subarray(at, at + size)));
            at += size;
          }
          expect(got).toEqual(lines.map(([text]) => text));
          expect(splitter.overlong).toBe(0);
        },
      ),
      { seed: 7, numRuns: RUNS },
    );
  });

  test('drops a line beyond the limit whole, in one piece or many, and reads the next', () => {
    for (const piece of [1, 3, 100]) {
      const splitter = new LineSplitter(5);
      const bytes = Buffer.from('12345\r\n123456\r\n1234567890123\nend\n');
      const got: string[] = [];
      for (let at = 0; at < bytes.length; at += piece)
        got.push(...splitter.push(bytes.subarray(at, at + piece)));
      expect(got).toEqual(['12345', 'end']);
      expect(splitter.overlong).toBe(2);
    }
  });
});
