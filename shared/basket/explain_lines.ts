import type { BasketExplanation } from '../api/basket.ts';
import { formatMoney } from '../money/format.ts';
import type { SpecialPromotion } from '../promotion/basket.ts';
import type { CompiledPromotions } from '../promotion/compile.ts';
import { evaluate } from '../promotion/evaluate.ts';
import { explain } from '../promotion/explain/explain.ts';
import type {
  ExplainedLine,
  ExplainedPromotion,
  Explanation,
  Reason,
} from '../promotion/explain/explanation.ts';
import { explanationText, reasonText } from '../promotion/explain/text.ts';
import type { LineToPrice } from './line_price.ts';
import { promotionBasket } from './price.ts';

/**
 * Why the lines cost what they cost, as far as it is the shopper's business: promotions for holders of a code or
 * card that she has not shown are left out. The arguments are those that the lines were priced with.
 */
export function explainLines(
  lines: readonly LineToPrice[],
  promotions: CompiledPromotions,
  currency: string,
  nowLocal: string | undefined,
  programs: readonly SpecialPromotion[],
): BasketExplanation {
  const basket = promotionBasket(lines, currency);
  const context = { now_local: nowLocal, special_promos: programs };
  const evaluation = evaluate(promotions, basket, context);
  const explanation = withoutHidden(explain(promotions, basket, context, evaluation));
  return {
    text: explanationText(explanation, { currency }),
    lines: explanation.lines.flatMap((line) => {
      const text = lineText(line, explanation, currency);
      return text.length === 0 ? [] : [{ line_id: line.line_id, text }];
    }),
  };
}

const isHidden = (reason: Reason | null): boolean =>
  reason?.code === 'needs_qualifier' || reason?.code === 'switched_off';

function withoutHidden({ lines, promotions }: Explanation): Explanation {
  return {
    promotions: promotions.filter(({ reason }) => !isHidden(reason)),
    lines: lines.map((line) => ({
      ...line,
      units: line.units.map((units) => ({
        ...units,
        passed: units.passed.filter(({ reason }) => !isHidden(reason)),
      })),
    })),
  };
}

/** What took something off the line, then what would have or nearly did; each sentence once. */
function lineText(line: ExplainedLine, explanation: Explanation, currency: string): string[] {
  const known = new Map(explanation.promotions.map((one) => [one.promotion_id, one]));
  const saved = new Map<string, { title: string; discount: number; granted: boolean }>();
  const sentences = new Set<string>();
  for (const { count, taken, passed } of line.units) {
    for (const { promotion_id, title, discount, applies_as } of taken) {
      const granted = applies_as === 'cashback' || applies_as === 'tender';
      const own = saved.get(promotion_id) ?? { title, discount: 0, granted };
      own.discount += discount * count;
      saved.set(promotion_id, own);
    }
    for (const { promotion_id, reason } of passed) {
      const promotion = known.get(promotion_id);
      if (promotion !== undefined && isExpected(promotion))
        sentences.add(reasonText(promotion, reason, explanation, { currency }));
    }
  }
  return [
    ...[...saved.values()].map(({ title, discount, granted }) =>
      discount === 0
        ? `${title}: this counts towards it.`
        : `${title}: ${granted ? '' : '−'}${formatMoney(discount, currency)}${granted ? ' granted apart' : ''}.`,
    ),
    ...sentences,
  ];
}

/** Whether a shopper could ask about it: it saves something by itself, or lacks a little. */
const isExpected = ({ would_save, reason }: ExplainedPromotion): boolean =>
  would_save > 0 || reason?.code === 'too_few' || reason?.code === 'below_threshold';
