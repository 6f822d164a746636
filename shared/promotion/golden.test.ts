import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { unwrap } from '../result.ts';
import { compile } from './compile.ts';
import { evaluate } from './evaluate.ts';
import { parsePromotion } from './parse.ts';
import { parseSpecials, SpecialPromotions } from './parse_special.ts';

const VECTORS: string = '../../test/vectors/promotions.json';
const Case = z.object({
  id: z.string(),
  currency: z.string(),
  basket: z.array(
    z.looseObject({
      line_id: z.string(),
      sku: z.string(),
      quantity: z.number(),
      unit_price: z.number(),
      categories: z.array(z.object({ name: z.string(), value: z.string() })),
    }),
  ),
  promotions: z.array(z.unknown()),
  context: z
    .object({
      now_local: z.string().optional(),
      special_promos: SpecialPromotions.default([]),
      settings: z.record(z.string(), z.unknown()).default({}),
    })
    .prefault({}),
  expected: z.object({
    unit_discounts: z.record(z.string(), z.array(z.number())),
    total_discount: z.number(),
    cashback_total: z.number().default(0),
    tender_total: z.number().default(0),
    applied_promotion_ids: z.array(z.string()),
  }),
  notes: z.string(),
});

const cases = z.array(Case).parse((await import(/* @vite-ignore */ VECTORS)).default);

describe('golden cases', () => {
  it('are there', () => {
    expect(cases.length).toBeGreaterThan(100);
  });

  it.each(cases)('$id: $notes', ({ basket, currency, promotions, context, expected }) => {
    const compiled = compile(promotions.map((promotion) => unwrap(parsePromotion(promotion))));
    const special_promos = unwrap(parseSpecials(context.special_promos));
    const evaluation = evaluate(compiled, { currency, lines: basket }, { ...context, special_promos });
    expect({
      unit_discounts: Object.fromEntries(evaluation.lines.map((line) => [line.line_id, line.unit_discounts])),
      total_discount: evaluation.discount_total,
      cashback_total: evaluation.cashback_total,
      tender_total: evaluation.tender_total,
      applied_promotion_ids: evaluation.applied.map((promotion) => promotion.promotion_id).sort(),
    }).toEqual(expected);
    expect(evaluation.optimality).toEqual({ status: 'proved' });
  });
});
