import { z } from 'zod';
import { EvaluateCategory } from './evaluate_request.ts';
import { explanationResponse } from './explanation_response.ts';
import { APPLIES_AS_LETTERS, CRITERIA_LETTERS, FAMILY_LETTERS } from './letter_codes.ts';
import { suggestionResponse } from './suggestion_response.ts';

const count = z.int().nonnegative();
const text = z.string();
const FamilyLetter = z.enum(FAMILY_LETTERS);
const CriteriaLetter = z.enum(CRITERIA_LETTERS);
const AppliesAsLetter = z.enum(APPLIES_AS_LETTERS);

/**
 * The answer to an evaluation, with every amount as `money` says: integers in minor units, or decimal text.
 * Fields with documented names hold the documented letters.
 */
export function evaluateResponse<M extends z.ZodType>(money: M) {
  const programShare = z.object({
    program_name: text,
    program_title: text.nullable(),
    input: text,
    qualifier_id: text.nullable(),
    description: text,
  });
  const appliedPromotion = z.object({
    promo_id: text,
    promo_id_retailer: text.nullable(),
    family: FamilyLetter,
    title: text,
    layer: count,
    evaluate_criteria: CriteriaLetter,
    priority: count.nullable(),
    discount: money,
    applications: count,
    max_application_limit: count,
    apply_type: AppliesAsLetter,
    special_promo_info: z.array(programShare.extend({ discount: money })).nullable(),
    units: z.array(
      z.object({
        line_id: text,
        unit_index: count.describe('Place of the unit, or of the pack that it is in, from 0'),
        role: z.enum(['target', 'trigger']),
        discount: money,
      }),
    ),
  });
  const promo = z.object({
    promo_id: text,
    promo_id_retailer: text.nullable(),
    promo_family: FamilyLetter,
    promo_title: text,
    discount: money,
    final_price: money.describe(
      'After this promotion: of the unit or, for a basket threshold, of the basket',
    ),
    priority: count.nullable(),
    promo_application_times: count.describe('Applications in the whole basket'),
    promo_max_application_limit: count,
    special_promo_info: z.array(programShare).nullable(),
    evaluate_criteria: CriteriaLetter,
    discount_apply_type: AppliesAsLetter,
    layer: count,
    item_source: text.nullable().describe('`item_type` of the line; null for a basket threshold as a whole'),
  });
  const consumed = z.object({
    consumed_qty: count,
    discount: money.describe('Of one unit'),
    final_price: money.describe('Of one unit'),
    applied_promos: z.array(promo).describe('Of the last layer that used these units'),
    applied_promos_prev_layers: z.array(promo),
  });
  const suggestion = suggestionResponse(money);
  const item = z.object({
    line_id: text,
    sku: text,
    barcode: text.optional(),
    quantity: count,
    unit_price: money,
    mrp: money,
    uom: text.optional(),
    weight_milli: count.optional(),
    pack_size: count.optional(),
    categories: z.array(EvaluateCategory),
    item_type: text,
    parent_line_id: text.optional(),
    exclude_from_promotions: z.boolean().optional(),
    attributes: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
    unit_discounts: z.array(money).describe('What comes off each unit of the line, in the order of the line'),
    discount_info: z
      .array(consumed)
      .describe('Units that a promotion discounts, those with one history together'),
    requisite_info: z.array(consumed).describe('Units that a promotion only needs'),
    remaining_info: z.object({
      remaining_qty: count,
      promo_suggestions: z.array(suggestion.omit({ line_ids: true })),
    }),
    item_addons: z
      .array(z.object({ item_id: text, discount_cummulative: money, final_price_cummulative: money }))
      .nullable(),
  });
  return z.object({
    status: z.boolean().describe('False: the answer contradicts itself and must not be used'),
    status_msg: text,
    customer_id: text.nullable(),
    is_guest_user: z.boolean().nullable(),
    engine_version: text,
    catalog_version: count
      .nullable()
      .describe('The shelf whose promotions were evaluated; null: inline ones'),
    optimality: z.discriminatedUnion('status', [
      z.object({ status: z.literal('proved') }),
      z.object({
        status: z.literal('bounded'),
        upper_bound: money.describe('No plan takes off more than that'),
      }),
    ]),
    currency: text,
    discount_total: money,
    cashback_total: money.describe('Granted apart: prices stay'),
    tender_total: money.describe('Granted apart: prices stay'),
    applied_promotions: z.array(appliedPromotion).describe('In the order of application'),
    suggestions: z.array(suggestion).nullable().describe('The closest first; null: not asked for'),
    explanation: explanationResponse(money).nullable().describe('Null: not asked for'),
    basket: z.object({
      id: text.nullable(),
      total_mrp: money,
      total_sp: money,
      discount: money,
      total_after_promos: money,
      special_promos_info: z.object({
        discount: money,
        applied_programs: z.array(
          z.object({
            program_name: text,
            program_title: text.nullable(),
            discount: money,
            qualifiers: z.array(
              z.object({
                input: text,
                qualifier_id: text.nullable(),
                description: text,
                promo_id: text,
                discount: money,
              }),
            ),
          }),
        ),
      }),
      basket_threshold_promos: z.object({
        discount_already_deducted_from_basket_total: z.literal(true),
        discount: money,
        applied_promos: z.array(promo),
      }),
      items: z.array(item),
    }),
  });
}

export const EvaluateResponse = evaluateResponse(z.int().nonnegative());
export type EvaluateResponse = z.infer<typeof EvaluateResponse>;
