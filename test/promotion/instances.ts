import fc from 'fast-check';
import { count, listOf, often, oneOf, rarely, type Size, seldom } from './instances/chance.ts';
import { lines } from './instances/lines.ts';
import { promotion, qualifier, type Turns, type Unnamed } from './instances/promotions.ts';
import { now } from './instances/schedule.ts';
import type { WireInstance, WirePromotion, WireQualifier, WireSettings } from './oracle/wire.ts';

/** Random baskets with random promotions, in the words of the files. */

const SMALL: Size = { lines: [1, 6], quantity: 3, promotions: [1, 6], minimum: 3 };
const CROWDED: Size = { lines: [3, 8], quantity: 3, promotions: [3, 6], minimum: 3 };
const LARGE: Size = { lines: [5, 20], quantity: 8, promotions: [5, 16], minimum: 6, budget: 200 };

/** Usual prices, amounts so small that rounding decides, and products of two beyond 2^53. */
const SCALES = [1000, 1000, 1000, 12, 12, 3_000_000_000];

const MIXED: Turns = { criteria: oneOf('p', 'b'), layer: oneOf(1, 1, 1, 1, 2, 100, 101) };
const RIVALS: Turns = { criteria: oneOf('b'), layer: oneOf(1) };

const settings: fc.Arbitrary<WireSettings> = fc.record({
  one_basket_promo_per_layer: seldom(oneOf(true)),
  zero_discount: often(oneOf('record')),
  basket_percent_rounding: seldom(oneOf('total')),
  residual: rarely(oneOf('last')),
});

/** Named by place, but not in the order of the file, so that the one cannot stand for the other. */
const named = (promotions: readonly Unnamed[]): WirePromotion[] =>
  promotions.map((one, i) => ({ ...one, id: `P${(i * 37 + 20) % 101}` }));

/** Now and then the last is the first once more, so that only their turn tells them apart. */
const promotions = (scale: number, size: Size, turns: Turns): fc.Arbitrary<WirePromotion[]> =>
  fc
    .tuple(listOf(promotion(scale, size, turns), size.promotions), seldom(oneOf(null, 1, 2)))
    .map(([list, priority]) => {
      const [first] = list;
      if (priority === undefined || !first) return named(list);
      return named([...list.slice(0, -1), { ...first, evaluate_priority: priority }]);
    });

const withNames = (qualifiers: readonly WireQualifier[]): WireQualifier[] =>
  qualifiers.map((one, i) => {
    const own = one.promo_override;
    return own && 'family' in own ? { ...one, promo_override: { ...own, id: `F${9 - i}` } } : one;
  });

function instance(size: Size, turns: Turns): fc.Arbitrary<WireInstance> {
  const at = (scale: number): fc.Arbitrary<WireInstance> =>
    fc
      .record({
        basket: lines(scale, size),
        promotions: promotions(scale, size, turns),
        qualifiers: often(listOf(qualifier(scale, size, turns), [1, 2]).map(withNames)),
        settings: often(settings),
        now_local: often(now),
      })
      .map(({ basket, promotions, qualifiers = [], settings, now_local }) => ({
        currency: 'GBP',
        basket,
        promotions,
        context: {
          now_local,
          settings: size.budget === undefined ? settings : { ...settings, node_budget: size.budget },
          special_promos: [{ program_name: 'PROGRAM', group_qualifiers: qualifiers }],
        },
      }));
  return oneOf(...SCALES).chain(at);
}

/** Baskets that the oracle can judge: everything mixed, and many rivals for the same units. */
export const smallInstance: fc.Arbitrary<WireInstance> = fc.oneof(
  instance(SMALL, MIXED),
  instance(CROWDED, RIVALS),
);

/** Now and then baskets and promotions as many as in a shop, for what must hold whatever comes out. */
export const anyInstance: fc.Arbitrary<WireInstance> = fc.oneof(
  { weight: 7, arbitrary: smallInstance },
  { weight: 1, arbitrary: instance(LARGE, MIXED) },
);

/** Keys to sort the lines of a small basket by. */
export const anyOrder: fc.Arbitrary<number[]> = listOf(count(0, 1_000), [CROWDED.lines[1], CROWDED.lines[1]]);
