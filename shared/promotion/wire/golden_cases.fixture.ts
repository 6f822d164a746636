import { z } from 'zod';
import { EvaluateResponse } from './evaluate_response.ts';

/** The golden cases of `test/vectors/promotions.json`, as the evaluation API is asked and answers. */
const Case = z.object({
  id: z.string(),
  currency: z.string(),
  basket: z.array(z.unknown()),
  promotions: z.array(z.unknown()),
  context: z.looseObject({}).default({}),
  expected: z.object({
    unit_discounts: z.record(z.string(), z.array(z.number())),
    total_discount: z.number(),
    cashback_total: z.number().default(0),
    tender_total: z.number().default(0),
    applied_promotion_ids: z.array(z.string()),
  }),
});
export type GoldenCase = z.infer<typeof Case>;
export const GoldenCases = z.array(Case).min(100);

export const requestOf = ({ id, currency, basket, promotions, context }: GoldenCase) => ({
  ...context,
  store_id: 'any',
  currency,
  promotions,
  basket: { id, items: basket },
});

/** What an answer says in the words of a case's `expected`; an answer of another shape is an error. */
export function observed(answer: unknown): GoldenCase['expected'] {
  const { basket, applied_promotions, cashback_total, tender_total, status } = EvaluateResponse.parse(answer);
  if (!status) throw new Error('the answer contradicts itself');
  return {
    unit_discounts: Object.fromEntries(
      basket.items.map(({ line_id, unit_discounts }) => [line_id, unit_discounts]),
    ),
    total_discount: basket.discount,
    cashback_total,
    tender_total,
    applied_promotion_ids: applied_promotions.map(({ promo_id }) => promo_id).sort(),
  };
}
