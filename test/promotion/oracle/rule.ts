import type { WireGroup, WireHeader, WirePromotion } from './wire.ts';

/** A promotion with its defaults filled in. Amounts in minor units, percentages in basis points. */
export interface Rule {
  id: string;
  family: WirePromotion['family'];
  criteria: 'p' | 'b';
  priority: number | null;
  layer: number;
  type: 'p' | 'v' | 'f';
  each: boolean;
  value: number;
  base: 'm' | 's' | 'f';
  limit: number;
  order: 'l' | 'lc' | 'm' | 'x';
  trigger_order: 'l' | 'lc' | 'm' | 'x';
  applies_as: 'b' | 'c' | 't' | 'p';
  stacks: boolean;
  exclusive: boolean;
  max_discount: number | null;
  include_addons: boolean;
  equal_split: boolean;
  threshold_excludes_targets: boolean;
  groups: readonly WireGroup[];
  target_group: string | null;
  target_quantity: number | null;
}

/** Spend thresholds stand behind every item offer: no lower layer than this. */
const BASKET_LAYER_MIN = 100;

/** `limit`: how often the basket may use it, where the basket says so itself. */
export function ruleOf(promotion: WirePromotion, override: WireHeader, limit: number | null): Rule {
  const header = { ...promotion, ...override };
  const { family } = promotion;
  const basket = family === 'b' || family === 't';
  const criteria = header.evaluate_criteria ?? 'p';
  const layer = header.layer ?? 1;
  return {
    id: promotion.id,
    family,
    criteria,
    priority: header.evaluate_priority ?? null,
    layer: basket ? Math.max(layer, BASKET_LAYER_MIN) : layer,
    type: header.discount_type ?? 'p',
    each: family !== 'b' && header.discount_type_strategy === 'e',
    value: header.discount_value ?? 0,
    base: header.discount_value_on ?? 'm',
    limit: limit ?? header.max_application_limit ?? 1,
    order: family === 'b' ? 'l' : (header.discounted_group_item_selection_criteria ?? 'l'),
    trigger_order: header.requisite_groups_item_selection_criteria ?? 'l',
    applies_as: header.discount_apply_type ?? 'b',
    stacks: header.apply_on_discounted_items ?? true,
    exclusive: header.exclusive ?? criteria === 'b',
    max_discount: header.max_discount ?? null,
    include_addons: header.include_addons ?? true,
    equal_split: header.extra_data?.evenly_distributed_multiline_discount_split_type === 'e',
    threshold_excludes_targets: header.extra_data?.threshold_excludes_targets ?? false,
    groups: promotion.promo_groups,
    target_group: header.target_discounted_group_name ?? null,
    target_quantity: header.target_discounted_group_qty_min ?? null,
  };
}

/** Smaller priority first, none last, then by id. */
export function byPriority(a: Rule, b: Rule): number {
  const left = a.priority ?? Number.POSITIVE_INFINITY;
  const right = b.priority ?? Number.POSITIVE_INFINITY;
  if (left !== right) return left < right ? -1 : 1;
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

export const isBasketFamily = ({ family }: Rule): boolean => family === 'b' || family === 't';

/** One group of which nothing is left to trigger: the whole set is the reward, as in a plain multi-buy. */
export const runsAsEasy = (rule: Rule): boolean =>
  rule.family === 'e' ||
  ((rule.family === 'r' || rule.family === 'm') &&
    rule.groups.length === 1 &&
    firstGroup(rule).qty_or_value_min === rule.target_quantity);

export function firstGroup(rule: Rule): WireGroup {
  const [group] = rule.groups;
  if (!group) throw new Error(`${rule.id} has no group`);
  return group;
}

/** Of two groups the one that carries the discount, and the other. */
export function targetAndOther(rule: Rule): { target: WireGroup; other: WireGroup } {
  const target = rule.groups.find(({ name }) => name === rule.target_group);
  const other = rule.groups.find(({ name }) => name !== rule.target_group);
  if (!target || !other) throw new Error(`${rule.id} names no target among its groups`);
  return { target, other };
}
