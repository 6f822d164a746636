import { z } from 'zod';
import { LocalDateTime } from '../local_time.ts';
import { SpecialPromotions } from '../parse_special.ts';
import { inOurNames } from './field_names.ts';

export const EVALUATE_BODY_BYTES_MAX = 8 * 1024 * 1024;
export const EVALUATE_LINES_MAX = 1_000;
/** Over all lines, each unit in a pack counted: every one of them is in the answer. */
export const EVALUATE_UNITS_MAX = 100_000;
/** A hundred tonnes, and a hundred million pounds: their product, and its multiples, stay exact. */
const WEIGHT_MILLI_MAX = 100_000_000;
export const DISCOUNT_VALUE_MAX = 10_000_000_000;
const ID_MAX = 255;
const CATEGORIES_MAX = 100;
const ATTRIBUTES_MAX = 100;
/** Steps that the search for the best plan may try; ten times the default. */
const NODE_BUDGET_MAX = 500_000;

const Id = z.string().min(1).max(ID_MAX);
/** Minor units of the request's currency. */
const Price = z.int().nonnegative();

export const EvaluateCategory = z.object({ name: z.string().max(ID_MAX), value: z.string().max(ID_MAX) });

const EvaluateItem = z.object({
  line_id: Id.describe('Unique in the basket; also accepted as `id` or `item_id`'),
  sku: Id,
  barcode: z.string().max(ID_MAX).optional(),
  quantity: z.int().positive().describe('Whole units or packs; also accepted as `qty`'),
  unit_price: Price.describe(
    'Of one unit or one whole pack; a weighed line’s extended price. Also accepted as `sp`',
  ),
  mrp: Price.optional().describe('List price; the unit price if absent'),
  uom: z.string().max(ID_MAX).optional(),
  weight_milli: z
    .int()
    .nonnegative()
    .max(WEIGHT_MILLI_MAX)
    .optional()
    .describe('Thousandths of the price unit of a weighed line, whose quantity is 1; 0: not weighed'),
  pack_size: z.int().positive().optional().describe('Units in a pack; they are evaluated singly'),
  categories: z
    .array(EvaluateCategory)
    .max(CATEGORIES_MAX)
    .default([])
    .describe('Levels `c1` to `c7`; also accepted as `catgories`'),
  item_type: z.enum(['REGULAR', 'WITH_ADDONS', 'ADDON', 'COMBO']).default('REGULAR'),
  parent_line_id: Id.optional().describe('Makes the line an add-on of another line, whose quantity is 1'),
  exclude_from_promotions: z.boolean().optional(),
  attributes: z
    .record(z.string().max(ID_MAX), z.union([z.string().max(ID_MAX), z.number(), z.boolean()]))
    .refine((all) => Object.keys(all).length <= ATTRIBUTES_MAX, `at most ${ATTRIBUTES_MAX} attributes`)
    .optional()
    .describe('What the filters of promotions test'),
});
export type EvaluateItem = z.infer<typeof EvaluateItem>;

/** An evaluation as other systems ask for it. Unknown fields are ignored and a null counts as absent. */
export const EvaluateRequest = z.preprocess(
  inOurNames,
  z.object({
    customer_id: z.string().max(ID_MAX).optional(),
    is_guest_user: z.boolean().optional(),
    store_id: z
      .string()
      .max(ID_MAX)
      .optional()
      .describe('Whose stored promotions count; not needed with `promotions`'),
    currency: z
      .string()
      .regex(/^[A-Z]{3}$/)
      .describe('ISO 4217; with stored promotions the store’s own'),
    evaluated_at: z.iso
      .datetime({ offset: true })
      .optional()
      .describe('The moment that stored promotions must be open at, in the zone of the store; else now'),
    now_local: LocalDateTime.optional().describe(
      'The wall clock that promotions must be open at, in place of `evaluated_at`. Inline promotions without it count as open. With a service token only',
    ),
    include_suggestions: z.boolean().default(false),
    include_explanation: z.boolean().default(false),
    special_promos: SpecialPromotions.default([]).describe(
      'Coupons, subscriptions and staff programs of this basket; also accepted as `special_promos_info`. With a service token only',
    ),
    promotions: z
      .array(z.record(z.string(), z.unknown()))
      .optional()
      .describe(
        'In place of the stored ones: `id`, `family` and `promo_groups`, everything else by default; documented field names and letter codes or our own. With a service token only',
      ),
    settings: z
      .object({
        one_basket_promo_per_layer: z.boolean(),
        basket_percent_rounding: z.enum(['unit', 'total']),
        zero_discount: z.enum(['drop', 'record']),
        residual: z.enum(['spread', 'last']),
        node_budget: z.int().min(1).max(NODE_BUDGET_MAX),
      })
      .partial()
      .default({})
      .describe('With a service token only'),
    basket: z
      .object({
        id: z.string().max(ID_MAX).optional(),
        items: z.array(EvaluateItem).max(EVALUATE_LINES_MAX),
      })
      .superRefine(({ items }, context) =>
        checkItems(items, (path, message) =>
          context.addIssue({ code: 'custom', path: ['items', ...path], message }),
        ),
      ),
  }),
);
export type EvaluateRequest = z.infer<typeof EvaluateRequest>;

type Refuse = (path: (string | number)[], message: string) => void;

function checkItems(items: readonly EvaluateItem[], refuse: Refuse): void {
  const byId = new Map<string, EvaluateItem>();
  let units = 0;
  let most = 0;
  for (const [at, item] of items.entries()) {
    const { line_id, quantity, unit_price, mrp = unit_price, weight_milli = 0, pack_size = 1 } = item;
    if (byId.has(line_id)) refuse([at, 'line_id'], 'another line has this id');
    byId.set(line_id, item);
    if (weight_milli > 0 && quantity !== 1) refuse([at, 'quantity'], 'a weighed line has quantity 1');
    if (weight_milli > 0 && pack_size !== 1) refuse([at, 'pack_size'], 'a weighed line is no pack');
    units += quantity * pack_size;
    most += quantity * Math.max(unit_price, mrp);
  }
  if (units > EVALUATE_UNITS_MAX) refuse([], `at most ${EVALUATE_UNITS_MAX} units`);
  if (!Number.isSafeInteger(most)) refuse([], 'the prices add up to more than can be counted');
  for (const [at, { item_type, parent_line_id }] of items.entries()) {
    if (parent_line_id === undefined) {
      if (item_type === 'ADDON') refuse([at, 'parent_line_id'], 'an add-on names the line it belongs to');
      continue;
    }
    const parent = byId.get(parent_line_id);
    if (parent === undefined) refuse([at, 'parent_line_id'], 'there is no such line');
    else if (parent.parent_line_id !== undefined)
      refuse([at, 'parent_line_id'], 'that line is an add-on itself');
    else if (parent.quantity !== 1) refuse([at, 'parent_line_id'], 'that line’s quantity is not 1');
  }
}
