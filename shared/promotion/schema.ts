import { z } from 'zod';
import { PromotionId } from '../ids/index.ts';
import { MinorUnits } from '../money/minor_units.ts';
import { LocalDateTime } from './local_time.ts';

/** A promotion as this project keeps it. `parse.ts` accepts the documented field names and letter codes too. */

const NAME_MAX = 64;
const TITLE_MAX = 255;
const APPLICATIONS_MAX = 100_000;
const GROUPS_MAX = 64;
const NODES_MAX = 20_000;
const QUALIFIERS_MAX = 1_000;
const FILTERS_MAX = 16;
const FILTER_VALUES_MAX = 1_000;
const SHORT_CODE_MAX = 32;
const BASIS_POINTS_MAX = 10_000;

const Family = z.enum([
  'easy',
  'easy_plus',
  'combo',
  'line_special',
  'basket_threshold',
  'basket_threshold_target',
  'requisite',
  'evenly_distributed',
]);
export type Family = z.infer<typeof Family>;

const DiscountType = z.enum(['percent', 'amount', 'fixed']);
/** Basis points for a percent, else minor units. */
const DiscountValue = MinorUnits.nonnegative();

/** Order in which units are taken: two of them differ only where a one-group requisite selects. */
const Selection = z.enum(['lowest_first', 'lowest_of_highest', 'highest_first', 'lowest_of_each_set']);

/** A condition on a line's attributes; all of a list must hold, and an attribute that a line lacks fails it. */
const AttributeFilter = z.object({
  attribute: z.string().min(1).max(NAME_MAX),
  op: z.enum(['eq', 'ne', 'in', 'lt', 'gt']),
  value: z.union([
    z.string().max(TITLE_MAX),
    z.number(),
    z.boolean(),
    z.array(z.union([z.string().max(TITLE_MAX), z.number(), z.boolean()])).max(FILTER_VALUES_MAX),
  ]),
});
export type AttributeFilter = z.infer<typeof AttributeFilter>;
const AttributeFilters = z.array(AttributeFilter).max(FILTERS_MAX).optional();

/** Something that units are matched by: a SKU, the value of a category level, or everything. */
const PromotionNode = z.object({
  node_id: z.string().min(1).max(128),
  node_type: z.enum(['item', 'c1', 'c2', 'c3', 'c4', 'c5', 'c6', 'c7']).default('item'),
  is_excluded: z.boolean().default(false),
  /** Both or neither; a line special discounts each node's units by its own. */
  discount_type: DiscountType.optional(),
  discount_value: DiscountValue.optional(),
  filters: AttributeFilters,
});
export type PromotionNode = z.infer<typeof PromotionNode>;

/** Matches every unit. */
export const ALL_ITEMS = 'ALL';

export const PromotionGroup = z.object({
  name: z.string().min(1).max(NAME_MAX),
  /** Units; or, where a threshold is a spend, minor units. */
  minimum: MinorUnits.nonnegative(),
  /** Units; of an easy-plus only. */
  maximum: z.int().positive().optional(),
  /** An exclusion always wins; exclusions alone select nothing. */
  nodes: z.array(PromotionNode).min(1).max(NODES_MAX),
  filters: AttributeFilters,
});
export type PromotionGroup = z.infer<typeof PromotionGroup>;

/** When a promotion is live, in the store's local time; both ends belong to it. */
export const Schedule = z.object({
  start: LocalDateTime.optional(),
  end: LocalDateTime.optional(),
  /** Monday first. */
  active_days: z.array(z.boolean()).length(7).default([true, true, true, true, true, true, true]),
  /** The dates bound the days and the times bound a window on each of them. */
  is_happy_hour: z.boolean().default(false),
});
export type Schedule = z.infer<typeof Schedule>;

export const Promotion = z
  .object({
    id: PromotionId,
    /** The retailer's own key, unique in a store. */
    retailer_promotion_id: z.string().max(TITLE_MAX).optional(),
    short_code: z.string().max(SHORT_CODE_MAX).optional(),
    title: z.string().max(TITLE_MAX).default(''),
    description: z.string().max(TITLE_MAX).default(''),
    family: Family.default('easy'),
    groups: z.array(PromotionGroup).min(1).max(GROUPS_MAX),
    criteria: z.enum(['priority', 'best_discount']).default('priority'),
    /** Smaller goes first, none goes last; equals by id. */
    priority: z.int().nonnegative().optional(),
    layer: z.int().min(1).default(1),
    discount_type: DiscountType.default('percent'),
    discount_value: DiscountValue.default(0),
    /** What the value is for: the whole set of units or each of them. */
    discount_on: z.enum(['set', 'unit']).default('set'),
    /** The price that the discount is computed from; it is always taken off the running price. */
    price_base: z.enum(['mrp', 'selling', 'running']).default('mrp'),
    max_applications: z.int().min(1).max(APPLICATIONS_MAX).default(1),
    /** Cap over all applications in one basket, minor units. */
    max_discount: MinorUnits.nonnegative().optional(),
    selection: Selection.default('lowest_first'),
    trigger_selection: Selection.default('lowest_first'),
    target_group: z.string().max(NAME_MAX).optional(),
    target_quantity: z.int().positive().optional(),
    is_active: z.boolean().default(true),
    schedule: Schedule.prefault({}),
    /** `special`: only for a basket that brings one of the qualifiers. */
    availability: z.enum(['all', 'special']).default('all'),
    qualifiers: z
      .array(
        z.object({ id: z.string().min(1).max(NAME_MAX), description: z.string().max(TITLE_MAX).default('') }),
      )
      .max(QUALIFIERS_MAX)
      .default([]),
    /** May touch units that an earlier layer discounted. */
    stackable: z.boolean().default(true),
    /** The units it uses are closed to later item layers; by default when the criteria is the best discount. */
    exclusive: z.boolean().optional(),
    applies_as: z.enum(['discount', 'cashback', 'tender', 'poslog_exclusion']).default('discount'),
    include_addons: z.boolean().default(true),
    /** How an evenly distributed saving is spread over the units. */
    distribution: z.enum(['by_price', 'equal']).default('by_price'),
    threshold_excludes_targets: z.boolean().default(false),
    filters: AttributeFilters,
  })
  .superRefine(checkPromotion);
