/** Documented names of header fields, and ours. Those of the schedule are fields of `schedule` with us. */
export const HEADER_NAMES: ReadonlyMap<string, string> = new Map([
  ['ksuid', 'id'],
  ['promo_id_retailer', 'retailer_promotion_id'],
  ['evaluate_criteria', 'criteria'],
  ['evaluate_priority', 'priority'],
  ['discount_type_strategy', 'discount_on'],
  ['discount_value_on', 'price_base'],
  ['max_application_limit', 'max_applications'],
  ['discounted_group_item_selection_criteria', 'selection'],
  ['requisite_groups_item_selection_criteria', 'trigger_selection'],
  ['target_discounted_group_name', 'target_group'],
  ['target_discounted_group_qty_min', 'target_quantity'],
  ['discount_apply_type', 'applies_as'],
  ['apply_on_discounted_items', 'stackable'],
  ['promo_groups', 'groups'],
  ['promo_short_code', 'short_code'],
  ['special_promo_info', 'qualifiers'],
]);
export const GROUP_NAMES: ReadonlyMap<string, string> = new Map([
  ['qty_or_value_min', 'minimum'],
  ['qty_or_value_max', 'maximum'],
  ['promo_group_nodes', 'nodes'],
]);
export const SCHEDULE_NAMES: ReadonlyMap<string, string> = new Map([
  ['start_date_time', 'start'],
  ['end_date_time', 'end'],
  ['active_days', 'active_days'],
  ['is_happy_hour', 'is_happy_hour'],
]);
export const QUALIFIER_NAMES: ReadonlyMap<string, string> = new Map([['group_qualifier_id', 'id']]);
