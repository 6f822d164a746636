import type { AuditRow } from '../api/audit.ts';
import type { BasketSuggestion } from '../api/basket.ts';
import type { AppliedPromotion } from '../api/common.ts';
import { categoryLevels } from '../catalog/item.ts';
import type { StoreConfig } from '../config/store_config.ts';
import { proportion } from '../money/rounding.ts';
import type { PromotionBasket, SpecialPromotion } from '../promotion/basket.ts';
import type { CompiledPromotions } from '../promotion/compile.ts';
import { evaluate } from '../promotion/evaluate.ts';
import type { PlanMemo } from '../promotion/plan/memo.ts';
import { suggest } from '../promotion/suggest/suggest.ts';
import { err, ok, type Result } from '../result.ts';
import { type TaxBreakdown, type TaxError, taxOf, taxTable } from '../tax/tax.ts';
import { auditRows, checkAudit } from './audit.ts';
import { type LineToPrice, unitPriceOf } from './line_price.ts';
import { suggestionText } from './suggestion_text.ts';

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

/** The same with how its sums came about, unit by unit; they agree with one another. */
export interface AuditedBasket extends PricedBasket {
  rows: AuditRow[];
}

/** A shopper reads no more of them. */
const SUGGESTIONS_MAX = 3;

export type PricingRules = Pick<
  StoreConfig,
  'currency' | 'prices_include_tax' | 'tax_rounding' | 'tax_codes'
>;

/** The lines as the promotion engine sees them. It never sees a deposit, and folds the units of a pack back itself. */
export function promotionBasket(lines: readonly LineToPrice[], currency: string): PromotionBasket {
  return {
    currency,
    lines: lines.filter(isPromotable).map((line) => ({
      line_id: line.line_id,
      sku: line.item.sku,
      quantity: line.quantity,
      unit_price: unitPriceOf(line),
      mrp: listPriceOf(line),
      categories: categoryLevels(line.item),
      ...(line.charge?.promotable === false || line.override != null
        ? { exclude_from_promotions: true }
        : {}),
      ...((line.item.units_per_pack ?? 1) > 1 ? { pack_size: line.item.units_per_pack } : {}),
      ...(line.charge?.by === 'weight' ? { weight_milli: line.charge.weight_grams } : {}),
    })),
  };
}

const isPromotable = ({ kind }: LineToPrice): boolean => kind !== 'deposit';

/** A label's price has no list price beside it; a weighed line's is weighed too. */
function listPriceOf({ item, charge }: LineToPrice): number | undefined {
  if (charge == null || charge.by === 'serial') return item.mrp;
  if (charge.by !== 'weight' || item.mrp === undefined || charge.weight_grams === undefined) return undefined;
  return proportion(item.mrp, charge.weight_grams, 1_000);
}

/** Why lines have no price; `audit` is a bug: the sums do not agree with one another. */
export type PriceError = TaxError | { code: 'audit'; faults: string[] };

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
): Result<AuditedBasket, PriceError> {
  const basket = promotionBasket(lines, rules.currency);
  const context = { now_local: nowLocal, special_promos: programs };
  const evaluation = evaluate(promotions, basket, context, plans);
  const evaluated = new Map(evaluation.lines.map((line) => [line.line_id, line]));
  const priced = lines.map((line): PricedLine => {
    const { discount, promotions: applied } = evaluated.get(line.line_id) ?? { discount: 0, promotions: [] };
    const unit_price = unitPriceOf(line);
    const total = unit_price * line.quantity - discount;
    return { line_id: line.line_id, unit_price, discount, total, promotions: applied };
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
  const subtotal = lines.reduce((sum, line) => sum + unitPriceOf(line) * line.quantity, 0);
  const { tax, gross, breakdown } = taxes.value;
  const answer: AuditedBasket = {
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
    rows: auditRows(lines, evaluation, taxes.value.lines),
    now_local: nowLocal,
  };
  const faults = checkAudit(answer.rows, lines, answer, rules);
  return faults.length === 0 ? ok(answer) : err({ code: 'audit', faults });
}
