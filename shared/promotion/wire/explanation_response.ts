import { z } from 'zod';
import type { Explanation, Reason } from '../explain/explanation.ts';
import { explanationText } from '../explain/text.ts';
import { Promotion, Schedule } from '../schema.ts';

const count = z.int().nonnegative();
const text = z.string();

const REASON_CODES = [
  'outbid',
  'already_used',
  'locked',
  'already_discounted',
  'too_few',
  'limit_reached',
  'maximum_reached',
  'cap_reached',
  'outside_schedule',
  'needs_qualifier',
  'switched_off',
  'no_gain',
  'cannot_carry',
  'not_best_threshold',
  'one_per_layer',
  'remainder',
  'spend_only',
] as const satisfies Exclude<Reason['code'], 'below_threshold'>[];

/** Why each unit costs what it costs, in our own words, with every amount as `money` says. */
export function explanationResponse<M extends z.ZodType>(money: M) {
  const reason = z.union([
    z.object({
      code: z.literal('below_threshold'),
      what: text.nullable(),
      required: money,
      spent: money,
      missing: money,
      saves: money.nullable(),
    }),
    z.object({
      code: z.enum(REASON_CODES),
      by: z.array(text).optional().describe('Promotions that were in the way'),
      would_save: money.optional(),
      saved: money.optional(),
      saves: money.nullable().optional(),
      max_discount: money.optional(),
      group: text.optional(),
      what: text.nullable().optional(),
      required: count.optional(),
      present: count.optional(),
      missing: count.optional(),
      left: count.optional(),
      limit: count.optional(),
      maximum: count.optional(),
      schedule: Schedule.optional(),
      opens: text.nullable().optional(),
      descriptions: z.array(text).optional(),
    }),
  ]);
  const { family, applies_as } = Promotion.shape;
  const appliesAs = applies_as.unwrap();
  return z.object({
    text: z.array(text).describe('In sentences, the promotions that applied first'),
    lines: z.array(
      z.object({
        line_id: text,
        barred: z.boolean().describe('Kept out of all promotions'),
        units: z.array(
          z.object({
            from: count,
            count,
            discount: money,
            taken: z.array(
              z.object({
                promotion_id: text,
                title: text,
                role: z.enum(['target', 'trigger']),
                discount: money,
                layer: count,
                application: count,
                applies_as: appliesAs,
              }),
            ),
            passed: z
              .array(z.object({ promotion_id: text, reason }))
              .describe('Promotions that touch these units without taking them'),
          }),
        ),
      }),
    ),
    promotions: z.array(
      z.object({
        promotion_id: text,
        retailer_promotion_id: text.nullable(),
        title: text,
        family: family.unwrap(),
        layer: count,
        applies_as: appliesAs,
        line_ids: z.array(text),
        is_applied: z.boolean(),
        discount: money,
        applications: count,
        would_save: money.describe('By itself on this basket'),
        reason: reason.nullable(),
      }),
    ),
  });
}

export const ExplanationResponse = explanationResponse(count);
export type ExplanationResponse = z.infer<typeof ExplanationResponse>;

export const renderExplanation = (explanation: Explanation, currency: string): ExplanationResponse => ({
  text: explanationText(explanation, { currency }),
  ...explanation,
});
