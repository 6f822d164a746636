import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { holdsCardNumber } from './card_number.ts';

/** The digit that makes the sum of ISO/IEC 7812-1 a multiple of ten, the plain way. */
const checked = (digits: string): string => {
  for (let last = 0; last < 10; last++) {
    const all = `${digits}${last}`;
    const weights = [...all].reverse().map((d, i) => Number(d) * (i % 2 === 1 ? 2 : 1));
    if (weights.reduce((sum, n) => sum + (n > 9 ? n - 9 : n), 0) % 10 === 0) return all;
  }
  throw new Error('no check digit');
};
const digits = (length: number) =>
  fc
    .array(fc.integer({ min: 0, max: 9 }), { minLength: length, maxLength: length })
    .map((all) => all.join(''));
const numbers = fc
  .tuple(fc.constantFrom('3', '4', '5', '6', '2221', '2720'), fc.integer({ min: 13, max: 19 }))
  .chain(([prefix, length]) => digits(length - 1 - prefix.length).map((rest) => checked(prefix + rest)));
const runs = { seed: 21, numRuns: 500 };

describe('a card number', () => {
  it('is found plain, in groups and within a sentence', () => {
    fc.assert(
      fc.property(numbers, fc.constantFrom('', ' ', '-', '.'), (number, separator) => {
        const grouped = number.replace(/(\d{4})(?=\d)/g, `$1${separator}`);
        expect(holdsCardNumber(grouped)).toBe(true);
        expect(holdsCardNumber(`card: ${grouped}, thanks`)).toBe(true);
      }),
      runs,
    );
  });

  it('is none with another check digit, another length, or as a part of a word', () => {
    fc.assert(
      fc.property(numbers, (number) => {
        const other = (Number(number.at(-1)) + 1) % 10;
        expect(holdsCardNumber(`${number.slice(0, -1)}${other}`)).toBe(false);
        expect(holdsCardNumber(`tok_a${number}`)).toBe(false);
        expect(holdsCardNumber(`${number}f`)).toBe(false);
        expect(holdsCardNumber(number.slice(0, 12))).toBe(false);
        expect(holdsCardNumber(`${number}${'7'.repeat(20 - number.length)}`)).toBe(false);
      }),
      runs,
    );
  });

  it.each([
    '',
    'pi_3MtwBwLkdIwHu7ix28a3tqPa',
    '2026-07-01T10:00:00.000Z',
    '1764345600000',
    'V400m-324688179',
  ])('is not seen in %j', (text) => {
    expect(holdsCardNumber(text)).toBe(false);
  });
});
