import type { Rule } from '../rule.ts';
import { Picks } from '../select/picks.ts';
import { take } from '../select/take.ts';
import type { View } from '../select/view.ts';

/**
 * What an application takes off whatever its units cost, minor units: an amount off says it itself, as long as
 * the units cost that much. Null: it depends on their prices.
 */
export function certainDiscount({ promotion, family, groups, targets, kind }: Rule): number | null {
  const { discount_type, discount_value, discount_on, max_discount } = promotion;
  if (discount_type !== 'amount' || family === 'line_special') return null;
  let value = discount_value;
  if (discount_on === 'unit' && family !== 'basket_threshold') {
    // Only the targets of a set with triggers are discounted; of all others every unit is.
    const units = family === 'combo' ? groups.reduce((sum, { minimum }) => sum + minimum, 0) : targets;
    value = kind === 'each' ? discount_value * units : discount_value;
  }
  return max_discount === undefined ? value : Math.min(max_discount, value);
}

/**
 * What one more application takes off once the missing units are there, minor units; each of them costs as
 * little as the cheapest unit of its group in the basket. Other promotions stay as they are. Null: a group of
 * which the basket has nothing leaves it open; 0: that application would come to nothing. `free` marks the
 * units of the view that the promotion can still take.
 */
export function potentialDiscount(
  view: View,
  free: ArrayLike<number>,
  missing: readonly number[],
  given: number,
): number | null {
  const { rule } = view;
  const needed = onlyTargets(view, missing);
  const more = Array.from(free);
  for (const [g, count] of missing.entries()) {
    if (count === 0 || (needed !== view && g !== rule.targetGroup)) continue;
    const cheapest = cheapestOf(view, g);
    if (cheapest === null) return certainDiscount(rule);
    more[cheapest] = (more[cheapest] ?? 0) + count;
  }
  const picks = new Picks();
  take(needed, more, 1, 1, picks);
  const discount = picks.discounts[0] ?? 0;
  const { max_discount } = rule.promotion;
  return max_discount === undefined ? discount : Math.min(discount, max_discount - given);
}

/** Triggers of which the basket has none cost what they will: the targets alone decide then. */
function onlyTargets(view: View, missing: readonly number[]): View {
  const { rule, groups } = view;
  const target = groups[rule.targetGroup];
  const group = rule.groups[rule.targetGroup];
  const isUnseen = (missing[rule.triggerGroup] ?? 0) > 0 && cheapestOf(view, rule.triggerGroup) === null;
  if (rule.family !== 'requisite' || rule.targetGroup === rule.triggerGroup || !isUnseen) return view;
  if (target === undefined || group === undefined) return view;
  const alone: Rule = {
    ...rule,
    family: 'easy',
    triggers: 0,
    targetGroup: 0,
    triggerGroup: 0,
    groups: [group],
  };
  return { ...view, rule: alone, groups: [target], overlaps: false };
}

function cheapestOf({ groups, prices }: View, g: number): number | null {
  let cheapest: number | null = null;
  for (const run of groups[g]?.runs ?? []) {
    if (cheapest === null || (prices.pay[run] ?? 0) < (prices.pay[cheapest] ?? 0)) cheapest = run;
  }
  return cheapest;
}
