import type { Promotion, PromotionNode } from '../schema.ts';

/** The letters that the documented fields carry in place of our words. */

export const FAMILY_LETTERS = {
  easy: 'e',
  easy_plus: 'p',
  combo: 'c',
  line_special: 'l',
  basket_threshold: 'b',
  basket_threshold_target: 't',
  requisite: 'r',
  evenly_distributed: 'm',
} as const satisfies Record<Promotion['family'], string>;

export const CRITERIA_LETTERS = {
  priority: 'p',
  best_discount: 'b',
} as const satisfies Record<Promotion['criteria'], string>;

export const APPLIES_AS_LETTERS = {
  discount: 'b',
  cashback: 'c',
  tender: 't',
  poslog_exclusion: 'p',
} as const satisfies Record<Promotion['applies_as'], string>;

export const NODE_TYPE_LETTERS = {
  item: 'i',
  c1: 'c1',
  c2: 'c2',
  c3: 'c3',
  c4: 'c4',
  c5: 'c5',
  c6: 'c6',
  c7: 'c7',
} as const satisfies Record<PromotionNode['node_type'], string>;
