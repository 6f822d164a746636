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

/** Six live promotions; each touches some items and none touches all. */
export function demoPromotions(items: readonly Item[], random: Random): Promotion[] {
  const reduced = items.filter(
    ({ name, category }) =>
      name.startsWith(`${REDUCED_BRAND} `) && REDUCED_SHELVES.includes(category[1] ?? ''),
  );
  const shelf = (node_id: string) => [{ node_id, node_type: 'c2' }];
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
