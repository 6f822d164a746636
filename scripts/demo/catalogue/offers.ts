import type { Item } from '../../../shared/catalog/item.ts';
import { categoryLevels } from '../../../shared/catalog/item.ts';
import { parsePromotion } from '../../../shared/promotion/parse.ts';
import { ALL_ITEMS, type Promotion } from '../../../shared/promotion/schema.ts';
import { unwrap } from '../../../shared/result.ts';
import type { Random } from './random.ts';

/** The brand whose goods are all reduced, by their SKUs. */
export const REDUCED_BRAND = 'Quillstone';
const REDUCED_SHELVES: readonly string[] = ['Cheese', 'Yogurt', 'Cereals'];
const EVERY_TIME = 1_000;

/** Live promotions of most families; each touches some items and none touches all. */
export function demoPromotions(items: readonly Item[], random: Random): Promotion[] {
  const reduced = items.filter(
    ({ name, category }) =>
      name.startsWith(`${REDUCED_BRAND} `) && REDUCED_SHELVES.includes(category[1] ?? ''),
  );
  const shelf = (...names: string[]) => names.map((node_id) => ({ node_id, node_type: 'c2' }));
  const hairCare = (kind: string) =>
    items
      .filter(({ name, category }) => category[1] === 'Hair Care' && name.includes(` ${kind},`))
      .map(({ sku }) => ({ node_id: sku }));
  const offers = [
    {
      title: '20% off tea and coffee',
      groups: [{ name: 'g1', minimum: 1, nodes: [{ node_id: 'Tea & Coffee', node_type: 'c1' }] }],
      discount_type: 'percent',
      discount_value: 2_000,
    },
    {
      title: `15% off ${REDUCED_BRAND} breakfast`,
      groups: [{ name: 'g1', minimum: 1, nodes: reduced.map(({ sku }) => ({ node_id: sku })) }],
      discount_type: 'percent',
      discount_value: 1_500,
    },
    {
      title: 'Any 3 crisps, £1 off',
      groups: [{ name: 'g1', minimum: 3, nodes: shelf('Crisps') }],
      discount_type: 'amount',
      discount_value: 100,
    },
    {
      title: '2 ready meals for £7',
      groups: [{ name: 'g1', minimum: 2, nodes: shelf('Ready Meals') }],
      discount_type: 'fixed',
      discount_value: 700,
    },
    {
      title: 'Weekday lunch: 25% off sandwiches, 11 to 3',
      groups: [{ name: 'g1', minimum: 1, nodes: shelf('Sandwiches') }],
      discount_type: 'percent',
      discount_value: 2_500,
      schedule: {
        start: '2025-01-01T11:00',
        end: '2099-12-31T15:00',
        is_happy_hour: true,
        active_days: [true, true, true, true, true, false, false],
      },
    },
    {
      title: 'Spend £25 on household, save £4',
      family: 'basket_threshold',
      layer: 100,
      groups: [{ name: 'g1', minimum: 2_500, nodes: [{ node_id: 'Household', node_type: 'c1' }] }],
      discount_type: 'amount',
      discount_value: 400,
      max_applications: 1,
    },
    {
      title: 'Meal deal: a sandwich, crisps and a drink for £5',
      family: 'combo',
      criteria: 'best_discount',
      groups: [
        { name: 'sandwich', minimum: 1, nodes: shelf('Sandwiches') },
        { name: 'crisps', minimum: 1, nodes: shelf('Crisps') },
        { name: 'drink', minimum: 1, nodes: shelf('Juice', 'Water') },
      ],
      selection: 'highest_first',
      discount_type: 'fixed',
      discount_value: 500,
      max_applications: 5,
    },
    {
      title: 'Chocolate: 3 for 2, the cheapest is free',
      family: 'requisite',
      groups: [{ name: 'g1', minimum: 3, nodes: shelf('Chocolate') }],
      target_quantity: 1,
      discount_type: 'percent',
      discount_value: 10_000,
    },
    {
      title: 'Buy a shampoo, get a conditioner half price',
      family: 'requisite',
      groups: [
        { name: 'shampoo', minimum: 1, nodes: hairCare('Shampoo') },
        { name: 'conditioner', minimum: 1, nodes: hairCare('Conditioner') },
      ],
      target_group: 'conditioner',
      discount_type: 'percent',
      discount_value: 5_000,
    },
    {
      title: '2 pizzas for £6',
      criteria: 'best_discount',
      groups: [{ name: 'g1', minimum: 2, nodes: shelf('Pizza') }],
      selection: 'highest_first',
      discount_type: 'fixed',
      discount_value: 600,
      max_applications: 3,
    },
    {
      title: 'Pizza night: 20% off a pizza with ice cream',
      family: 'combo',
      criteria: 'best_discount',
      groups: [
        { name: 'pizza', minimum: 1, nodes: shelf('Pizza') },
        { name: 'ice cream', minimum: 1, nodes: shelf('Ice Cream') },
      ],
      selection: 'highest_first',
      discount_type: 'percent',
      discount_value: 2_000,
      max_applications: 3,
    },
  ];
  return offers.map((offer, priority) =>
    unwrap(
      parsePromotion({
        family: 'easy',
        price_base: 'running',
        max_applications: EVERY_TIME,
        priority,
        ...offer,
        id: `prm_${random.uuid()}`,
      }),
    ),
  );
}

/** Whether an item is in one of the promotion's groups. */
export function touches(promotion: Promotion, item: Item): boolean {
  const levels = categoryLevels(item);
  return promotion.groups.some((group) =>
    group.nodes.some(
      ({ node_id, node_type }) =>
        node_id === ALL_ITEMS ||
        (node_type === 'item' && node_id === item.sku) ||
        levels.some(({ name, value }) => name === node_type && value === node_id),
    ),
  );
}
