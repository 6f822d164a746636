import { z } from 'zod';
import { err, ok, type Result } from '../result.ts';
import type { PromotionOverride, Qualification, SpecialPromotion } from './basket.ts';
import { type PromotionError, parsePromotion, translate } from './parse.ts';
import { Promotion } from './schema.ts';

const PROGRAMS_MAX = 100;
const INPUTS_MAX = 100;
const QUALIFIERS_MAX = 1_000;
const TEXT_MAX = 255;

/** The programs of an evaluation request, with the overrides still as documents. */
export const SpecialPromotions = z
  .array(
    z.object({
      program_name: z.string().min(1).max(TEXT_MAX),
      program_title: z.string().max(TEXT_MAX).nullish(),
      group_qualifiers: z
        .array(
          z.object({
            input: z.string().max(TEXT_MAX),
            qualifier_ids: z.array(z.string().min(1).max(TEXT_MAX)).max(QUALIFIERS_MAX).default([]),
            max_application_limit: z.int().min(0).nullish(),
            promo_override: z.record(z.string(), z.unknown()).nullish(),
          }),
        )
        .max(INPUTS_MAX),
    }),
  )
  .max(PROGRAMS_MAX);
export type SpecialPromotions = z.infer<typeof SpecialPromotions>;

/**
 * The programs with their overrides read: one with a family is a whole promotion of this basket, one without
 * replaces header fields. Documented field names and letter codes count too. Paths begin at the programs.
 */
export function parseSpecials(specials: SpecialPromotions): Result<SpecialPromotion[], PromotionError> {
  const issues: PromotionError['issues'] = [];
  const programs = specials.map(({ program_name, program_title, group_qualifiers }, p) => ({
    program_name,
    program_title: program_title ?? undefined,
    group_qualifiers: group_qualifiers.map((given, q): Qualification => {
      const { input, qualifier_ids, max_application_limit, promo_override } = given;
      const read = promo_override ? overrideOf(promo_override, `otf-${p}-${q}`) : ok({});
      if (!read.ok) {
        const at = `${p}.group_qualifiers.${q}.promo_override`;
        issues.push(...read.error.issues.map((issue) => ({ ...issue, path: `${at}.${issue.path}` })));
      }
      return {
        input,
        qualifier_ids,
        max_application_limit: max_application_limit ?? undefined,
        ...(read.ok ? read.value : {}),
      };
    }),
  }));
  return issues.length > 0 ? err({ code: 'bad_promotion', issues }) : ok(programs);
}

/** Fields that an override leaves alone: who the promotion is and what it is for. */
const KEPT: ReadonlySet<string> = new Set([
  'id',
  'retailer_promotion_id',
  'family',
  'groups',
  'qualifiers',
  'availability',
]);

function overrideOf(
  document: Record<string, unknown>,
  id: string,
): Result<Pick<Qualification, 'override' | 'on_the_fly'>, PromotionError> {
  if (document['family'] !== undefined && document['family'] !== null) {
    const parsed = parsePromotion({ id, ...document });
    return parsed.ok ? ok({ on_the_fly: parsed.value }) : parsed;
  }
  const fields = translate(document);
  const shape = Object.fromEntries(
    Object.entries(Promotion.shape).filter(([name]) => fields[name] !== undefined && !KEPT.has(name)),
  );
  const parsed = z.object(shape).safeParse(fields);
  if (parsed.success) {
    const override: PromotionOverride = parsed.data;
    return ok({ override });
  }
  return err({
    code: 'bad_promotion',
    issues: parsed.error.issues.map(({ path, code, message }) => ({
      path: path.map(String).join('.'),
      code,
      message,
    })),
  });
}
