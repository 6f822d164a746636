import type { WireGroup, WireInstance } from './oracle/wire.ts';

/** Baskets of which one step goes wrong easily, each with what must come out of it by hand. */
export interface Example {
  title: string;
  instance: WireInstance;
  unit_discounts: Record<string, number[]>;
}

const group = (minimum: number, node_id: string): WireGroup => ({
  name: 'g1',
  qty_or_value_min: minimum,
  promo_group_nodes: [{ node_id, node_type: 'i' }],
});

export const EXAMPLES: readonly Example[] = [
  {
    // The first two A are not worth 10.01 together; the third is, with B. The next layer finds the first A first.
    title: 'a set that is passed over keeps its place',
    instance: {
      currency: 'GBP',
      basket: [
        { line_id: 'L1', sku: 'A', quantity: 3, unit_price: 500, categories: [] },
        { line_id: 'L2', sku: 'B', quantity: 1, unit_price: 1500, categories: [] },
      ],
      promotions: [
        {
          id: 'P1',
          family: 'e',
          discount_type: 'v',
          discount_value: 1001,
          discount_value_on: 's',
          promo_groups: [group(2, 'ALL')],
        },
        {
          id: 'P2',
          family: 'e',
          layer: 2,
          discount_type: 'f',
          discount_value: 100,
          discount_value_on: 's',
          promo_groups: [group(1, 'A')],
        },
      ],
    },
    unit_discounts: { L1: [400, 0, 250], L2: [751] },
  },
  {
    // Cheapest of two equals: the earlier one.
    title: 'of equal prices the earlier unit is the cheapest of a set',
    instance: {
      currency: 'GBP',
      basket: [
        { line_id: 'L1', sku: 'A', quantity: 1, unit_price: 500, categories: [] },
        { line_id: 'L2', sku: 'B', quantity: 1, unit_price: 900, categories: [] },
        { line_id: 'L3', sku: 'C', quantity: 1, unit_price: 500, categories: [] },
      ],
      promotions: [
        {
          id: 'P1',
          family: 'r',
          discount_value: 10_000,
          discounted_group_item_selection_criteria: 'x',
          target_discounted_group_qty_min: 1,
          promo_groups: [group(3, 'ALL')],
        },
      ],
    },
    unit_discounts: { L1: [500], L2: [0], L3: [0] },
  },
  {
    // Half off three A, and the cheapest by list price free: that is L2 unless the third half takes it.
    title: 'units of one price stand in the order of the basket, whatever their list price',
    instance: {
      currency: 'GBP',
      basket: [
        { line_id: 'L1', sku: 'A', quantity: 2, unit_price: 200, mrp: 520, categories: [] },
        { line_id: 'L2', sku: 'A', quantity: 1, unit_price: 200, mrp: 510, categories: [] },
        { line_id: 'L3', sku: 'A', quantity: 2, unit_price: 200, mrp: 520, categories: [] },
        { line_id: 'L4', sku: 'B', quantity: 1, unit_price: 100, mrp: 515, categories: [] },
      ],
      promotions: [
        {
          id: 'P1',
          family: 'e',
          evaluate_criteria: 'b',
          evaluate_priority: 1,
          discount_value: 5_000,
          discount_value_on: 's',
          max_application_limit: 3,
          promo_groups: [group(1, 'A')],
        },
        {
          id: 'P2',
          family: 'e',
          evaluate_criteria: 'b',
          evaluate_priority: 2,
          discount_value: 10_000,
          discount_value_on: 'm',
          promo_groups: [group(1, 'ALL')],
        },
      ],
    },
    unit_discounts: { L1: [100, 100], L2: [200], L3: [100, 0], L4: [0] },
  },
];
