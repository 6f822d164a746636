/** What is evaluated: plain facts of a basket. Amounts in minor units of `currency`. */
export interface PromotionBasket {
  currency: string;
  lines: readonly PromotionLine[];
}

export interface PromotionLine {
  /** Unique in the basket. */
  line_id: string;
  sku: string;
  /** Whole units, at least 1. */
  quantity: number;
  unit_price: number;
  /** List price; the unit price if absent. */
  mrp?: number | undefined;
  /** Levels `c1` to `c7`, the department first. */
  categories: readonly { name: string; value: string }[];
  /** Deposits, donations, returns, overridden prices: in no group and in no threshold. */
  exclude_from_promotions?: boolean | undefined;
}

export interface EvaluationContext {
  /** The store's wall clock, `2025-06-30T19:00:00`; absent: every schedule counts as open. */
  now_local?: string | undefined;
  special_promos?: readonly SpecialPromotion[] | undefined;
  settings?: Partial<EvaluationSettings> | undefined;
}

/** A coupon, subscription, referral or staff program that the basket brings along. */
export interface SpecialPromotion {
  program_name: string;
  group_qualifiers: readonly {
    input: string;
    qualifier_ids: readonly string[];
    /** In place of the promotion's own limit; several inputs add up and 0 switches it off. */
    max_application_limit?: number | undefined;
  }[];
}

export interface EvaluationSettings {
  /** At most one basket threshold a layer. */
  one_basket_promo_per_layer: boolean;
  /** Whether a percentage off the basket is rounded per unit or once. */
  basket_percent_rounding: 'unit' | 'total';
}

export interface Evaluation {
  discount_total: number;
  /** In the order of the basket; every line is there. */
  lines: EvaluatedLine[];
  /** In the order of application. */
  applied: EvaluatedPromotion[];
  /** Whether the discount is known to be the best that the promotions' own rules allow. */
  optimality: { status: 'proved' } | { status: 'bounded'; upper_bound: number };
  engine_version: string;
}

export interface EvaluatedLine {
  line_id: string;
  /** One entry a unit; each between 0 and the unit price. */
  unit_discounts: number[];
  discount: number;
  promotions: { promotion_id: string; title: string; discount: number }[];
}

interface EvaluatedPromotion {
  promotion_id: string;
  title: string;
  family: string;
  layer: number;
  discount: number;
  applications: number;
}
