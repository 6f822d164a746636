import { amongOthers } from './lint/among_others.ts';
import { ignoredFields } from './lint/ignored_fields.ts';
import { neverApplies } from './lint/never_applies.ts';
import { selectionOrder } from './lint/selection_order.ts';
import { surprises } from './lint/surprises.ts';
import type { Promotion } from './schema.ts';

export type LintCode =
  | 'order_like_lowest_first'
  | 'order_like_highest_first'
  | 'trigger_order_reversed'
  | 'field_ignored'
  | 'limit_ignored'
  | 'target_group_case'
  | 'group_names_alike'
  | 'open_to_everybody'
  | 'layer_raised'
  | 'whole_set'
  | 'threshold_raised'
  | 'spend_at_list_price'
  | 'scales_with_quantity'
  | 'runs_as_easy'
  | 'groups_overlap'
  | 'large_discount'
  | 'special_without_limit'
  | 'no_discount'
  | 'no_cap_left'
  | 'no_day'
  | 'no_time'
  | 'ended'
  | 'selects_nothing'
  | 'closes_later_layers'
  | 'duplicate';

/** Something legal that does not do what most people would expect. */
export interface Oddity {
  code: LintCode;
  /** A sentence in the words of the shop. */
  message: string;
  /** The field in our own names, dotted: `groups.0.nodes.3`. */
  path?: string;
}

export interface LintFinding extends Oddity {
  promotion_id: string;
  severity: 'warning';
}

export interface LintOptions {
  /** The store's wall clock, to find what has ended. */
  now_local?: string | undefined;
}

/** Findings promotion by promotion, in the order given; only what the documents alone decide. */
export function lint(promotions: readonly Promotion[], options: LintOptions = {}): LintFinding[] {
  const others = amongOthers(promotions);
  return promotions.flatMap((promotion, place) =>
    [
      ...neverApplies(promotion, options.now_local),
      ...surprises(promotion),
      ...selectionOrder(promotion),
      ...ignoredFields(promotion),
      ...(others[place] ?? []),
    ].map((oddity): LintFinding => ({ promotion_id: promotion.id, severity: 'warning', ...oddity })),
  );
}
