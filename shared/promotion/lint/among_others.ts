import type { Oddity } from '../lint.ts';
import { isBasketFamily, layerOf } from '../rule.ts';
import type { Promotion, PromotionGroup, Schedule } from '../schema.ts';

/** What is odd about each promotion beside the others, in the order given. Inactive ones meet nobody. */
export function amongOthers(promotions: readonly Promotion[]): Oddity[][] {
  const lastItemLayer = promotions.reduce(
    (last, { family, layer, is_active }) =>
      is_active && !isBasketFamily(family) ? Math.max(last, layer) : last,
    0,
  );
  const seen = new Map<string, Promotion[]>();
  return promotions.map((promotion) => {
    if (!promotion.is_active) return [];
    const oddities: Oddity[] = [];
    const { family, criteria, exclusive, layer } = promotion;
    if (
      criteria === 'best_discount' &&
      exclusive === undefined &&
      !isBasketFamily(family) &&
      layer < lastItemLayer
    ) {
      oddities.push({
        code: 'closes_later_layers',
        path: 'exclusive',
        message: 'Competing for the best price also closes its items to the item offers of later layers.',
      });
    }
    const key = keyOf(promotion);
    const alike = seen.get(key) ?? [];
    const twin = alike.find((other) => meet(promotion, other));
    if (twin !== undefined) {
      oddities.push({
        code: 'duplicate',
        path: 'groups',
        message: `"${twin.title || twin.id}" has the same items and quantities, at the same time and in the same layer.`,
      });
    }
    seen.set(key, [...alike, promotion]);
    return oddities;
  });
}

/** The same text for the same groups, in whatever order their items are listed. */
function keyOf(promotion: Promotion): string {
  return JSON.stringify([layerOf(promotion), isBasketFamily(promotion.family), promotion.groups.map(textOf)]);
}

function textOf({ minimum, maximum, nodes, filters }: PromotionGroup): unknown {
  const names = nodes.map((node) =>
    JSON.stringify([node.node_type, node.node_id, node.is_excluded, node.filters ?? null]),
  );
  return [minimum, maximum ?? null, filters ?? null, names.sort()];
}

function meet(a: Promotion, b: Promotion): boolean {
  const sameFilters = JSON.stringify(a.filters ?? null) === JSON.stringify(b.filters ?? null);
  return sameFilters && sharesAudience(a, b) && sharesTime(a.schedule, b.schedule);
}

function sharesAudience(a: Promotion, b: Promotion): boolean {
  if (a.availability !== b.availability) return false;
  return (
    a.availability === 'all' || a.qualifiers.some(({ id }) => b.qualifiers.some((other) => other.id === id))
  );
}

function sharesTime(a: Schedule, b: Schedule): boolean {
  const bounds = (schedule: Schedule, isLoose: boolean) => ({
    start: isLoose ? schedule.start?.slice(0, 10) : schedule.start,
    // The last instant of the day, so that a date compares with a time on it.
    end: isLoose && schedule.end !== undefined ? `${schedule.end.slice(0, 10)}T24` : schedule.end,
  });
  const isLoose = a.is_happy_hour || b.is_happy_hour;
  const one = bounds(a, isLoose);
  const two = bounds(b, isLoose);
  if (one.end !== undefined && two.start !== undefined && one.end < two.start) return false;
  if (two.end !== undefined && one.start !== undefined && two.end < one.start) return false;
  return a.active_days.some((active, day) => active && b.active_days[day] === true);
}
