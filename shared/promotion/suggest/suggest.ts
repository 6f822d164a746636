import type { Evaluation, EvaluationContext, PromotionBasket } from '../basket.ts';
import type { CompiledPromotions } from '../compile.ts';
import { Replay } from '../explain/replay.ts';
import { titleOf } from '../explain/title.ts';
import { match } from '../match.ts';
import { isBasketFamily } from '../rule.ts';
import type { Promotion } from '../schema.ts';
import { splitOf } from '../split.ts';
import { itemShortage } from './item_shortage.ts';
import { thresholdShortage } from './threshold_shortage.ts';

/** A promotion that would apply once more if the basket had a little more. Amounts in minor units. */
export interface Suggestion {
  promotion_id: string;
  retailer_promotion_id: string | null;
  title: string;
  family: Promotion['family'];
  /** In stored order; one of them is missing something. */
  groups: SuggestedGroup[];
  /** What is still to be spent. */
  missing_amount?: number;
  /** What the next application takes off, as far as the basket tells; see `potentialDiscount`. */
  potential_discount?: number;
  /** Everything is there but a target, and the target is free. */
  free_item_missing: boolean;
  /** Lines with a matching unit, in the order of the basket. */
  line_ids: string[];
}

export interface SuggestedGroup {
  name: string;
  /** Whether the numbers are units or, of a spend, minor units. */
  counts: 'units' | 'spend';
  required: number;
  present: number;
  missing: number;
}

/** What one more application of a promotion lacks. */
export interface Shortage {
  groups: SuggestedGroup[];
  missingAmount: number | null;
  potential: number | null;
  freeItemMissing: boolean;
  /** The missing part of what an application needs, averaged over the groups: 0 to 1. */
  distance: number;
}

/**
 * Near misses of an evaluated basket, the closest first, then those that save most; equal ones in the order of
 * their turn. Only promotions that are open, unlocked and have an application left, counted on the units that
 * no item promotion of their layer used. Those that would come to nothing are left out. The arguments are
 * those of the evaluation; the cost follows the promotions that the basket touches.
 */
export function suggest(
  compiled: CompiledPromotions,
  basket: PromotionBasket,
  context: EvaluationContext,
  evaluation: Evaluation,
): Suggestion[] {
  const candidates = match(compiled, basket, context, 'all').filter(
    ({ closed, rule }) => closed === null && rule.promotion.is_active,
  );
  const replay = new Replay(basket, evaluation, candidates);
  const split = splitOf({ residual: context.settings?.residual ?? 'spread' });
  const isUsedUp = linesUsedUp(basket, evaluation);
  const onlyOne = context.settings?.one_basket_promo_per_layer === true;
  const found: { suggestion: Suggestion; distance: number }[] = [];
  replay.walk((candidate, place) => {
    const { promotion, stage } = candidate.rule;
    const isBasket = isBasketFamily(promotion.family);
    if (onlyOne && stage === 'basket' && replay.rivalsOf(candidate, place).length > 0) return;
    const own = new Set(candidate.lines.flat());
    const lines = basket.lines.filter((_, at) => own.has(at) && (isBasket || !isUsedUp[at]));
    if (lines.length === 0) return;
    const shortage = isBasket
      ? thresholdShortage(candidate, replay, split)
      : itemShortage(candidate, replay, split);
    if (shortage === null || shortage.potential === 0) return;
    found.push({
      distance: shortage.distance,
      suggestion: {
        promotion_id: promotion.id,
        retailer_promotion_id: promotion.retailer_promotion_id ?? null,
        title: titleOf(promotion, basket.currency),
        family: promotion.family,
        groups: shortage.groups,
        ...(shortage.missingAmount === null ? {} : { missing_amount: shortage.missingAmount }),
        ...(shortage.potential === null ? {} : { potential_discount: shortage.potential }),
        free_item_missing: shortage.freeItemMissing,
        line_ids: lines.map(({ line_id }) => line_id),
      },
    });
  });
  return found
    .sort(
      (a, b) =>
        a.distance - b.distance ||
        (b.suggestion.potential_discount ?? 0) - (a.suggestion.potential_discount ?? 0),
    )
    .map(({ suggestion }) => suggestion);
}

/** By line, whether item promotions use all of its units: for those there is nothing to add. */
function linesUsedUp({ lines }: PromotionBasket, { applied }: Evaluation): boolean[] {
  const used = new Map<string, Map<number, number>>();
  for (const { family, units } of applied) {
    if (isBasketFamily(family)) continue;
    const pieces = new Map<string, Map<number, number>>();
    for (const { line_id, unit_index } of units) {
      const own = pieces.get(line_id) ?? new Map<number, number>();
      pieces.set(line_id, own);
      own.set(unit_index, (own.get(unit_index) ?? 0) + 1);
    }
    for (const [line_id, own] of pieces) {
      const most = used.get(line_id) ?? new Map<number, number>();
      used.set(line_id, most);
      for (const [unit, count] of own) most.set(unit, Math.max(most.get(unit) ?? 0, count));
    }
  }
  return lines.map(({ line_id, quantity, pack_size = 1 }) => {
    const own = used.get(line_id);
    return own !== undefined && own.size === quantity && [...own.values()].every((n) => n >= pack_size);
  });
}
