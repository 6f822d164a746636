import fc from 'fast-check';
import type { WireGroup, WireHeader, WireNode, WirePromotion } from '../oracle/wire.ts';
import { count, listOf, oneOf, type Profile, type Range, seldom } from './chance.ts';

type Reward = Required<Pick<WireHeader, 'discount_type' | 'discount_value'>>;

/** A percentage, or an amount or price of about what a unit costs. */
export const reward = (scale: number): fc.Arbitrary<Reward> =>
  fc.oneof(
    fc.record({
      discount_type: oneOf('p'),
      discount_value: fc.oneof(oneOf(500, 1000, 3333, 5000, 10_000), count(0, 10_000)),
    }),
    fc.record({
      discount_type: oneOf('v', 'f'),
      // Where a set costs just that, it is the edge of many rules.
      discount_value: fc.oneof(
        count(0, scale / 2),
        count(0, scale * 2),
        oneOf(scale / 2, scale, scale * 1.5, scale * 2, scale * 3),
      ),
    }),
  );

const place = ({ skus }: Profile): fc.Arbitrary<Pick<WireNode, 'node_id' | 'node_type'>> =>
  fc.oneof(
    { weight: 6, arbitrary: fc.record({ node_id: oneOf(...skus), node_type: oneOf('i') }) },
    { weight: 2, arbitrary: fc.record({ node_id: oneOf('X', 'Y', 'S'), node_type: oneOf('c1') }) },
    { weight: 1, arbitrary: fc.record({ node_id: oneOf('S'), node_type: oneOf('c2') }) },
    { weight: 3, arbitrary: fc.record({ node_id: oneOf('ALL'), node_type: oneOf('i', 'c1') }) },
  );

/** One to three places, now and then without another. `own`: some of them with a discount of their own. */
function nodes(scale: number, profile: Profile, own: boolean): fc.Arbitrary<WireNode[]> {
  const discount = own ? fc.option(reward(scale), { nil: {} }) : fc.constant({});
  const including = fc.tuple(place(profile), discount).map(([node, more]) => ({ ...node, ...more }));
  const excluded = place(profile).map((node) => ({ ...node, is_excluded: true }));
  return fc
    .tuple(listOf(including, [1, 3]), seldom(excluded))
    .map(([list, but]) => (but ? [...list, but] : list));
}

const group = (
  scale: number,
  profile: Profile,
  minimum: fc.Arbitrary<number>,
  own = false,
): fc.Arbitrary<WireGroup> =>
  fc.record({
    name: oneOf('g1'),
    qty_or_value_min: minimum,
    promo_group_nodes: nodes(scale, profile, own),
  });

const named = (groups: readonly WireGroup[]): WireGroup[] =>
  groups.map((one, i) => ({ ...one, name: `g${i + 1}` }));

/** What a family adds to the header: its groups and what names the target among them. */
export type Body = Pick<WirePromotion, 'family' | 'promo_groups'> & WireHeader;

export function body(scale: number, profile: Profile): fc.Arbitrary<Body> {
  const units = count(1, profile.minimum);
  const few = oneOf(1, 1, 2);
  const spend = fc.oneof(count(0, scale * 3), oneOf(0, scale * 2));
  const one = group(scale, profile, units);
  const bundle = (amount: Range, own: boolean): fc.Arbitrary<WireGroup[]> =>
    listOf(group(scale, profile, few, own), amount).map(named);

  const easy = one.map((g): Body => ({ family: 'e', promo_groups: [g] }));
  const easy_plus = fc.tuple(one, seldom(count(0, profile.minimum))).map(([g, more]): Body => {
    const most = more === undefined ? {} : { qty_or_value_max: g.qty_or_value_min + more };
    return { family: 'p', promo_groups: [{ ...g, ...most }] };
  });
  const combo = bundle([2, 3], false).map((promo_groups): Body => ({ family: 'c', promo_groups }));
  const line_special = bundle([1, 3], true).map((promo_groups): Body => ({ family: 'l', promo_groups }));
  const threshold = group(scale, profile, spend).map((g): Body => ({ family: 'b', promo_groups: [g] }));
  const gift = fc.tuple(group(scale, profile, spend), group(scale, profile, count(1, 2)), fc.boolean()).map(
    ([first, second, swap]): Body => ({
      family: 't',
      promo_groups: named(swap ? [second, first] : [first, second]),
      target_discounted_group_name: swap ? 'g1' : 'g2',
    }),
  );
  return fc.oneof(
    { weight: 3, arbitrary: easy },
    { weight: 2, arbitrary: easy_plus },
    { weight: 3, arbitrary: combo },
    { weight: 2, arbitrary: line_special },
    { weight: 3, arbitrary: buyAndGet('r', scale, profile) },
    { weight: 2, arbitrary: buyAndGet('m', scale, profile) },
    ...(profile.frills
      ? [
          { weight: 2, arbitrary: threshold },
          { weight: 1, arbitrary: gift },
        ]
      : []),
  );
}

function buyAndGet(family: 'r' | 'm', scale: number, profile: Profile): fc.Arbitrary<Body> {
  const one = group(scale, profile, count(1, profile.minimum));
  return fc.oneof(
    fc.tuple(group(scale, profile, count(1, profile.minimum + 1)), count(1, profile.minimum)).map(
      ([g, wanted]): Body => ({
        family,
        promo_groups: [g],
        target_discounted_group_qty_min: Math.min(g.qty_or_value_min, wanted),
      }),
    ),
    fc.tuple(one, one, oneOf('g1', 'g2')).map(
      ([first, second, target_discounted_group_name]): Body => ({
        family,
        promo_groups: named([first, second]),
        target_discounted_group_name,
      }),
    ),
  );
}