export type Promotion = z.infer<typeof Promotion>;

interface Shape {
  family: Family;
  groups: PromotionGroup[];
  discount_type: z.infer<typeof DiscountType>;
  discount_value: number;
  target_group?: string | undefined;
  target_quantity?: number | undefined;
  availability: 'all' | 'special';
  qualifiers: unknown[];
  schedule: Schedule;
}

/** How many groups a family has: fewest and most. */
const GROUP_COUNT: Record<Family, readonly [number, number]> = {
  easy: [1, 1],
  easy_plus: [1, 1],
  combo: [2, GROUPS_MAX],
  line_special: [1, GROUPS_MAX],
  basket_threshold: [1, 1],
  basket_threshold_target: [2, 2],
  requisite: [1, 2],
  evenly_distributed: [1, 2],
};

function checkPromotion(promotion: Shape, context: z.RefinementCtx): void {
  const refuse = (path: (string | number)[], message: string) =>
    context.addIssue({ code: 'custom', path, message });
  const { family, groups, schedule } = promotion;
  const [fewest, most] = GROUP_COUNT[family];
  if (groups.length < fewest || groups.length > most)
    refuse(['groups'], `${family} takes ${fewest} to ${most} groups`);
  if (new Set(groups.map((group) => group.name)).size < groups.length)
    refuse(['groups'], 'group names must differ');
  if (promotion.discount_type === 'percent' && promotion.discount_value > BASIS_POINTS_MAX) {
    refuse(['discount_value'], 'a percentage is at most 10000 basis points');
  }
  if (promotion.availability === 'special' && promotion.qualifiers.length === 0) {
    refuse(['qualifiers'], 'a special promotion needs a qualifier');
  }
  // A daily window's dates and times are bounds of their own, so a start after the end may cross midnight.
  const { start, end } = schedule;
  if (
    start !== undefined &&
    end !== undefined &&
    (schedule.is_happy_hour ? start.slice(0, 10) > end.slice(0, 10) : start > end)
  ) {
    refuse(['schedule', 'end'], 'the end is before the start');
  }
  for (const [i, group] of groups.entries())
    checkGroup(promotion, group, (path, message) => refuse(['groups', i, ...path], message));
  checkTarget(promotion, refuse);
}

function checkGroup(
  { family, target_group }: Shape,
  group: PromotionGroup,
  refuse: (path: (string | number)[], message: string) => void,
): void {
  const isSpend =
    family === 'basket_threshold' || (family === 'basket_threshold_target' && group.name !== target_group);
  if (!isSpend && group.minimum < 1) refuse(['minimum'], 'at least one unit');
  if (group.maximum !== undefined && family !== 'easy_plus')
    refuse(['maximum'], 'only an easy-plus has a maximum');
  if (group.maximum !== undefined && group.maximum < group.minimum) refuse(['maximum'], 'below the minimum');
  for (const [n, node] of group.nodes.entries()) {
    if ((node.discount_type === undefined) !== (node.discount_value === undefined)) {
      refuse(['nodes', n], 'a discount of its own needs both type and value');
    }
    if (node.discount_type === 'percent' && (node.discount_value ?? 0) > BASIS_POINTS_MAX) {
      refuse(['nodes', n, 'discount_value'], 'a percentage is at most 10000 basis points');
    }
  }
}

function checkTarget(promotion: Shape, refuse: (path: (string | number)[], message: string) => void): void {
  const { family, groups, target_group, target_quantity } = promotion;
  const buysAndGets = family === 'requisite' || family === 'evenly_distributed';
  if ((family === 'basket_threshold_target' || buysAndGets) && groups.length === 2) {
    if (!groups.some((group) => group.name === target_group)) refuse(['target_group'], 'names no group');
  }
  const [only] = groups;
  if (buysAndGets && groups.length === 1 && only !== undefined) {
    if (target_quantity === undefined || target_quantity > only.minimum) {
      refuse(['target_quantity'], 'from 1 to the minimum of the group');
    }
  }
}
