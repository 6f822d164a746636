import fc from 'fast-check';
import type { WireHeader, WirePromotion, WireQualifier } from '../oracle/wire.ts';
import { count, oneOf, type Profile, rarely, seldom } from './chance.ts';
import { body, reward } from './groups.ts';
import { schedule } from './schedule.ts';

/** A promotion before it is named. */
export type Unnamed = Omit<WirePromotion, 'id'>;

const SELECTION = oneOf('l', 'lc', 'm', 'x');
/** All that a percentage may be, so that an override may turn an amount into one. */
const BASIS_POINTS_MAX = 10_000;

function terms(scale: number, { criteria, layer, frills }: Profile): fc.Arbitrary<WireHeader> {
  const header = fc.record({
    evaluate_criteria: criteria,
    evaluate_priority: oneOf(null, 1, 2),
    discount_type_strategy: seldom(oneOf('e')),
    discount_value_on: oneOf('s', 'm', 'f'),
    max_application_limit: oneOf(1, 2, 3, 100),
    discounted_group_item_selection_criteria: SELECTION,
    requisite_groups_item_selection_criteria: SELECTION,
    layer,
    discount_apply_type: frills ? rarely(oneOf('c', 't', 'p')) : fc.constant(undefined),
    apply_on_discounted_items: seldom(oneOf(false)),
    exclusive: rarely(fc.boolean()),
    max_discount: (frills ? seldom : rarely)(count(1, scale * 2)),
    include_addons: rarely(oneOf(false)),
    extra_data: fc.record({
      evenly_distributed_multiline_discount_split_type: oneOf('p', 'e'),
      threshold_excludes_targets: fc.boolean(),
    }),
  });
  return fc
    .tuple(header, reward(scale), frills ? schedule : fc.constant({}))
    .map(([fields, discount, open]) => ({ ...fields, ...discount, ...open }));
}

/** Now and then one that only a qualifier unlocks. */
export const promotion = (scale: number, profile: Profile): fc.Arbitrary<Unnamed> =>
  fc
    .tuple(
      terms(scale, profile),
      body(scale, profile),
      profile.frills ? rarely(oneOf(['q1'], ['q2'], ['q1', 'q2'])) : fc.constant(undefined),
    )
    .map(([header, rest, links]) => ({
      ...header,
      ...rest,
      ...(links
        ? {
            availability: 's' as const,
            special_promo_info: links.map((group_qualifier_id) => ({ group_qualifier_id })),
          }
        : {}),
    }));

/** An input of the basket: it unlocks, limits, replaces fields or brings a promotion of its own. */
export function qualifier(scale: number, profile: Profile): fc.Arbitrary<WireQualifier> {
  // Fields that are not named stay the stored promotion's own, so a field is there or not there at all.
  const replacing: fc.Arbitrary<WireHeader> = fc.record(
    {
      discount_value: count(0, Math.min(scale * 2, BASIS_POINTS_MAX)),
      discount_type: oneOf('v', 'f'),
      layer: profile.layer,
      evaluate_priority: count(0, 3),
      evaluate_criteria: profile.criteria,
      max_discount: count(1, scale),
      max_application_limit: count(1, 3),
    },
    { requiredKeys: [] },
  );
  const own: fc.Arbitrary<WireHeader | Unnamed> = fc.oneof(replacing, promotion(scale, profile));
  return fc.record({
    input: oneOf('code', 'card'),
    qualifier_ids: oneOf(['q1'], ['q2'], ['q1', 'q2'], []),
    max_application_limit: seldom(count(0, 2)),
    promo_override: seldom(own),
  });
}
