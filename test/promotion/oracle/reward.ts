import { percentOf, priceOfWeight, type Residual, split, sum } from './arithmetic.ts';
import { type Rule, runsAsEasy } from './rule.ts';
import { baseOf, type Unit } from './unit.ts';

/** One use of a promotion: what each unit gives, and which units only trigger it. */
export interface Application {
  uses: { unit: Unit; discount: number; role: 'target' | 'trigger' }[];
}

export interface Ways {
  residual: Residual;
  percent_of_total: boolean;
  /** Whether a use that comes to nothing still counts; never where promotions compete. */
  records_zero: boolean;
}

export const totalOf = ({ uses }: Application): number => sum(uses.map(({ discount }) => discount));

/** What a set costs, or comes off it, for one unit: by weight where the line is weighed. */
export const unitValue = (value: number, { line }: Unit): number =>
  line.weight_milli === undefined ? value : priceOfWeight(value, line.weight_milli);

export const percentOff = (rule: Rule, unit: Unit): number =>
  Math.min(unit.pay, percentOf(baseOf(rule.base, unit), rule.value));

/** Whether a unit can be a target at all. */
export function carries(rule: Rule, unit: Unit): boolean {
  if (unit.pay === 0) return false;
  if (rule.family === 'm' && !runsAsEasy(rule)) return true;
  if (!rule.each || rule.type === 'p') return true;
  const value = unitValue(rule.value, unit);
  return rule.type === 'v' ? value <= unit.pay : value < unit.pay;
}

/** The discounts of a set, in its order; null if the set may not be discounted. */
export function setDiscounts(
  rule: Rule,
  set: readonly Unit[],
  by: 'price' | 'equal',
  ways: Ways,
): number[] | null {
  const pays = set.map(({ pay }) => pay);
  const weights = set.map((unit) => (by === 'equal' ? 1 : baseOf(rule.base, unit)));
  const discounts = (): number[] | null => {
    if (rule.type === 'p') return set.map((unit) => percentOff(rule, unit));
    if (rule.each) {
      const values = set.map((unit) => unitValue(rule.value, unit));
      return rule.type === 'v' ? values : pays.map((pay, i) => pay - (values[i] ?? 0));
    }
    if (rule.type === 'v')
      return rule.value <= sum(pays) ? split(rule.value, weights, pays, ways.residual) : null;
    if (rule.value >= sum(pays)) return null;
    const prices = split(rule.value, weights, pays, ways.residual);
    return pays.map((pay, i) => pay - (prices[i] ?? 0));
  };
  const found = discounts();
  return found && (ways.records_zero || sum(found) > 0) ? found : null;
}

export const asTargets = (set: readonly Unit[], discounts: readonly number[]): Application => ({
  uses: set.map((unit, i) => ({ unit, discount: discounts[i] ?? 0, role: 'target' })),
});

/** Keeps a promotion within its `max_discount`: the application that passes it shrinks, later ones fall. */
export function capped(rule: Rule, applications: readonly Application[], { residual }: Ways): Application[] {
  if (rule.max_discount === null) return [...applications];
  let rest = rule.max_discount;
  const kept: Application[] = [];
  for (const application of applications) {
    const total = totalOf(application);
    if (total > rest) {
      if (rest === 0) break;
      const weights = application.uses.map(({ discount }) => discount);
      const discounts = split(rest, weights, weights, residual);
      kept.push({ uses: application.uses.map((use, i) => ({ ...use, discount: discounts[i] ?? 0 })) });
    } else kept.push(application);
    rest -= Math.min(total, rest);
    if (rest === 0) break;
  }
  return kept;
}
