import type { EvaluationSettings } from './basket.ts';

/** What counts where a caller says nothing. */
export const DEFAULT_SETTINGS: EvaluationSettings = {
  one_basket_promo_per_layer: false,
  basket_percent_rounding: 'unit',
  zero_discount: 'drop',
  residual: 'spread',
  node_budget: 50_000,
};
