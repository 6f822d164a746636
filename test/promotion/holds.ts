import fc from 'fast-check';

/** `LONG=1` looks at 100,000 baskets for each property. */
const BASKETS = process.env['LONG'] ? 100_000 : 2_000;

/** For the properties' tests: they take as long as there are baskets. */
export const PATIENCE = { timeout: process.env['LONG'] ? 3_600_000 : 120_000 };

/** Checks a property; the seed makes every run look at the same baskets. */
export const holds = <Values>(property: fc.IProperty<Values>, seed: number): void =>
  fc.assert(property, { numRuns: BASKETS, seed });

export const sum = (amounts: readonly number[]): number =>
  amounts.reduce((total, amount) => total + amount, 0);
