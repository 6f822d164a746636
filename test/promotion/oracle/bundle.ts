import { percentOf } from './arithmetic.ts';
import { type Application, asTargets, carries, setDiscounts, unitValue, type Ways } from './reward.ts';
import type { Rule } from './rule.ts';
import { baseOf, belongs, closestNode, ordered, type Unit } from './unit.ts';
import type { WireGroup } from './wire.ts';

/** Families c and l: the minimum of every group together, no unit in two of them. */

/** c: one pool, discounted as one set. A pick that cannot be discounted is passed over whole. */
export function combo(rule: Rule, units: readonly Unit[], wanted: number, ways: Ways): Application[] {
  const applications: Application[] = [];
  let left = units.filter((unit) => carries(rule, unit));
  while (applications.length < wanted) {
    const picked = firstPick(rule, (group) => left.filter((unit) => belongs(group, unit)));
    if (!picked) break;
    const set = picked.flat();
    const discounts = setDiscounts(rule, set, 'price', ways);
    if (discounts) applications.push(asTargets(set, discounts));
    left = left.filter((unit) => !set.includes(unit));
  }
  return applications;
}

/** l: every unit by what its own node says. */
export function lineSpecial(rule: Rule, units: readonly Unit[], wanted: number): Application[] {
  const applications: Application[] = [];
  let left = [...units];
  while (applications.length < wanted) {
    const picked = firstPick(rule, (group) =>
      left.filter((unit) => belongs(group, unit) && nodeDiscount(rule, group, unit) !== null),
    );
    if (!picked) break;
    const set = picked.flat();
    const discounts = rule.groups.flatMap((group, i) =>
      (picked[i] ?? []).map((unit) => nodeDiscount(rule, group, unit) ?? 0),
    );
    applications.push(asTargets(set, discounts));
    left = left.filter((unit) => !set.includes(unit));
  }
  return applications;
}

/** Null where the unit cannot carry it: nothing to give, or more than it costs. */
function nodeDiscount(rule: Rule, group: WireGroup, unit: Unit): number | null {
  if (unit.pay === 0) return null;
  const node = closestNode(group, unit);
  const own = node?.discount_type != null && node.discount_value != null;
  const type = own ? node.discount_type : rule.type;
  const value = own ? (node.discount_value ?? 0) : rule.value;
  const discount =
    type === 'p'
      ? Math.min(unit.pay, percentOf(baseOf(rule.base, unit), value))
      : type === 'v'
        ? unitValue(value, unit)
        : unit.pay - unitValue(value, unit);
  return discount > 0 && discount <= unit.pay ? discount : null;
}

/**
 * Group by group in their order, each in selection order: the first choice of units for which every group
 * gets its minimum. Plain backtracking, so what comes out first is first by definition.
 */
function firstPick(rule: Rule, candidatesOf: (group: WireGroup) => Unit[]): Unit[][] | null {
  const up = rule.order === 'l' || rule.order === 'lc';
  const candidates = rule.groups.map((group) => ordered(candidatesOf(group), rule.base, up));
  const taken = new Set<Unit>();

  const fill = (group: number, from: number, chosen: Unit[], done: Unit[][]): Unit[][] | null => {
    const wire = rule.groups[group];
    if (!wire) return done;
    if (chosen.length === wire.qty_or_value_min) return fill(group + 1, 0, [], [...done, chosen]);
    const pool = candidates[group] ?? [];
    for (let i = from; i < pool.length; i++) {
      const unit = pool[i];
      if (!unit || taken.has(unit)) continue;
      taken.add(unit);
      const complete = fill(group, i + 1, [...chosen, unit], done);
      if (complete) return complete;
      taken.delete(unit);
    }
    return null;
  };
  return fill(0, 0, [], []);
}
