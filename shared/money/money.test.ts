import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allocate } from './allocate.ts';
import { Currency, currencyExponent } from './currency.ts';
import { MinorUnits } from './minor_units.ts';
import { half_up, proportion } from './rounding.ts';

const RUNS = { numRuns: 300, seed: 20_250_614 };
const amount = fc.oneof(fc.integer({ min: 0, max: 2_000 }), fc.integer({ min: 0, max: 2 ** 45 }));

/** A list of positions with a total that fits below the sum of their caps. */
const cappedCase = fc.array(fc.tuple(amount, amount), { minLength: 1, maxLength: 12 }).chain((positions) =>
  fc.record({
    weights: fc.constant(positions.map(([weight]) => weight)),
    caps: fc.constant(positions.map(([, cap]) => cap)),
    total: fc.integer({ min: 0, max: positions.reduce((sum, [, cap]) => sum + cap, 0) }),
  }),
);

describe('half_up', () => {
  it('rounds a half up and everything else to the nearest', () => {
    expect([half_up(1, 2), half_up(3, 2), half_up(5, 4), half_up(7, 4), half_up(0, 9)]).toEqual([
      1, 2, 1, 2, 0,
    ]);
  });

  it('agrees with its definition, also beyond 2^53', () => {
    fc.assert(
      fc.property(amount, amount, fc.integer({ min: 1, max: 2 ** 45 }), (a, b, d) => {
        fc.pre(BigInt(a) * BigInt(b) <= BigInt(d) * BigInt(2 ** 52));
        const definition = (2n * BigInt(a) * BigInt(b) + BigInt(d)) / (2n * BigInt(d));
        expect(proportion(a, b, d)).toBe(Number(definition));
        expect(half_up(BigInt(a) * BigInt(b), d)).toBe(Number(definition));
      }),
      RUNS,
    );
  });

  it('refuses what is not a count of minor units', () => {
    expect(() => half_up(-1, 2)).toThrow(RangeError);
    expect(() => half_up(0.5, 2)).toThrow(RangeError);
    expect(() => half_up(1, 0)).toThrow(RangeError);
    expect(() => half_up(2n ** 60n, 1)).toThrow(RangeError);
  });
});

describe('allocate', () => {
  it.each([
    [1000, [1, 1, 1], undefined, [333, 333, 334]],
    [500, [1299, 799, 450], undefined, [255, 157, 88]],
    [2000, [1, 1, 1], undefined, [667, 667, 666]],
    [2, [0, 0, 0], undefined, [1, 1, 0]],
    [7, [5, 0], undefined, [7, 0]],
    [5, [1, 0], [1, 10], [1, 4]],
    [10, [9, 1, 1], [3, 9, 9], [3, 4, 3]],
    [0, [], undefined, []],
  ])('splits %i by %j under %j into %j', (total, weights, caps, shares) => {
    expect(allocate(total, weights, caps)).toEqual(shares);
  });

  it('sums exactly, and every share is the floor or the ceiling of its exact value', () => {
    fc.assert(
      fc.property(amount, fc.array(amount, { minLength: 1, maxLength: 12 }), (total, weights) => {
        const shares = allocate(total, weights);
        expect(shares.reduce((a, b) => a + b, 0)).toBe(total);
        const sum = weights.reduce((a, b) => a + b, 0);
        for (const [i, share] of shares.entries()) {
          const weight = sum === 0 ? 1n : BigInt(weights[i] ?? 0);
          const of = sum === 0 ? BigInt(weights.length) : BigInt(sum);
          const floor = (BigInt(total) * weight) / of;
          const ceiling = (BigInt(total) * weight + of - 1n) / of;
          expect(BigInt(share) === floor || BigInt(share) === ceiling).toBe(true);
        }
      }),
      RUNS,
    );
  });

  it('lets the later of two equal positions take the correction', () => {
    fc.assert(
      fc.property(
        amount,
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 50 }),
        (total, n, weight) => {
          const shares = allocate(
            total,
            Array.from({ length: n }, () => weight),
          );
          const rounded = half_up(total, n);
          const corrected = Math.abs(total - rounded * n);
          const step = Math.sign(total - rounded * n);
          expect(shares).toEqual(
            Array.from({ length: n }, (_, i) => rounded + (i >= n - corrected ? step : 0)),
          );
        },
      ),
      RUNS,
    );
  });

  it('never passes a cap and still sums exactly', () => {
    fc.assert(
      fc.property(cappedCase, ({ total, weights, caps }) => {
        const shares = allocate(total, weights, caps);
        expect(shares.reduce((a, b) => a + b, 0)).toBe(total);
        for (const [i, share] of shares.entries()) {
          expect(share).toBeGreaterThanOrEqual(0);
          expect(share).toBeLessThanOrEqual(caps[i] ?? 0);
        }
      }),
      RUNS,
    );
  });

  it('treats what cannot fit as a bug', () => {
    expect(() => allocate(5, [1, 1], [2, 2])).toThrow(RangeError);
    expect(() => allocate(1, [])).toThrow(RangeError);
    expect(() => allocate(1, [1], [1, 1])).toThrow(RangeError);
    expect(() => allocate(-1, [1])).toThrow(RangeError);
  });
});

describe('currency', () => {
  it.each([
    ['JPY', 0],
    ['GBP', 2],
    ['KWD', 3],
    ['BHD', 3],
    ['CLF', 4],
  ] as const)('%s has %i digits', (code, digits) => {
    expect(currencyExponent(code)).toBe(digits);
  });

  it('knows every code once and no other', () => {
    expect(new Set(Currency.options).size).toBe(Currency.options.length);
    for (const code of Currency.options) expect(currencyExponent(code)).toBeGreaterThanOrEqual(0);
    expect(Currency.safeParse('gbp').success).toBe(false);
    expect(Currency.safeParse('XXX').success).toBe(false);
  });

  it('keeps money in safe integers', () => {
    expect(MinorUnits.safeParse(1250).success).toBe(true);
    expect(MinorUnits.safeParse(12.5).success).toBe(false);
    expect(MinorUnits.safeParse(2 ** 53).success).toBe(false);
  });
});
