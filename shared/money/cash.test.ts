import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cashStep, roundCash } from './cash.ts';

describe('rounding of cash', () => {
  it.each([
    [1024, 50, 1000],
    [1025, 50, 1050],
    [1048, 50, 1050],
    [1049, 100, 1000],
    [1050, 100, 1100],
    [1048, 1, 1048],
    [2, 5, 0],
    [3, 5, 5],
  ])('%i by steps of %i is %i', (amount, step, rounded) => {
    expect(roundCash(amount, step)).toBe(rounded);
  });

  it('takes the step of the currency, unless the store has its own', () => {
    expect([cashStep('DKK', undefined), cashStep('GBP', undefined), cashStep('EUR', 5)]).toEqual([50, 1, 5]);
  });

  it('is a multiple, and never farther away than half a step', () => {
    fc.assert(
      fc.property(fc.nat(1_000_000), fc.integer({ min: 1, max: 500 }), (amount, step) => {
        const rounded = roundCash(amount, step);
        expect(rounded % step).toBe(0);
        expect(Math.abs(rounded - amount) * 2).toBeLessThanOrEqual(step);
      }),
      { numRuns: 200, seed: 952 },
    );
  });
});
