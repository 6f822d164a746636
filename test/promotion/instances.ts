import fc from 'fast-check';
import { count, listOf, often, oneOf, type Profile, rarely, seldom } from './instances/chance.ts';
import { lines } from './instances/lines.ts';
import { promotion, qualifier, type Unnamed } from './instances/promotions.ts';
import { now } from './instances/schedule.ts';
import type { WireInstance, WirePromotion, WireQualifier, WireSettings } from './oracle/wire.ts';

/** Random baskets with random promotions, in the words of the files. */

/** Usual prices, amounts so small that rounding decides, and products of two beyond 2^53. */
const SCALES = [1000, 1000, 1000, 12, 12, 3_000_000_000];
const SKUS = ['A', 'B', 'C', 'D', 'E'] as const;

const MIXED: Profile = {
  lines: [2, 7],
  quantity: 3,
  promotions: [2, 6],
  minimum: 3,
  skus: SKUS,
  scales: SCALES,
  criteria: oneOf('p', 'b'),
  layer: oneOf(1, 1, 1, 1, 2, 100, 101),
  frills: true,
};

/** Nothing but promotions that compete for the same units, many of which cost the same. */
const RIVALS: Profile = {
  lines: [2, 6],
  quantity: 4,
  promotions: [2, 5],
  minimum: 4,
  skus: ['A', 'B', 'C'],
  scales: [1000, 40, 6, 6],
  criteria: oneOf('b'),
  layer: oneOf(1),
  frills: false,
};

const LARGE: Profile = {
  ...MIXED,
  lines: [5, 20],
  quantity: 8,
  promotions: [5, 16],
  minimum: 6,
  budget: 200,
};

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
const promotions = (scale: number, profile: Profile): fc.Arbitrary<WirePromotion[]> =>
  fc
    .tuple(listOf(promotion(scale, profile), profile.promotions), seldom(oneOf(null, 1, 2)))
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

function instance(profile: Profile): fc.Arbitrary<WireInstance> {
  const { budget, frills, scales } = profile;
  const at = (scale: number): fc.Arbitrary<WireInstance> =>
    fc
      .record({
        basket: lines(scale, profile),
        promotions: promotions(scale, profile),
        qualifiers: frills ? often(listOf(qualifier(scale, profile), [1, 2]).map(withNames)) : NOTHING,
        settings: frills ? often(settings) : NOTHING,
        now_local: frills ? often(now) : NOTHING,
      })
      .map(({ basket, promotions, qualifiers = [], settings, now_local }) => ({
        currency: 'GBP',
        basket,
        promotions,
        context: {
          now_local,
          settings: budget === undefined ? settings : { ...settings, node_budget: budget },
          special_promos: [{ program_name: 'PROGRAM', group_qualifiers: qualifiers }],
        },
      }));
  return oneOf(...scales).chain(at);
}
const NOTHING = fc.constant(undefined);

/** Baskets that the oracle can judge: everything mixed, and many rivals for the same units. */
export const smallInstance: fc.Arbitrary<WireInstance> = fc.oneof(instance(MIXED), instance(RIVALS));

/** Now and then baskets and promotions as many as in a shop, for what must hold whatever comes out. */
export const anyInstance: fc.Arbitrary<WireInstance> = fc.oneof(
  { weight: 7, arbitrary: smallInstance },
  { weight: 1, arbitrary: instance(LARGE) },
);

/** Keys to sort the lines of a small basket by. */
export const anyOrder: fc.Arbitrary<number[]> = listOf(count(0, 1_000), [MIXED.lines[1], MIXED.lines[1]]);
