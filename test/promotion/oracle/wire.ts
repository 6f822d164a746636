import { z } from 'zod';

/**
 * Baskets and promotions as they are written in files and requests: legacy field names and letter codes.
 * The oracle knows nothing else; what it reads here the engine reads through a parser of its own.
 */
const Amount = z.int().min(0);
const DiscountType = z.enum(['p', 'v', 'f']);
const Selection = z.enum(['l', 'lc', 'm', 'x']);
const LocalTime = z.string().regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$/);

const WireNode = z.object({
  node_id: z.string(),
  node_type: z.enum(['i', 'c1', 'c2', 'c3', 'c4', 'c5', 'c6', 'c7']),
  is_excluded: z.boolean().optional(),
  discount_type: DiscountType.nullish(),
  discount_value: Amount.nullish(),
});
export type WireNode = z.infer<typeof WireNode>;

const WireGroup = z.object({
  name: z.string(),
  qty_or_value_min: Amount,
  qty_or_value_max: Amount.nullish(),
  promo_group_nodes: z.array(WireNode),
});
export type WireGroup = z.infer<typeof WireGroup>;

const WireHeader = z.object({
  evaluate_criteria: z.enum(['p', 'b']).optional(),
  evaluate_priority: z.int().nullish(),
  discount_type: DiscountType.optional(),
  discount_type_strategy: z.enum(['a', 'e']).optional(),
  discount_value: Amount.optional(),
  discount_value_on: z.enum(['m', 's', 'f']).optional(),
  max_application_limit: z.int().min(1).optional(),
  is_active: z.boolean().optional(),
  active_days: z.string().length(7).optional(),
  start_date_time: LocalTime.nullish(),
  end_date_time: LocalTime.nullish(),
  is_happy_hour: z.boolean().optional(),
  discounted_group_item_selection_criteria: Selection.optional(),
  requisite_groups_item_selection_criteria: Selection.optional(),
  target_discounted_group_name: z.string().nullish(),
  target_discounted_group_qty_min: z.int().nullish(),
  layer: z.int().min(1).optional(),
  discount_apply_type: z.enum(['b', 'c', 't', 'p']).optional(),
  apply_on_discounted_items: z.boolean().optional(),
  exclusive: z.boolean().optional(),
  max_discount: Amount.nullish(),
  include_addons: z.boolean().optional(),
  extra_data: z
    .object({
      evenly_distributed_multiline_discount_split_type: z.enum(['p', 'e']).optional(),
      threshold_excludes_targets: z.boolean().optional(),
    })
    .optional(),
});
export type WireHeader = z.infer<typeof WireHeader>;

const WirePromotion = WireHeader.extend({
  id: z.string(),
  family: z.enum(['e', 'p', 'c', 'l', 'b', 't', 'r', 'm']),
  availability: z.enum(['a', 's']).optional(),
  special_promo_info: z.array(z.object({ group_qualifier_id: z.string() })).optional(),
  promo_groups: z.array(WireGroup),
});
export type WirePromotion = z.infer<typeof WirePromotion>;

const WireLine = z.object({
  line_id: z.string(),
  sku: z.string(),
  quantity: z.int().min(1),
  unit_price: Amount,
  mrp: Amount.optional(),
  categories: z.array(z.object({ name: z.string(), value: z.string() })),
  exclude_from_promotions: z.boolean().optional(),
  weight_milli: z.int().min(1).optional(),
  pack_size: z.int().min(2).optional(),
  parent_line_id: z.string().optional(),
});
export type WireLine = z.infer<typeof WireLine>;

const WireQualifier = z.object({
  input: z.string(),
  qualifier_ids: z.array(z.string()),
  max_application_limit: z.int().min(0).optional(),
  /** With a family it is a promotion of this basket alone, else header fields that replace the stored ones. */
  promo_override: z.union([WirePromotion, WireHeader]).optional(),
});
export type WireQualifier = z.infer<typeof WireQualifier>;

export const WireSettings = z.object({
  one_basket_promo_per_layer: z.boolean().optional(),
  zero_discount: z.enum(['drop', 'record']).optional(),
  basket_percent_rounding: z.enum(['unit', 'total']).optional(),
  residual: z.enum(['spread', 'last']).optional(),
  /** Of the engine's search alone. */
  node_budget: z.int().min(0).optional(),
});
export type WireSettings = z.infer<typeof WireSettings>;

const WireContext = z.object({
  now_local: LocalTime.optional(),
  special_promos: z
    .array(z.object({ program_name: z.string(), group_qualifiers: z.array(WireQualifier) }))
    .optional(),
  settings: WireSettings.optional(),
});

const WireInstance = z.object({
  currency: z.string(),
  basket: z.array(WireLine),
  promotions: z.array(WirePromotion),
  context: WireContext.optional(),
});
/** One basket with everything that its evaluation depends on. */
export type WireInstance = z.infer<typeof WireInstance>;

/** A golden case: an instance and what must come out. */
export const GoldenCase = WireInstance.extend({
  id: z.string(),
  expected: z.object({
    unit_discounts: z.record(z.string(), z.array(Amount)),
    total_discount: Amount,
    applied_promotion_ids: z.array(z.string()),
    cashback_total: Amount.optional(),
    tender_total: Amount.optional(),
  }),
});
export type GoldenCase = z.infer<typeof GoldenCase>;
