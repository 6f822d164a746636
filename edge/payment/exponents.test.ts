import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Currency } from '../../shared/money/currency.ts';
import { fromAdyen, fromTerminal, toAdyen, toTerminal } from './adyen/amount.ts';
import { fromStripe, toStripe } from './stripe/amount.ts';
import { nested } from './stripe/fake_form.ts';
import { formOf } from './stripe/form.ts';

const RUNS = { numRuns: 2_000, seed: 5 };
const money = fc.tuple(fc.integer({ min: -10, max: 99_999_999 }), fc.constantFrom(...Currency.options));

describe('money on the wire', () => {
  it('comes back from Stripe as it was sent, or is not sent', () => {
    fc.assert(
      fc.property(money, ([amount, currency]) => {
        const written = toStripe(amount, currency);
        if (written === null) return;
        expect(Number.isSafeInteger(written) && written > 0).toBe(true);
        expect(fromStripe(written, currency.toLowerCase())).toBe(amount);
      }),
      RUNS,
    );
  });

  it('comes back from Adyen and from its terminals as it was sent, or is not sent', () => {
    fc.assert(
      fc.property(money, ([amount, currency]) => {
        const written = toAdyen(amount, currency);
        if (written !== null) expect(fromAdyen(written)).toEqual({ amount, currency });
        const decimal = toTerminal(amount, currency);
        expect(decimal === null).toBe(amount <= 0);
        if (decimal !== null) expect(fromTerminal(decimal, currency)).toBe(amount);
      }),
      RUNS,
    );
  });
});

describe('a form of Stripe', () => {
  it('is read as it was written, however deep and whatever it holds', () => {
    const name = fc.stringMatching(/^[a-z_]{1,8}$/).filter((key) => !(key in {}));
    const text = fc.string({ minLength: 1 });
    const level = fc.dictionary(name, text, { minKeys: 1, maxKeys: 3, noNullPrototype: true });
    const form = fc.dictionary(name, fc.oneof(text, level), { maxKeys: 4, noNullPrototype: true });
    fc.assert(
      fc.property(form, (fields) => {
        expect(nested(formOf(fields))).toEqual(fields);
      }),
      RUNS,
    );
    expect(formOf({ expand: ['latest_charge'], confirm: true, left_out: undefined })).toBe(
      'expand%5B0%5D=latest_charge&confirm=true',
    );
  });
});
