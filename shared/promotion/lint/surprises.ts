import type { Oddity } from '../lint.ts';
import { BASKET_LAYER_MIN, isBasketFamily } from '../rule.ts';
import { ALL_ITEMS, type Promotion } from '../schema.ts';

const LARGE_PERCENT = 5_000;
/** From here on a limit in one basket bounds nothing that a shopper would buy. */
const UNLIMITED_FROM = 100;

/** Rules of a family that act differently from what the fields suggest. */
export function surprises(promotion: Promotion): Oddity[] {
  return [...ofThreshold(promotion), ...ofItems(promotion), ...ofValue(promotion)];
}

function ofThreshold(promotion: Promotion): Oddity[] {
  const { family, layer, discount_type, discount_value, discount_on, price_base, groups } = promotion;
  if (!isBasketFamily(family)) return [];
  const oddities: Oddity[] = [];
  if (layer < BASKET_LAYER_MIN) {
    oddities.push({
      code: 'layer_raised',
      path: 'layer',
      message: `Offers on the spend come after all item offers: this runs in layer ${BASKET_LAYER_MIN}, not ${layer}.`,
    });
  }
  if (price_base !== 'running') {
    const price = price_base === 'mrp' ? 'list' : 'shelf';
    oddities.push({
      code: 'spend_at_list_price',
      path: 'price_base',
      message: `The spend is counted at ${price} prices, so it may be more than the customer pays after other offers.`,
    });
  }
  if (family === 'basket_threshold' && discount_type !== 'percent' && discount_on === 'unit') {
    oddities.push({
      code: 'whole_set',
      path: 'discount_on',
      message: 'The value is for all of the items together, not for each of them.',
    });
  }
  if (
    family === 'basket_threshold' &&
    discount_type === 'amount' &&
    discount_value > (groups[0]?.minimum ?? 0)
  ) {
    oddities.push({
      code: 'threshold_raised',
      path: 'groups.0.minimum',
      message: 'More is taken off than has to be spent: the customer must spend at least what is taken off.',
    });
  }
  return oddities;
}

function ofItems(promotion: Promotion): Oddity[] {
  const { family, discount_type, discount_on, groups, target_quantity } = promotion;
  const [first] = groups;
  const oddities: Oddity[] = [];
  if (
    family === 'easy_plus' &&
    discount_type !== 'percent' &&
    discount_on === 'set' &&
    first !== undefined &&
    first.maximum !== first.minimum
  ) {
    oddities.push({
      code: 'scales_with_quantity',
      path: 'discount_value',
      message: `The value is a rate for every ${first.minimum} and grows with each further item.`,
    });
  }
  if (
    (family === 'requisite' || family === 'evenly_distributed') &&
    groups.length === 1 &&
    target_quantity === first?.minimum
  ) {
    oddities.push({
      code: 'runs_as_easy',
      path: 'target_quantity',
      message: 'All items of the set are discounted and none has to be bought at full price.',
    });
  }
  if (family === 'combo' || family === 'line_special') {
    const shared = sharedNode(groups);
    if (shared !== null) {
      oddities.push({
        code: 'groups_overlap',
        path: `groups.${shared.group}.nodes`,
        message: `${shared.name} is in more than one group: each piece counts for one of them only.`,
      });
    }
  }
  return oddities;
}

function ofValue(promotion: Promotion): Oddity[] {
  const { family, availability, max_applications, max_discount } = promotion;
  const oddities: Oddity[] = [];
  // Buying some to get others free is a habit; more than half off everything in a set is mostly a slip.
  const buysAndGets =
    family === 'requisite' || family === 'evenly_distributed' || family === 'basket_threshold_target';
  if (!buysAndGets) {
    const own = promotion.discount_type === 'percent' ? promotion.discount_value : 0;
    if (own > LARGE_PERCENT) oddities.push(large('discount_value', own));
    if (family === 'line_special') {
      for (const [g, { nodes }] of promotion.groups.entries()) {
        const n = nodes.findIndex(
          (node) => node.discount_type === 'percent' && (node.discount_value ?? 0) > LARGE_PERCENT,
        );
        const value = nodes[n]?.discount_value;
        if (value !== undefined) oddities.push(large(`groups.${g}.nodes.${n}.discount_value`, value));
      }
    }
  }
  if (availability === 'special' && max_applications >= UNLIMITED_FROM && max_discount === undefined) {
    oddities.push({
      code: 'special_without_limit',
      path: 'max_applications',
      message: `One code or card may use this ${max_applications} times in a basket, with no cap on the saving.`,
    });
  }
  return oddities;
}

const large = (path: string, basisPoints: number): Oddity => ({
  code: 'large_discount',
  path,
  message: `${basisPoints / 100}% off the whole set: more than half of the price.`,
});

function sharedNode(groups: Promotion['groups']): { group: number; name: string } | null {
  const first = new Map<string, number>();
  let everything = -1;
  for (const [group, { nodes }] of groups.entries()) {
    for (const { node_id, node_type, is_excluded } of nodes) {
      if (is_excluded) continue;
      const key = `${node_id === ALL_ITEMS ? 'item' : node_type} ${node_id}`;
      const known = first.get(key);
      if (known !== undefined && known !== group) return { group, name: node_id };
      if (everything !== -1 && everything !== group) return { group, name: node_id };
      first.set(key, group);
      if (node_id !== ALL_ITEMS) continue;
      if (group > 0) return { group, name: 'Everything' };
      everything = group;
    }
  }
  return null;
}
