import { allocate } from '../money/allocate.ts';
import type { Rule } from './compile.ts';
import { type Application, baseOf, capped, discountOf, inOrder, percentOff, type Unit } from './unit.ts';

/**
 * Family "easy" (N for): sets of exactly the minimum, each discounted as a whole. Units that cannot carry the
 * discount are passed over, and a set that cannot is skipped without being used. `units` are those of the
 * group that are free in this layer.
 */
export function applyEasy(rule: Rule, units: readonly Unit[], limit: number): Application[] {
  const { promotion, group } = rule;
  const descending = promotion.selection === 'highest_first' || promotion.selection === 'lowest_of_each_set';
  const carriers = inOrder(
    units.filter((unit) => canCarry(unit, rule)),
    rule,
    descending ? 'descending' : 'ascending',
  );
  const applications: Application[] = [];
  let room = promotion.max_discount ?? Number.POSITIVE_INFINITY;
  for (let at = 0; at + group.minimum <= carriers.length; at += group.minimum) {
    if (applications.length === limit || room === 0) break;
    const whole = discountSet(rule, carriers.slice(at, at + group.minimum));
    if (whole === null) continue;
    const application = capped(whole, room);
    applications.push(application);
    room -= discountOf(application);
  }
  return applications;
}

function canCarry(unit: Unit, { promotion }: Rule): boolean {
  if (unit.pay === 0) return false;
  if (promotion.discount_on === 'set') return true;
  if (promotion.discount_type === 'amount') return promotion.discount_value <= unit.pay;
  return promotion.discount_type === 'percent' || promotion.discount_value < unit.pay;
}

/** Null when the set cannot be discounted: nothing to gain, or more than it costs. */
function discountSet(rule: Rule, set: readonly Unit[]): Application | null {
  const discounts = discountsOf(rule, set);
  const application = { shares: set.map((unit, i) => ({ unit, discount: discounts?.[i] ?? 0 })) };
  return discounts === null || discountOf(application) === 0 ? null : application;
}

function discountsOf(rule: Rule, set: readonly Unit[]): number[] | null {
  const { discount_type, discount_value, discount_on } = rule.promotion;
  if (discount_type === 'percent') return set.map((unit) => percentOff(unit, rule));
  if (discount_on === 'unit') {
    return set.map((unit) => (discount_type === 'amount' ? discount_value : unit.pay - discount_value));
  }
  const pays = set.map((unit) => unit.pay);
  const total = pays.reduce((sum, pay) => sum + pay, 0);
  const bases = set.map((unit) => baseOf(unit, rule));
  if (discount_type === 'amount')
    return discount_value <= total ? allocate(discount_value, bases, pays) : null;
  if (discount_value >= total) return null;
  // What is shared out is the price to pay, so the discounts are what remains of each unit.
  const prices = allocate(discount_value, bases, pays);
  return pays.map((pay, i) => pay - (prices[i] ?? 0));
}
