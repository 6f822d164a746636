import type { Promotion } from './schema.ts';

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
  /** Of one unit, or of one whole pack; a weighed line's extended price. */
  unit_price: number;
  /** List price; the unit price if absent. */
  mrp?: number | undefined;
  /** Levels `c1` to `c7`, the department first. */
  categories: readonly { name: string; value: string }[];
  /** Deposits, donations, returns, overridden prices: in no group and in no threshold. */
  exclude_from_promotions?: boolean | undefined;
  /** Thousandths of the price unit of a weighed line, whose quantity is 1. */
  weight_milli?: number | undefined;
  /** Units in a pack, above 1; they are evaluated singly and summed back per pack. */
  pack_size?: number | undefined;
  /** Makes the line an add-on of another line, whose quantity is 1. */
  parent_line_id?: string | undefined;
  /** What the promotions' filters test. */
  attributes?: Readonly<Record<string, string | number | boolean>> | undefined;
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
  program_title?: string | undefined;
  group_qualifiers: readonly Qualification[];
}

export interface Qualification {
  /** What the shopper gave: a coupon code, a card. */
  input: string;
  qualifier_ids: readonly string[];
  /** In place of the promotion's own limit; several inputs add up and 0 switches it off. */
  max_application_limit?: number | undefined;
  /** Replaces header fields of the promotions that it unlocks. */
  override?: PromotionOverride | undefined;
  /** A promotion of this basket alone, never stored, whether or not a stored one matches. */
  on_the_fly?: Promotion | undefined;
}

/** Header fields only: family, groups, identity and qualifiers stay the promotion's own. */
export type PromotionOverride = Partial<
  Omit<Promotion, 'id' | 'retailer_promotion_id' | 'family' | 'groups' | 'qualifiers' | 'availability'>
>;

export interface EvaluationSettings {
  /** At most one basket threshold a layer. */
  one_basket_promo_per_layer: boolean;
  /** Whether a percentage off the basket is rounded per unit or once. */
  basket_percent_rounding: 'unit' | 'total';
  /** Whether promotions that come to nothing are kept for the report; never among those that compete. */
  zero_discount: 'drop' | 'record';
  /** Where the spare minor units of a split go: over the shares that rounding hurt most, or all on the last. */
  residual: 'spread' | 'last';
  /** Steps that the search for the best plan may try in one evaluation. */
  node_budget: number;
}

export interface Evaluation {
  /** What comes off the price: cashback and tender are apart. */
  discount_total: number;
  cashback_total: number;
  tender_total: number;
  /** In the order of the basket; every line is there. */
  lines: EvaluatedLine[];
  /** In the order of application. */
  applied: AppliedPromotion[];
  /** Whether the competing promotions are known to take off the most that their own rules allow. */
  optimality: Optimality;
  engine_version: string;
}

/**
 * `upper_bound`: with the best plans in the place of those found, discount, cashback and tender would together
 * come to no more than that.
 */
export type Optimality = { status: 'proved' } | { status: 'bounded'; upper_bound: number };

export interface EvaluatedLine {
  line_id: string;
  /** One entry a unit, or a pack; each between 0 and the unit price. */
  unit_discounts: number[];
  discount: number;
  promotions: { promotion_id: string; title: string; discount: number }[];
}

/** A promotion that applied in this basket. */
export interface AppliedPromotion {
  promotion_id: string;
  retailer_promotion_id: string | null;
  title: string;
  family: Promotion['family'];
  layer: number;
  criteria: Promotion['criteria'];
  priority: number | null;
  applies_as: Promotion['applies_as'];
  /** Over all of its units; of a cashback or tender what the shopper is granted. */
  discount: number;
  applications: number;
  max_applications: number;
  /** Which programs of the basket unlocked it, and what each brought. */
  programs: ProgramShare[];
  /** What each of its units gave, in the order in which they were taken. */
  units: UsedUnit[];
}

export interface UsedUnit {
  line_id: string;
  /** Place in the line, from 0: the unit, or the pack that it is in. */
  unit_index: number;
  role: 'target' | 'trigger';
  discount: number;
  /** Which of the promotion's applications took it, from 0. */
  application: number;
}

export interface ProgramShare {
  program_name: string;
  program_title: string | null;
  input: string;
  qualifier_id: string | null;
  description: string;
  discount: number;
}
