import type { Evaluation, PromotionLine } from '../../../shared/promotion/basket.ts';

/**
 * Adds an answer up again from the units of its promotions: big baskets are where a sum that is wrong would hide.
 * Says where a total, a limit, a unit's price or the rule of one item promotion a unit does not hold. For
 * baskets without packs, cashback and tender.
 */
export function breachesOf(evaluation: Evaluation, lines: readonly PromotionLine[]): string[] {
  const breaches: string[] = [];
  const breach = (what: string) => breaches.push(what);
  const prices = new Map(lines.map(({ line_id, unit_price }) => [line_id, unit_price]));
  const off = new Map<string, number>();
  const takenBy = new Map<string, string>();
  let total = 0;
  for (const {
    promotion_id,
    family,
    layer,
    units,
    discount,
    applications,
    max_applications,
  } of evaluation.applied) {
    if (applications > max_applications) breach(`${promotion_id} applies ${applications} times`);
    let own = 0;
    for (const unit of units) {
      const key = `${unit.line_id} ${unit.unit_index}`;
      off.set(key, (off.get(key) ?? 0) + unit.discount);
      own += unit.discount;
      if (family.startsWith('basket_')) continue;
      const other = takenBy.get(`${layer} ${key}`);
      if (other !== undefined) breach(`${promotion_id} and ${other} both take ${key}`);
      takenBy.set(`${layer} ${key}`, promotion_id);
    }
    if (own !== discount) breach(`${promotion_id} saves ${discount}, its units ${own}`);
    total += own;
  }
  if (total !== evaluation.discount_total) breach(`${evaluation.discount_total} in all, the units ${total}`);
  const { optimality } = evaluation;
  if (optimality.status === 'bounded' && optimality.upper_bound < total)
    breach(`saves ${total}, above the bound ${optimality.upper_bound}`);
  for (const { line_id, unit_discounts } of evaluation.lines) {
    for (const [i, discount] of unit_discounts.entries()) {
      const key = `${line_id} ${i}`;
      if ((off.get(key) ?? 0) !== discount || discount < 0 || discount > (prices.get(line_id) ?? 0))
        breach(`unit ${key} saves ${discount}, its promotions ${off.get(key) ?? 0}`);
      off.delete(key);
    }
  }
  if (off.size > 0) breach(`units that no line has: ${[...off.keys()].join(', ')}`);
  return breaches;
}
