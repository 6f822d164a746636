import type { BasketSuggestion } from '../api/basket.ts';
import type { AppliedPromotion } from '../api/common.ts';
import { categoryLevels, type Item } from '../catalog/item.ts';
import type { StoreConfig } from '../config/store_config.ts';
import type { PromotionBasket, SpecialPromotion } from '../promotion/basket.ts';
import type { CompiledPromotions } from '../promotion/compile.ts';
import { evaluate } from '../promotion/evaluate.ts';
import type { PlanMemo } from '../promotion/plan/memo.ts';
import { suggest } from '../promotion/suggest/suggest.ts';
import { ok, type Result } from '../result.ts';
import { type TaxBreakdown, type TaxError, taxOf, taxTable } from '../tax/tax.ts';
import { suggestionText } from './suggestion_text.ts';

export interface LineToPrice {
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
  /** Those that took something off, and those that grant something apart. */
  promotions: AppliedPromotion[];
  suggestions: BasketSuggestion[];
  taxes: TaxBreakdown[];
  /** The store's wall clock at which the promotions were evaluated. */
  now_local: string;
}

/** A shopper reads no more of them. */
const SUGGESTIONS_MAX = 3;

export type PricingRules = Pick<
  StoreConfig,
  'currency' | 'prices_include_tax' | 'tax_rounding' | 'tax_codes'
>;

/** The lines as the promotion engine sees them. */
export function promotionBasket(lines: readonly LineToPrice[], currency: string): PromotionBasket {
  return {
    currency,
    lines: lines.map(({ line_id, item, quantity }) => ({
      line_id,
      sku: item.sku,
      quantity,
      unit_price: item.unit_price,
      mrp: item.mrp,
      categories: categoryLevels(item),
    })),
  };
}

/**
 * Prices all lines together. `nowLocal` is the store's wall clock, which opens and closes promotions;
 * `programs` are what coupons and memberships bring along; `plans` spares what was planned before. A cashback
 * or tender changes no price.
 */
export function priceLines(
  lines: readonly LineToPrice[],
  promotions: CompiledPromotions,
  rules: PricingRules,
  nowLocal: string,
  programs: readonly SpecialPromotion[],
  plans: PlanMemo | null = null,
): Result<PricedBasket, TaxError> {
  const basket = promotionBasket(lines, rules.currency);
  const context = { now_local: nowLocal, special_promos: programs };
  const evaluation = evaluate(promotions, basket, context, plans);
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
      .map(({ promotion_id, title, discount, applies_as }) => ({
        promotion_id,
        title,
        discount,
        ...(applies_as === 'discount' ? {} : { applies_as }),
      })),
    suggestions: suggest(promotions, basket, context, evaluation)
      .slice(0, SUGGESTIONS_MAX)
      .map(({ family: _, retailer_promotion_id: __, ...suggestion }) => ({
        ...suggestion,
        text: suggestionText(suggestion, rules.currency),
      })),
    taxes: breakdown,
    now_local: nowLocal,
  });
}
