import fc from 'fast-check';

/** How often and how large: what the parts of a random instance share. */

export type Range = [fewest: number, most: number];

export interface Profile {
  lines: Range;
  /** Of a line. */
  quantity: number;
  promotions: Range;
  /** Of a group, units. */
  minimum: number;
  /** Few, so that much meets. */
  skus: readonly Sku[];
  /** What a unit costs, about, in minor units. */
  scales: readonly number[];
  criteria: fc.Arbitrary<'p' | 'b'>;
  layer: fc.Arbitrary<number>;
  /** Also what is seldom met: spend thresholds, schedules, qualifiers, cashback, settings. */
  frills: boolean;
  /** How far the engine may search for the best plan, where it need not find it. */
  budget?: number;
}

export type Sku = 'A' | 'B' | 'C' | 'D' | 'E';

export const count = (min: number, max: number): fc.Arbitrary<number> => fc.integer({ min, max });

export const oneOf = <const T>(...values: T[]): fc.Arbitrary<T> => fc.constantFrom(...values);

/** There once in so many times; absent is the simplest form when a failure shrinks. */
const onceIn = <T>(times: number, value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight: times - 1, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: value });

export const often = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => onceIn(2, value);
export const seldom = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => onceIn(4, value);
export const rarely = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => onceIn(10, value);

/** Lists of every length alike, not short ones mostly. */
export const listOf = <T>(one: fc.Arbitrary<T>, [minLength, maxLength]: Range): fc.Arbitrary<T[]> =>
  fc.array(one, { minLength, maxLength, size: 'max' });
