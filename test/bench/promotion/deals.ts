import type { Random } from '../../../scripts/demo/catalogue/random.ts';
import { type Article, departmentName, shopPrice } from './catalogue.ts';

/** A promotion whose articles are still to be found. */
export interface Deal {
  number: number;
  kind: 'direct' | 'n_for' | 'combo' | 'one_group' | 'two_groups';
  groups: { minimum: number; members: number[] }[];
}

/** Of a hundred deals. */
const MIX: readonly [Deal['kind'], number][] = [
  ['direct', 42],
  ['n_for', 25],
  ['combo', 15],
  ['one_group', 10],
  ['two_groups', 8],
];

export function draftDeals(count: number, random: Random): Deal[] {
  return Array.from({ length: count }, (_, number) => {
    const kind = drawn(MIX, random);
    return { number, kind, groups: minimaOf(kind, random).map((minimum) => ({ minimum, members: [] })) };
  });
}

function minimaOf(kind: Deal['kind'], random: Random): number[] {
  switch (kind) {
    case 'direct':
      return [1];
    case 'n_for':
      return [random.below(10) < 6 ? 2 : random.below(10) < 7 ? 3 : 4];
    case 'combo':
      return Array.from({ length: random.below(10) < 7 ? 2 : 3 }, () => (random.below(10) < 9 ? 1 : 2));
    case 'one_group':
      return [random.below(10) < 5 ? 2 : 3];
    case 'two_groups':
      return [random.below(10) < 7 ? 1 : 2, 1];
  }
}

/** The document of a deal whose groups are filled: its values follow what its articles cost. */
export function wordDeal(deal: Deal, articles: readonly Article[], random: Random): object {
  const groups = deal.groups.map(({ minimum, members }, g) => ({
    name: `g${g + 1}`,
    minimum,
    nodes: members.map((member) => ({ node_id: articles[member]?.sku ?? '' })),
  }));
  const price = (g: number) => meanPrice(deal.groups[g]?.members ?? [], articles);
  const set = deal.groups.reduce((sum, { minimum }, g) => sum + minimum * price(g), 0);
  return {
    id: `prm_${String(10_000_000 + deal.number)}`,
    retailer_promotion_id: `R${deal.number}`,
    title: `Offer ${deal.number}`,
    criteria: 'best_discount',
    ...(random.below(2) === 0 ? { priority: random.between(1, 100) } : {}),
    price_base: drawn(PRICE_BASES, random),
    max_applications: drawn(LIMITS, random),
    ...(random.below(100) < CAPPED_PERCENT ? { max_discount: shopPrice(set * 0.6) } : {}),
    groups,
    ...rewardOf(deal.kind, set, price, random),
  };
}

const PRICE_BASES: readonly ['selling' | 'mrp' | 'running', number][] = [
  ['selling', 60],
  ['mrp', 25],
  ['running', 15],
];
const LIMITS: readonly [number, number][] = [
  [1, 20],
  [2, 20],
  [3, 15],
  [5, 15],
  [10, 10],
  [100, 20],
];
const CAPPED_PERCENT = 3;
const PERCENTAGES = [500, 1000, 1500, 2000, 2500, 3000, 5000];

function rewardOf(
  kind: Deal['kind'],
  set: number,
  price: (g: number) => number,
  random: Random,
): Record<string, unknown> {
  const percent = () => ({
    discount_type: 'percent',
    discount_value: PERCENTAGES[random.below(PERCENTAGES.length)] ?? 1000,
  });
  const amount = () => ({
    discount_type: 'amount',
    discount_value: shopPrice((set * random.between(10, 30)) / 100),
  });
  const fixed = () => ({
    discount_type: 'fixed',
    discount_value: shopPrice((set * random.between(70, 90)) / 100),
  });
  const selection = random.below(4) === 0 ? 'highest_first' : 'lowest_first';
  const draw = random.below(100);
  switch (kind) {
    case 'direct':
      return { family: 'easy', selection, ...(draw < 50 ? percent() : draw < 75 ? amount() : fixed()) };
    case 'n_for':
      return { family: 'easy', selection, ...(draw < 25 ? percent() : draw < 45 ? amount() : fixed()) };
    case 'combo':
      return { family: 'combo', selection, ...(draw < 30 ? percent() : draw < 50 ? amount() : fixed()) };
    case 'one_group':
      return {
        family: 'requisite',
        target_quantity: 1,
        selection: draw < 60 ? 'lowest_first' : draw < 85 ? 'lowest_of_each_set' : 'lowest_of_highest',
        discount_type: 'percent',
        discount_value: random.below(2) === 0 ? 10_000 : 5000,
      };
    case 'two_groups':
      return {
        family: 'requisite',
        target_group: 'g2',
        selection,
        trigger_selection: 'lowest_first',
        ...(draw < 75
          ? { discount_type: 'percent', discount_value: 2500 * random.between(1, 4) }
          : {
              discount_type: 'amount',
              discount_value: shopPrice((price(1) * random.between(20, 60)) / 100),
            }),
      };
  }
}

/** Spend thresholds over the whole shop or a department; they compete, and the best one counts. */
export function storeWideDeals(): object[] {
  const spend = (number: number, minimum: number, node: object, reward: object) => ({
    id: `prm_spend_${number}`,
    retailer_promotion_id: `T${number}`,
    title: `Spend ${minimum}`,
    family: 'basket_threshold',
    criteria: 'best_discount',
    price_base: 'running',
    layer: 100,
    groups: [{ name: 'g1', minimum, nodes: [node] }],
    ...reward,
  });
  const all = { node_id: 'ALL' };
  const department = (number: number) => ({ node_type: 'c1', node_id: departmentName(number) });
  const off = (discount_value: number) => ({ discount_type: 'amount', discount_value });
  const percent = (discount_value: number) => ({ discount_type: 'percent', discount_value });
  return [
    spend(1, 5000, all, off(400)),
    spend(2, 12_000, all, percent(800)),
    spend(3, 2000, department(1), percent(1000)),
    spend(4, 3000, department(5), off(350)),
  ];
}

function meanPrice(members: readonly number[], articles: readonly Article[]): number {
  const sum = members.reduce((total, member) => total + (articles[member]?.unit_price ?? 0), 0);
  return sum / Math.max(1, members.length);
}

function drawn<T>(weights: readonly [T, number][], random: Random): T {
  let draw = random.below(weights.reduce((sum, [, weight]) => sum + weight, 0));
  for (const [value, weight] of weights) {
    draw -= weight;
    if (draw < 0) return value;
  }
  throw new RangeError('nothing to draw from');
}
