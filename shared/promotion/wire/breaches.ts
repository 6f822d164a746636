import type { EvaluateResponse } from './evaluate_response.ts';

type Item = EvaluateResponse['basket']['items'][number];

const sum = (amounts: readonly number[]): number => amounts.reduce((total, amount) => total + amount, 0);

/** Where a finished answer contradicts itself, in words for the log. None is ever expected. */
export function breachesOf(response: EvaluateResponse): string[] {
  const { basket, applied_promotions, discount_total, cashback_total, tender_total } = response;
  const breaches = basket.items.flatMap(breachesOfItem);
  const must = (holds: boolean, what: string) => {
    if (!holds) breaches.push(what);
  };
  const units = sum(basket.items.map(({ unit_discounts }) => sum(unit_discounts)));
  must(units === basket.discount, `the units' discounts are ${units}, the basket's is ${basket.discount}`);
  must(discount_total === basket.discount, `two totals: ${discount_total} and ${basket.discount}`);
  const sold = sum(basket.items.map(({ quantity, unit_price }) => quantity * unit_price));
  must(sold === basket.total_sp, `the lines cost ${sold}, the basket ${basket.total_sp}`);
  must(
    basket.total_after_promos === basket.total_sp - basket.discount,
    `${basket.total_after_promos} is not ${basket.total_sp} less ${basket.discount}`,
  );
  const granted = (...types: string[]) =>
    sum(
      applied_promotions
        .filter(({ apply_type }) => types.includes(apply_type))
        .map((promotion) => promotion.discount),
    );
  must(granted('b', 'p') === basket.discount, `the promotions took off ${granted('b', 'p')}`);
  must(granted('c') === cashback_total, `the cashback is ${granted('c')}, not ${cashback_total}`);
  must(granted('t') === tender_total, `the tender is ${granted('t')}, not ${tender_total}`);
  for (const { promo_id, discount, units: own } of applied_promotions) {
    const shares = sum(own.map((unit) => unit.discount));
    must(shares === discount, `${promo_id} took off ${discount}, its units ${shares}`);
  }
  return breaches;
}

function breachesOfItem(item: Item): string[] {
  const { line_id, quantity, unit_price, unit_discounts, discount_info, requisite_info, remaining_info } =
    item;
  const breaches: string[] = [];
  const used = [...discount_info, ...requisite_info];
  const counted = sum(used.map(({ consumed_qty }) => consumed_qty)) + remaining_info.remaining_qty;
  if (counted !== quantity || unit_discounts.length !== quantity)
    breaches.push(`line ${line_id}: ${counted} and ${unit_discounts.length} of ${quantity} units`);
  if (!unit_discounts.every((discount) => discount >= 0 && discount <= unit_price))
    breaches.push(`line ${line_id}: a unit discount beyond 0 to ${unit_price}`);
  const told = sum(used.map(({ consumed_qty, discount }) => consumed_qty * discount));
  if (told !== sum(unit_discounts))
    breaches.push(`line ${line_id}: histories give ${told}, units ${sum(unit_discounts)}`);
  if (requisite_info.some(({ discount }) => discount !== 0))
    breaches.push(`line ${line_id}: a unit that is only needed has a discount`);
  return breaches;
}
