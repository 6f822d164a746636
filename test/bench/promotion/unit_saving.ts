import type { PromotionLine } from '../../../shared/promotion/basket.ts';
import type { Promotion } from '../../../shared/promotion/schema.ts';

/** The peers' own arithmetic for the benchmark's workload: no weights, nothing discounted before. */

export function baseOf({ price_base }: Promotion, { unit_price, mrp = unit_price }: PromotionLine): number {
  return price_base === 'mrp' ? mrp : unit_price;
}

/** What one unit by itself gets off; negative or nothing: it cannot be discounted. */
export function unitSaving(promotion: Promotion, line: PromotionLine): number {
  const { discount_type, discount_value } = promotion;
  const { unit_price } = line;
  switch (discount_type) {
    case 'percent':
      return Math.min(
        unit_price,
        Math.floor((2 * baseOf(promotion, line) * discount_value + 10_000) / 20_000),
      );
    case 'amount':
      return discount_value <= unit_price ? discount_value : 0;
    case 'fixed':
      return unit_price - discount_value;
  }
}
