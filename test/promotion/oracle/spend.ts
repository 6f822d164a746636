import { percentOf, split, sum } from './arithmetic.ts';
import { type Application, asTargets, carries, percentOff, setDiscounts, type Ways } from './reward.ts';
import { firstGroup, type Rule, targetAndOther } from './rule.ts';
import { baseOf, belongs, ordered, type Unit } from './unit.ts';

/** Families b and t: what the basket spends on a group buys a discount. */

/** Without stacking neither discounted units nor triggers take part. */
const takesPart = (rule: Rule, unit: Unit): boolean => rule.stacks || (!unit.discounted && !unit.trigger);

/** b: off the group itself. Units that may not be discounted still count towards the threshold. */
export function basketThreshold(rule: Rule, units: readonly Unit[], ways: Ways): Application[] {
  const group = firstGroup(rule);
  const counted = units.filter((unit) => belongs(group, unit));
  const spent = sum(counted.map((unit) => baseOf(rule.base, unit)));
  const threshold = rule.type === 'v' ? Math.max(group.qty_or_value_min, rule.value) : group.qty_or_value_min;
  if (spent < threshold) return [];
  const recipients = ordered(
    counted.filter((unit) => unit.pay > 0 && takesPart(rule, unit)),
    rule.base,
    true,
  );
  const discounts = thresholdDiscounts(rule, recipients, spent, threshold, ways);
  return discounts && (ways.records_zero || sum(discounts) > 0) ? [asTargets(recipients, discounts)] : [];
}

function thresholdDiscounts(
  rule: Rule,
  recipients: readonly Unit[],
  spent: number,
  threshold: number,
  ways: Ways,
): number[] | null {
  const pays = recipients.map(({ pay }) => pay);
  const weights = recipients.map((unit) => baseOf(rule.base, unit));
  if (rule.type === 'p') {
    if (!ways.percent_of_total) return recipients.map((unit) => percentOff(rule, unit));
    const amount = Math.min(sum(pays), percentOf(sum(weights), rule.value));
    return split(amount, weights, pays, ways.residual);
  }
  if (rule.type === 'f') {
    if (rule.value >= sum(pays)) return pays.map(() => 0);
    const prices = split(rule.value, weights, pays, ways.residual);
    return pays.map((pay, i) => pay - (prices[i] ?? 0));
  }
  let times = threshold === 0 ? 1 : Math.min(rule.limit, Math.floor(spent / threshold));
  while (times * rule.value > sum(pays)) times--;
  return times === 0 ? null : split(times * rule.value, weights, pays, ways.residual);
}

/** t: off the targets, one set for every time that the threshold is reached. */
export function thresholdWithTarget(rule: Rule, units: readonly Unit[], ways: Ways): Application[] {
  const { target, other } = targetAndOther(rule);
  const counted = units.filter(
    (unit) => belongs(other, unit) && !(rule.threshold_excludes_targets && belongs(target, unit)),
  );
  const spent = sum(counted.map((unit) => baseOf(rule.base, unit)));
  const threshold = other.qty_or_value_min;
  const times = threshold === 0 ? rule.limit : Math.min(rule.limit, Math.floor(spent / threshold));
  const carriers = ordered(
    units.filter((unit) => belongs(target, unit) && carries(rule, unit) && takesPart(rule, unit)),
    rule.base,
    rule.order === 'l' || rule.order === 'lc',
  );
  const size = target.qty_or_value_min;
  const applications: Application[] = [];
  for (let start = 0; start + size <= carriers.length && applications.length < times; start += size) {
    const set = carriers.slice(start, start + size);
    const discounts = setDiscounts(rule, set, 'equal', ways);
    if (discounts) applications.push(asTargets(set, discounts));
  }
  return applications;
}
