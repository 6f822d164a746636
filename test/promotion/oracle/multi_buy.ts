import { split } from './arithmetic.ts';
import {
  type Application,
  asTargets,
  carries,
  percentOff,
  setDiscounts,
  unitValue,
  type Ways,
} from './reward.ts';
import { firstGroup, type Rule } from './rule.ts';
import { belongs, ordered, type Unit } from './unit.ts';

/** Families e and p: so many of one group. */
const ranked = (rule: Rule, units: readonly Unit[]): Unit[] =>
  ordered(
    units.filter((unit) => belongs(firstGroup(rule), unit) && carries(rule, unit)),
    rule.base,
    rule.order === 'l' || rule.order === 'lc',
  );

/** e: one window of the minimum after the other; a window that cannot be discounted is left alone. */
export function easy(rule: Rule, units: readonly Unit[], wanted: number, ways: Ways): Application[] {
  const carriers = ranked(rule, units);
  const size = firstGroup(rule).qty_or_value_min;
  const applications: Application[] = [];
  for (let start = 0; start + size <= carriers.length && applications.length < wanted; start += size) {
    const set = carriers.slice(start, start + size);
    const discounts = setDiscounts(rule, set, 'price', ways);
    if (discounts) applications.push(asTargets(set, discounts));
  }
  return applications;
}

/** p: every unit from the minimum up to the maximum; a set amount is a rate for each minimum of units. */
export function easyPlus(rule: Rule, units: readonly Unit[], ways: Ways): Application[] {
  const { qty_or_value_min: min, qty_or_value_max: max } = firstGroup(rule);
  const shares = split(rule.value, Array(min).fill(1), null, ways.residual);
  const set: Unit[] = [];
  const discounts: number[] = [];
  for (const unit of ranked(rule, units)) {
    if (set.length === max) break;
    const amount = rule.each ? unitValue(rule.value, unit) : (shares[set.length % min] ?? 0);
    if (rule.type === 'v' && amount > unit.pay) continue;
    if (rule.type === 'f' && amount >= unit.pay) continue;
    set.push(unit);
    discounts.push(
      rule.type === 'p' ? percentOff(rule, unit) : rule.type === 'v' ? amount : unit.pay - amount,
    );
  }
  if (set.length < min) return [];
  const nothing = discounts.every((discount) => discount === 0);
  return nothing && !ways.records_zero ? [] : [asTargets(set, discounts)];
}
