import type { Evaluation } from '../../shared/promotion/basket.ts';
import type { WireLine } from './oracle/wire.ts';

/** What an evaluation says in sum, as the oracle says it too. Amounts in minor units. */
export interface Totals {
  unit_discounts: Record<string, number[]>;
  total_discount: number;
  cashback_total: number;
  tender_total: number;
  /** Sorted. */
  applied_promotion_ids: string[];
}

export const totalsOf = (evaluation: Evaluation): Totals => ({
  unit_discounts: Object.fromEntries(evaluation.lines.map((line) => [line.line_id, line.unit_discounts])),
  total_discount: evaluation.discount_total,
  cashback_total: evaluation.cashback_total,
  tender_total: evaluation.tender_total,
  applied_promotion_ids: evaluation.applied.map(({ promotion_id }) => promotion_id).toSorted(),
});

/** The same, counted again from nothing but what each promotion says that it took from each unit. */
export function recount({ applied }: Evaluation, lines: readonly WireLine[]): Totals {
  const unit_discounts = Object.fromEntries(
    lines.map(({ line_id, quantity }) => [line_id, Array<number>(quantity).fill(0)]),
  );
  let total_discount = 0;
  let cashback_total = 0;
  let tender_total = 0;
  for (const { applies_as, units } of applied) {
    for (const { line_id, unit_index, discount } of units) {
      if (applies_as === 'cashback') cashback_total += discount;
      else if (applies_as === 'tender') tender_total += discount;
      else {
        const row = unit_discounts[line_id];
        if (row?.[unit_index] === undefined) throw new Error(`no unit ${unit_index} in line ${line_id}`);
        row[unit_index] += discount;
        total_discount += discount;
      }
    }
  }
  const applied_promotion_ids = applied.map(({ promotion_id }) => promotion_id).toSorted();
  return { unit_discounts, total_discount, cashback_total, tender_total, applied_promotion_ids };
}
