import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cashStep } from '../money/cash.ts';
import { cashTender } from './cash.ts';

describe('a tender of cash', () => {
  it.each([
    // Domain rules 2.4: only the cash part is rounded.
    ['SEK', 12_350, 20_000, { captured: 12_350, tendered: 20_000, change: 7_600, rounding: 50 }],
    ['DKK', 9_924, 10_000, { captured: 9_924, tendered: 10_000, change: 100, rounding: -24 }],
    ['CHF', 1_002, 1_000, { captured: 1_002, tendered: 1_000, change: 0, rounding: -2 }],
    ['CHF', 1_003, 1_005, { captured: 1_003, tendered: 1_005, change: 0, rounding: 2 }],
    ['GBP', 574, null, { captured: 574, tendered: 574, change: 0, rounding: 0 }],
    ['SEK', 12_350, 5_000, { captured: 5_000, tendered: 5_000, change: 0, rounding: 0 }],
    ['SEK', 20, null, { captured: 20, tendered: 0, change: 0, rounding: -20 }],
  ])('%s %i by %s', (currency, due, tendered, expected) => {
    expect(cashTender(due, due, tendered, cashStep(currency, undefined))).toEqual(expected);
  });

  it('of a part is not rounded', () => {
    expect(cashTender(12_350, 2_350, 3_000, 100)).toEqual({
      captured: 2_350,
      tendered: 3_000,
      change: 650,
      rounding: 0,
    });
  });

  it('balances: what was handed over is what was paid, the rounding and the change', () => {
    const amount = fc.integer({ min: 1, max: 1_000_000 });
    fc.assert(
      fc.property(
        amount,
        amount,
        fc.option(amount),
        fc.constantFrom(1, 5, 50, 100),
        (a, b, tendered, step) => {
          const [due, asked] = [Math.max(a, b), Math.min(a, b)];
          const cash = cashTender(due, asked, tendered, step);
          expect(cash.captured).toBeGreaterThanOrEqual(0);
          expect(cash.captured).toBeLessThanOrEqual(asked);
          expect(cash.change).toBeGreaterThanOrEqual(0);
          if (cash.captured === asked) expect(Math.abs(cash.rounding)).toBeLessThanOrEqual(step / 2);
          if (cash.captured < asked || cash.tendered >= cash.captured + cash.rounding)
            expect(cash.captured + cash.rounding + cash.change).toBe(cash.tendered);
        },
      ),
      { seed: 22, numRuns: 1_000 },
    );
  });
});
