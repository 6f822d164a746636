import type { AppliedPromotion, UsedUnit } from '../basket.ts';
import type { Promotion, Schedule } from '../schema.ts';

/** What became of every unit and every promotion of a basket. Amounts in minor units of the basket's currency. */
export interface Explanation {
  /** In the order of the basket. */
  lines: ExplainedLine[];
  /** Those that touch the basket, in the order of their turn. */
  promotions: ExplainedPromotion[];
}

export interface ExplainedLine {
  line_id: string;
  /** Kept out of all promotions: a deposit, a return, an overridden price. */
  barred: boolean;
  /** Neighbouring units with the same story stand together. */
  units: ExplainedUnits[];
}

export interface ExplainedUnits {
  /** Place of the first of them in the line, from 0; units, or packs. */
  from: number;
  count: number;
  /** Off the price of each. */
  discount: number;
  /** In the order of application. */
  taken: TakenBy[];
  /** Promotions that touch the unit without taking it: the one that would have saved most comes first. */
  passed: PassedBy[];
}

export interface TakenBy {
  promotion_id: string;
  title: string;
  role: UsedUnit['role'];
  /** Of each unit; a cashback's or tender's does not come off the price. */
  discount: number;
  layer: number;
  application: number;
  applies_as: AppliedPromotion['applies_as'];
}

export interface PassedBy {
  promotion_id: string;
  reason: Reason;
}

export interface ExplainedPromotion {
  promotion_id: string;
  retailer_promotion_id: string | null;
  title: string;
  family: Promotion['family'];
  layer: number;
  applies_as: AppliedPromotion['applies_as'];
  /** The lines that one of its groups matches. */
  line_ids: string[];
  is_applied: boolean;
  discount: number;
  applications: number;
  /** What it takes off this basket when it is the only promotion, open and unlocked. */
  would_save: number;
  /** What decided against it; null if it applied. */
  reason: Reason | null;
}

/** `by`: the ids of the promotions that were in the way, in the order in which they applied. */
export type Reason =
  /** Its units give more in a better combination, where these promotions save so much. */
  | { code: 'outbid'; by: string[]; would_save: number; saved: number }
  /** A promotion before it in the layer took the units. */
  | { code: 'already_used'; by: string[] }
  /** An exclusive promotion of an earlier layer closed the units. */
  | { code: 'locked'; by: string[] }
  /** It does not stack on what an earlier promotion discounted. */
  | { code: 'already_discounted'; by: string[] }
  /**
   * Units of one application, and what it then takes off; a null is not told by the promotion's document.
   * `what`: the group in words.
   */
  | {
      code: 'too_few';
      group: string;
      what: string | null;
      required: number;
      present: number;
      missing: number;
      saves: number | null;
    }
  /** The same in minor units of spend. */
  | {
      code: 'below_threshold';
      what: string | null;
      required: number;
      spent: number;
      missing: number;
      saves: number | null;
    }
  /** Applications that this basket allows. */
  | { code: 'limit_reached'; limit: number }
  /** Units that a quantity break discounts at most. */
  | { code: 'maximum_reached'; maximum: number }
  | { code: 'cap_reached'; max_discount: number }
  /** `opens`: the next opening within the following week or at its start, on the store's wall clock. */
  | { code: 'outside_schedule'; schedule: Schedule; opens: string | null }
  /** What the qualifiers are called, as far as they say. */
  | { code: 'needs_qualifier'; descriptions: string[] }
  | { code: 'switched_off' }
  /**
   * It comes to nothing: rounding, a set that costs less than the offer, nothing left to pay. `by`: those that
   * lowered the prices before, if any.
   */
  | { code: 'no_gain'; by: string[] }
  /** Enough units, but they cost too little: less than they would get off, or no more than the offered price. */
  | { code: 'cannot_carry'; group: string; required: number; present: number; by: string[] }
  /** Another threshold of the layer saved more. */
  | { code: 'not_best_threshold'; by: string[]; would_save: number; saved: number }
  /** Only one threshold a layer is given. */
  | { code: 'one_per_layer'; by: string[] }
  /** Left over from full sets: so many units, where a set takes so many. */
  | { code: 'remainder'; left: number; required: number }
  /** It counts towards the spend; the saving goes to other units. */
  | { code: 'spend_only' };
