import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { currencyExponent } from './currency.ts';
import { formatMoney } from './format.ts';

describe('formatMoney', () => {
  test.each([
    [119_900, 'GBP', 'sign', '£1,199.00'],
    [-300, 'GBP', 'sign', '-£3.00'],
    [5, 'EUR', 'sign', '€0.05'],
    [0, 'USD', 'sign', '$0.00'],
    [1_234_567, 'JPY', 'sign', '¥1,234,567'],
    [1_234_567, 'KWD', 'sign', 'KWD 1,234.567'],
    [-119_900, 'CHF', 'sign', '-CHF 1,199.00'],
    [119_900, 'GBP', 'code', 'GBP 1,199.00'],
    [119_900, 'GBP', 'none', '1,199.00'],
    [12_345, 'CLF', 'none', '1.2345'],
    [Number.MAX_SAFE_INTEGER, 'SEK', 'none', '90,071,992,547,409.91'],
  ] as const)('%i %s by %s is %s', (minor, currency, display, expected) => {
    expect(formatMoney(minor, currency, display)).toBe(expected);
  });

  test('the digits are the amount, whatever the exponent', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.constantFrom('JPY', 'GBP', 'BHD', 'CLF'), (minor, currency) => {
        const shown = formatMoney(minor, currency, 'none');
        expect(Number(shown.replace(/[.,]/g, ''))).toBe(minor === 0 ? 0 : minor);
        const fraction = shown.split('.')[1] ?? '';
        expect(fraction).toHaveLength(currencyExponent(currency));
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  test('a fraction of a minor unit is a bug', () => {
    expect(() => formatMoney(1.5, 'GBP')).toThrow(RangeError);
  });
});
