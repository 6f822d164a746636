import type { Evaluation, EvaluationContext, PromotionBasket } from '../../../../shared/promotion/basket.ts';
import { type CompiledPromotions, compile } from '../../../../shared/promotion/compile.ts';
import { evaluate } from '../../../../shared/promotion/evaluate.ts';
import { explain } from '../../../../shared/promotion/explain/explain.ts';
import type { Explanation } from '../../../../shared/promotion/explain/explanation.ts';
import { match } from '../../../../shared/promotion/match.ts';
import type { Promotion } from '../../../../shared/promotion/schema.ts';

/** What a test basket comes to; amounts in minor units. */
export interface TriedOut {
  /** At the shelf's prices. */
  shelf: number;
  /** To pay without the promotion that is tried; the others took part if they were asked to. */
  without: number;
  /** To pay with it. */
  with: number;
  evaluation: Evaluation;
  /** Costs several times what the evaluation did. */
  explain(): Explanation;
}

/** The others, indexed once: a store has thousands, and the basket is tried at every letter. */
export interface Others {
  compiled: CompiledPromotions;
}

export const indexOthers = (promotions: readonly Promotion[]): Others => ({ compiled: compile(promotions) });

/** The others that the basket touches at all: only they can change what it comes to. */
export function othersTouching(
  { compiled }: Others,
  basket: PromotionBasket,
  context: EvaluationContext,
): Promotion[] {
  const touching = new Set(match(compiled, basket, context, 'all').map(({ rule }) => rule.promotion.id));
  return compiled.promotions.filter(({ id }) => touching.has(id));
}

/** The basket with and without a promotion, which counts as switched on. Null: the basket alone. */
export function tryOut(
  tried: Promotion | null,
  others: readonly Promotion[],
  basket: PromotionBasket,
  context: EvaluationContext,
): TriedOut {
  const rest = others.filter(({ id }) => id !== tried?.id);
  const before = compile(rest);
  const without = evaluate(before, basket, context);
  const all = tried === null ? before : compile([...rest, { ...tried, is_active: true }]);
  const evaluation = tried === null ? without : evaluate(all, basket, context);
  const shelf = basket.lines.reduce((sum, { unit_price, quantity }) => sum + unit_price * quantity, 0);
  return {
    shelf,
    without: shelf - without.discount_total,
    with: shelf - evaluation.discount_total,
    evaluation,
    explain: () => explain(all, basket, context, evaluation),
  };
}
