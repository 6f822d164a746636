import type { AppliedPromotion } from '../api/common.ts';
import { categoryLevels, type Item } from '../catalog/item.ts';
import type { StoreConfig } from '../config/store_config.ts';
import type { CompiledPromotions } from '../promotion/compile.ts';
import { evaluate } from '../promotion/evaluate.ts';
import { ok, type Result } from '../result.ts';
import { type TaxBreakdown, type TaxError, taxOf, taxTable } from '../tax/tax.ts';

interface LineToPrice {
  line_id: string;
  item: Item;
  quantity: number;
}

interface PricedLine {
  line_id: string;
  unit_price: number;
  discount: number;
  total: number;
  promotions: AppliedPromotion[];
}

/**
 * What a basket costs, in minor units: `total = subtotal − discount`, plus `tax` where prices exclude it;
 * the lines' discounts and totals sum to the basket's, and the taxes of the breakdown to `tax`.
 */
export interface PricedBasket {
  lines: PricedLine[];
  subtotal: number;
  discount: number;
  tax: number;
  total: number;
  promotions: AppliedPromotion[];
  taxes: TaxBreakdown[];
}

export type PricingRules = Pick<
  StoreConfig,
  'currency' | 'prices_include_tax' | 'tax_rounding' | 'tax_codes'
>;

/** Prices all lines together. `nowLocal` is the store's wall clock, which opens and closes promotions. */
export function priceLines(
  lines: readonly LineToPrice[],
  promotions: CompiledPromotions,
  rules: PricingRules,
  nowLocal: string,
): Result<PricedBasket, TaxError> {
  const evaluation = evaluate(
    promotions,
    {
      currency: rules.currency,
      lines: lines.map(({ line_id, item, quantity }) => ({
        line_id,
        sku: item.sku,
        quantity,
        unit_price: item.unit_price,
        mrp: item.mrp,
        categories: categoryLevels(item),
      })),
    },
    { now_local: nowLocal },
  );
  const priced = lines.map((line, position): PricedLine => {
    const { discount, promotions: applied } = evaluation.lines[position] ?? { discount: 0, promotions: [] };
    const total = line.item.unit_price * line.quantity - discount;
    return { line_id: line.line_id, unit_price: line.item.unit_price, discount, total, promotions: applied };
  });
  const taxes = taxOf(
    priced.map(({ line_id, total }, i) => ({
      line_id,
      tax_code: lines[i]?.item.tax_code ?? '',
      amount: total,
    })),
    taxTable(rules.tax_codes),
    { inclusive: rules.prices_include_tax, rounding: rules.tax_rounding },
  );
  if (!taxes.ok) return taxes;
  const subtotal = lines.reduce((sum, { item, quantity }) => sum + item.unit_price * quantity, 0);
  const { tax, gross, breakdown } = taxes.value;
  return ok({
    lines: priced,
    subtotal,
    discount: evaluation.discount_total,
    tax,
    total: gross,
    promotions: evaluation.applied
      .filter((promotion) => promotion.discount > 0)
      .map(({ promotion_id, title, discount }) => ({ promotion_id, title, discount })),
    taxes: breakdown,
  });
}
