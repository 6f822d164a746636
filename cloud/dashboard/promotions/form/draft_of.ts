import { EVERY_TIME } from '../../../../shared/promotion/describe/terms.ts';
import type { Stored } from '../data/records.ts';
import { moneyInput, percentInput } from './amount.ts';
import { type Draft, isSpend } from './draft.ts';

/** A stored promotion as a form shows it. */
export function draftOf(stored: Stored, currency: string): Draft {
  const target = Math.max(
    0,
    stored.groups.findIndex(({ name }) => name === stored.target_group),
  );
  const value = (type: string, of: number) =>
    type === 'percent' ? percentInput(of) : moneyInput(of, currency);
  const { schedule } = stored;
  return {
    family: stored.family,
    retailer_promotion_id: stored.retailer_promotion_id ?? '',
    title: stored.title,
    description: stored.description,
    is_active: stored.is_active,
    groups: stored.groups.map((group, i) => ({
      name: group.name,
      minimum: isSpend({ family: stored.family, target }, i)
        ? moneyInput(group.minimum, currency)
        : String(group.minimum),
      maximum: group.maximum === undefined ? '' : String(group.maximum),
      filters: group.filters,
      nodes: group.nodes.map(({ discount_type, discount_value, ...node }) => ({
        ...node,
        filters: node.filters,
        discount_type: discount_type ?? ('' as const),
        discount_value: discount_type === undefined ? '' : value(discount_type, discount_value ?? 0),
      })),
    })),
    discount_type: stored.discount_type,
    discount_value: value(stored.discount_type, stored.discount_value),
    discount_on: stored.discount_on,
    target,
    target_quantity: String(stored.target_quantity ?? 1),
    criteria: stored.criteria,
    priority: stored.priority === undefined ? '' : String(stored.priority),
    layer: String(stored.layer),
    price_base: stored.price_base,
    selection: stored.selection,
    trigger_selection: stored.trigger_selection,
    max_applications: stored.max_applications >= EVERY_TIME ? '' : String(stored.max_applications),
    max_discount: stored.max_discount === undefined ? '' : moneyInput(stored.max_discount, currency),
    stackable: stored.stackable,
    exclusive: stored.exclusive === undefined ? '' : stored.exclusive ? 'yes' : 'no',
    applies_as: stored.applies_as,
    include_addons: stored.include_addons,
    distribution: stored.distribution,
    threshold_excludes_targets: stored.threshold_excludes_targets,
    availability: stored.availability,
    qualifiers: stored.qualifiers,
    schedule: {
      start_date: schedule.start?.slice(0, 10) ?? '',
      start_time: schedule.start?.slice(11, 16) ?? '',
      end_date: schedule.end?.slice(0, 10) ?? '',
      end_time: schedule.end?.slice(11, 16) ?? '',
      active_days: schedule.active_days,
      is_happy_hour: schedule.is_happy_hour,
    },
    store_ids: stored.store_ids,
    excluded_store_ids: stored.excluded_store_ids,
  };
}
