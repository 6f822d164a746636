import { z } from 'zod';
import type { SuggestedGroup, Suggestion } from '../suggest/suggest.ts';
import { FAMILY_LETTERS } from './letter_codes.ts';

const count = z.int().nonnegative();
const text = z.string();

/** A near miss as the evaluation API answers it, with every amount as `money` says. */
export function suggestionResponse<M extends z.ZodType>(money: M) {
  const group = <N extends z.ZodType>(counts: SuggestedGroup['counts'], number: N) =>
    z.object({
      name: text,
      counts: z.literal(counts),
      required: number,
      present: number,
      missing: number,
    });
  return z.object({
    promo_id: text,
    promo_id_retailer: text.nullable(),
    title: text,
    family: z.enum(FAMILY_LETTERS),
    groups: z.array(z.union([group('units', count), group('spend', money)])),
    missing_amount: money.optional().describe('What is still to be spent'),
    potential_discount: money.optional().describe('What the next application takes off, where that is known'),
    free_item_missing: z.boolean().describe('Everything is there but a unit that is free'),
    line_ids: z.array(text).describe('Lines with a matching unit'),
  });
}

export const SuggestionResponse = suggestionResponse(count);
export type SuggestionResponse = z.infer<typeof SuggestionResponse>;

export function renderSuggestion(suggestion: Suggestion): SuggestionResponse {
  const { promotion_id, retailer_promotion_id, title, family, groups, free_item_missing, line_ids } =
    suggestion;
  const { missing_amount, potential_discount } = suggestion;
  return {
    promo_id: promotion_id,
    promo_id_retailer: retailer_promotion_id,
    title,
    family: FAMILY_LETTERS[family],
    groups: groups.map((group) => ({ ...group })),
    ...(missing_amount === undefined ? {} : { missing_amount }),
    ...(potential_discount === undefined ? {} : { potential_discount }),
    free_item_missing,
    line_ids,
  };
}
