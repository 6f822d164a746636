import type { Evaluation } from '../../shared/promotion/basket.ts';
import { compile } from '../../shared/promotion/compile.ts';
import { evaluate } from '../../shared/promotion/evaluate.ts';
import { parsePromotion } from '../../shared/promotion/parse.ts';
import { parseSpecials } from '../../shared/promotion/parse_special.ts';
import type { PlanMemo } from '../../shared/promotion/plan/memo.ts';
import { unwrap } from '../../shared/result.ts';
import type { WireInstance, WireLine } from './oracle/wire.ts';

/** The engine on an instance, by its public functions alone. */
export const evaluateInstance = (instance: WireInstance): Evaluation => till(instance)(instance.basket);

/** The engine with an instance's promotions and context, for one basket after the other. */
export function till(
  { currency, promotions, context }: WireInstance,
  memo: PlanMemo | null = null,
): (basket: WireLine[]) => Evaluation {
  const compiled = compile(promotions.map((promotion) => unwrap(parsePromotion(promotion))));
  const special_promos = unwrap(parseSpecials(context?.special_promos ?? []));
  return (lines) => evaluate(compiled, { currency, lines }, { ...context, special_promos }, memo);
}
