import { z } from 'zod';
import { StoreId } from '../../../../shared/ids/index.ts';
import { ALL_ITEMS, Promotion } from '../../../../shared/promotion/schema.ts';

const { shape } = Promotion;
const shapeOfNode = shape.groups.element.shape.nodes.element.shape;

export const DraftNode = z.object({
  node_id: z.string(),
  node_type: shapeOfNode.node_type.unwrap(),
  is_excluded: z.boolean(),
  /** Empty: no discount of its own. */
  discount_type: z.enum(['', 'percent', 'amount', 'fixed']),
  discount_value: z.string(),
  filters: shapeOfNode.filters,
});
export type DraftNode = z.infer<typeof DraftNode>;

export const DraftGroup = z.object({
  name: z.string(),
  minimum: z.string(),
  maximum: z.string(),
  nodes: z.array(DraftNode),
  filters: shape.groups.element.shape.filters,
});
export type DraftGroup = z.infer<typeof DraftGroup>;

/**
 * A promotion as it is being typed: what a person writes stays text until it is read, so that nothing is lost
 * on the way. Money in major units, percentages with their decimals.
 */
export const Draft = z.object({
  family: shape.family.unwrap(),
  retailer_promotion_id: z.string(),
  title: z.string(),
  description: z.string(),
  is_active: z.boolean(),
  groups: z.array(DraftGroup).min(1),
  discount_type: shape.discount_type.unwrap(),
  discount_value: z.string(),
  discount_on: shape.discount_on.unwrap(),
  /** Which group is reduced, where there are two. */
  target: z.int(),
  target_quantity: z.string(),
  criteria: shape.criteria.unwrap(),
  priority: z.string(),
  layer: z.string(),
  price_base: shape.price_base.unwrap(),
  selection: shape.selection.unwrap(),
  trigger_selection: shape.trigger_selection.unwrap(),
  /** Empty: as often as it fits. */
  max_applications: z.string(),
  max_discount: z.string(),
  stackable: z.boolean(),
  exclusive: z.enum(['', 'yes', 'no']),
  applies_as: shape.applies_as.unwrap(),
  include_addons: z.boolean(),
  distribution: shape.distribution.unwrap(),
  threshold_excludes_targets: z.boolean(),
  availability: shape.availability.unwrap(),
  qualifiers: z.array(z.object({ id: z.string(), description: z.string() })),
  schedule: z.object({
    /** `2025-06-30` or `2025-06-30T19:00`, as the browser's own fields have them; empty: no bound. */
    start_date: z.string(),
    start_time: z.string(),
    end_date: z.string(),
    end_time: z.string(),
    active_days: z.array(z.boolean()).length(7),
    is_happy_hour: z.boolean(),
  }),
  store_ids: z.array(StoreId).nullable(),
  excluded_store_ids: z.array(StoreId),
});
export type Draft = z.infer<typeof Draft>;
export type Family = Draft['family'];

/** Families with a spend in the place of a number of units. */
export const isSpendFamily = (family: Family): boolean =>
  family === 'basket_threshold' || family === 'basket_threshold_target';

export const isBuyAndGet = (family: Family): boolean =>
  family === 'requisite' || family === 'evenly_distributed';

/** Whether the minimum of a group is money. */
export const isSpend = ({ family, target }: Pick<Draft, 'family' | 'target'>, group: number): boolean =>
  family === 'basket_threshold' || (family === 'basket_threshold_target' && group !== target);

export const everything = (): DraftNode => ({ ...nodeOf(ALL_ITEMS, 'item') });

export function nodeOf(node_id: string, node_type: DraftNode['node_type']): DraftNode {
  return {
    node_id,
    node_type,
    is_excluded: false,
    discount_type: '',
    discount_value: '',
    filters: undefined,
  };
}

/** A group under the first free name of the usual kind. */
export function newGroup(groups: readonly DraftGroup[], nodes: DraftNode[] = [], minimum = '1'): DraftGroup {
  let n = groups.length + 1;
  while (groups.some(({ name }) => name === `g${n}`)) n++;
  return { name: `g${n}`, minimum, maximum: '', nodes, filters: undefined };
}

/** An empty form of a family, with what the shop usually means. `key`: the retailer's own. */
export function newDraft(family: Family, key: string): Draft {
  const isSpendOne = isSpendFamily(family);
  const first = newGroup([], isSpendOne ? [everything()] : [], isSpendOne ? '' : FIRST_MINIMUM[family]);
  const hasTwo = family === 'combo' || family === 'basket_threshold_target';
  const groups = hasTwo ? [first, newGroup([first])] : [first];
  return {
    family,
    retailer_promotion_id: key,
    title: '',
    description: '',
    is_active: false,
    groups,
    discount_type: FIRST_DISCOUNT[family],
    discount_value: isBuyAndGet(family) || family === 'basket_threshold_target' ? '100' : '',
    discount_on: 'set',
    target: 1,
    target_quantity: '1',
    criteria: 'priority',
    priority: '',
    layer: '1',
    price_base: 'running',
    selection: 'lowest_first',
    trigger_selection: 'lowest_first',
    max_applications: isSpendOne ? '1' : '',
    max_discount: '',
    stackable: true,
    exclusive: '',
    applies_as: 'discount',
    include_addons: true,
    distribution: 'by_price',
    threshold_excludes_targets: false,
    availability: 'all',
    qualifiers: [],
    schedule: {
      start_date: '',
      start_time: '',
      end_date: '',
      end_time: '',
      active_days: [true, true, true, true, true, true, true],
      is_happy_hour: false,
    },
    store_ids: null,
    excluded_store_ids: [],
  };
}

const FIRST_MINIMUM: Record<Family, string> = {
  easy: '2',
  easy_plus: '3',
  combo: '1',
  line_special: '1',
  basket_threshold: '',
  basket_threshold_target: '',
  requisite: '3',
  evenly_distributed: '3',
};
const FIRST_DISCOUNT: Record<Family, Draft['discount_type']> = {
  easy: 'fixed',
  easy_plus: 'percent',
  combo: 'fixed',
  line_special: 'fixed',
  basket_threshold: 'amount',
  basket_threshold_target: 'percent',
  requisite: 'percent',
  evenly_distributed: 'percent',
};
