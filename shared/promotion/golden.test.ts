import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { unwrap } from '../result.ts';
import { compile } from './compile.ts';
import { evaluate } from './evaluate.ts';
import { parsePromotion } from './parse.ts';

/** Every JavaScript runtime has one, but no platform's types are loaded here. */
declare const console: { log(text: string): void };

const VECTORS: string = '../../test/vectors/promotions.json';
const Header = z.looseObject({
  family: z.string(),
  evaluate_criteria: z.string(),
  discount_apply_type: z.string(),
});
const Qualifier = z.looseObject({
  input: z.string(),
  qualifier_ids: z.array(z.string()),
  max_application_limit: z.number().optional(),
});
const Case = z.object({
  id: z.string(),
  currency: z.string(),
  basket: z.array(
    z.looseObject({
      line_id: z.string(),
      sku: z.string(),
      quantity: z.number(),
      unit_price: z.number(),
      mrp: z.number().optional(),
      categories: z.array(z.object({ name: z.string(), value: z.string() })),
      exclude_from_promotions: z.boolean().optional(),
    }),
  ),
  promotions: z.array(Header),
  context: z
    .object({
      now_local: z.string().optional(),
      special_promos: z
        .array(z.object({ program_name: z.string(), group_qualifiers: z.array(Qualifier) }))
        .optional(),
      settings: z.object({ one_basket_promo_per_layer: z.boolean() }).optional(),
    })
    .optional(),
  expected: z.object({
    unit_discounts: z.record(z.string(), z.array(z.number())),
    total_discount: z.number(),
    applied_promotion_ids: z.array(z.string()),
  }),
  notes: z.string(),
});
type Case = z.infer<typeof Case>;

const all = z.array(Case).parse((await import(/* @vite-ignore */ VECTORS)).default);

/** What this engine knows today: easy by priority, basket thresholds, and lines without packs and add-ons. */
function isSupported({ promotions, basket, context }: Case): boolean {
  const families = promotions.every(
    (p) => (p.family === 'e' && p.evaluate_criteria === 'p') || p.family === 'b',
  );
  const applied = promotions.every((p) => p.discount_apply_type === 'b' || p.discount_apply_type === 'p');
  const plain = basket.every((line) => !('pack_size' in line) && !('parent_line_id' in line));
  const qualifiers = (context?.special_promos ?? []).flatMap((special) => special.group_qualifiers);
  return families && applied && plain && qualifiers.every((qualifier) => !('promo_override' in qualifier));
}

const supported = all.filter(isSupported);
console.log(
  `golden promotion cases: ${supported.length} of ${all.length} are within the engine's present scope`,
);

describe('golden cases', () => {
  it('are selected in the expected number', () => {
    expect(supported.length).toBe(50);
  });

  it.each(supported)('$id: $notes', ({ basket, currency, promotions, context, expected }) => {
    const compiled = compile(promotions.map((promotion) => unwrap(parsePromotion(promotion))));
    expect(compiled.findings).toEqual([]);
    const evaluation = evaluate(compiled, { currency, lines: basket }, context);
    expect(Object.fromEntries(evaluation.lines.map((line) => [line.line_id, line.unit_discounts]))).toEqual(
      expected.unit_discounts,
    );
    expect(evaluation.discount_total).toBe(expected.total_discount);
    expect(evaluation.applied.map((promotion) => promotion.promotion_id).sort()).toEqual(
      expected.applied_promotion_ids,
    );
  });

  it('all parse, and what is out of scope is refused by name', () => {
    for (const { promotions, id } of all) {
      const parsed = promotions.map((promotion) => unwrap(parsePromotion(promotion)));
      const others = promotions.filter((p) => p.family !== 'e' && p.family !== 'b');
      const findings = compile(parsed).findings.filter((finding) => finding.code === 'unsupported_family');
      expect(findings.length, id).toBe(others.length);
    }
  });
});
