import { percentOf, split, sum } from './arithmetic.ts';
import { easy } from './multi_buy.ts';
import { type Application, carries, setDiscounts, unitValue, type Ways } from './reward.ts';
import { firstGroup, type Rule, runsAsEasy, targetAndOther } from './rule.ts';
import { baseOf, belongs, ordered, type Unit } from './unit.ts';

/** Families r and m: so many triggers buy so many targets, chosen for all applications at once. */
interface Block {
  targets: Unit[];
  triggers: Unit[];
  targets_each: number;
  triggers_each: number;
}

export function buyAndGet(rule: Rule, units: readonly Unit[], wanted: number, ways: Ways): Application[] {
  if (runsAsEasy(rule)) return easy(rule, units, wanted, ways);
  const block = largestBlock(rule, units, wanted);
  if (!block) return [];
  const { targets, triggers, targets_each, triggers_each } = block;
  const applications: Application[] = [];
  for (let j = 0; j * targets_each < targets.length; j++) {
    const set_targets = targets.slice(j * targets_each, (j + 1) * targets_each);
    const set_triggers = triggers.slice(j * triggers_each, (j + 1) * triggers_each);
    const application =
      rule.family === 'm'
        ? evenly(rule, set_targets, set_triggers, ways)
        : onTargets(rule, set_targets, set_triggers, ways);
    if (application) applications.push(application);
  }
  return applications;
}

/** The wanted number of applications, or the next smaller one for which there are units. */
function largestBlock(rule: Rule, units: readonly Unit[], wanted: number): Block | null {
  for (let k = Math.min(wanted, units.length); k > 0; k--) {
    const block = rule.groups.length === 1 ? blockOfOne(rule, units, k) : blockOfTwo(rule, units, k);
    if (block) return block;
  }
  return null;
}

function blockOfOne(rule: Rule, units: readonly Unit[], k: number): Block | null {
  const group = firstGroup(rule);
  const d = rule.target_quantity ?? 0;
  const q = group.qty_or_value_min - d;
  const carriers = units.filter((unit) => belongs(group, unit) && carries(rule, unit));
  const up = ordered(carriers, rule.base, true);
  const down = ordered(carriers, rule.base, false);
  const size = k * (d + q);
  if (carriers.length < size) return null;
  const cut = (row: Unit[]): Block => ({
    targets: row.slice(0, k * d),
    triggers: row.slice(k * d, size),
    targets_each: d,
    triggers_each: q,
  });
  if (rule.order === 'l') return cut(up);
  if (rule.order === 'm') return cut(down);
  const dearest = down.slice(0, size);
  if (rule.order === 'lc') return cut(ordered(dearest, rule.base, true));
  const sets = Array.from({ length: k }, (_, j) => dearest.slice(j * (d + q), (j + 1) * (d + q)));
  const cheap = sets.map((set) => ordered(set, rule.base, true).slice(0, d));
  return {
    targets: cheap.flat(),
    triggers: sets.flatMap((set, j) => set.filter((unit) => !cheap[j]?.includes(unit))),
    targets_each: d,
    triggers_each: q,
  };
}

/** A unit of both groups becomes a target only while enough others are left to trigger. */
function blockOfTwo(rule: Rule, units: readonly Unit[], k: number): Block | null {
  const { target, other } = targetAndOther(rule);
  const d = target.qty_or_value_min;
  const q = other.qty_or_value_min;
  const cheapest_target_first = rule.order === 'l' || rule.order === 'lc';
  const cheapest_trigger_first = rule.trigger_order === 'm' || rule.trigger_order === 'x';
  const triggers = ordered(
    units.filter((unit) => belongs(other, unit) && unit.pay > 0),
    rule.base,
    cheapest_trigger_first,
  );
  const candidates = ordered(
    units.filter((unit) => belongs(target, unit) && carries(rule, unit)),
    rule.base,
    cheapest_target_first,
  );
  const targets: Unit[] = [];
  for (const unit of candidates) {
    if (targets.length === k * d) break;
    const others = triggers.filter((trigger) => trigger !== unit && !targets.includes(trigger));
    if (triggers.includes(unit) && others.length < k * q) continue;
    targets.push(unit);
  }
  const free = triggers.filter((unit) => !targets.includes(unit));
  if (targets.length < k * d || free.length < k * q) return null;
  return { targets, triggers: free.slice(0, k * q), targets_each: d, triggers_each: q };
}

/** r: the targets carry it all, in equal parts. */
function onTargets(rule: Rule, targets: Unit[], triggers: Unit[], ways: Ways): Application | null {
  const discounts = setDiscounts(rule, targets, 'equal', ways);
  return discounts && withTriggers(targets, triggers, discounts);
}

/** m: what the targets would save is spread over them and the triggers. */
function evenly(rule: Rule, targets: Unit[], triggers: Unit[], ways: Ways): Application | null {
  const set = [...targets, ...triggers];
  const pays = set.map(({ pay }) => pay);
  const saving = savingOf(rule, targets);
  if (saving > sum(pays) || saving < 0 || (saving === 0 && !ways.records_zero)) return null;
  const weights = set.map((unit) => (rule.equal_split ? 1 : baseOf(rule.base, unit)));
  return withTriggers(targets, triggers, split(saving, weights, pays, ways.residual));
}

function savingOf(rule: Rule, targets: readonly Unit[]): number {
  if (rule.type === 'p') return percentOf(sum(targets.map((unit) => baseOf(rule.base, unit))), rule.value);
  const value = rule.each ? sum(targets.map((unit) => unitValue(rule.value, unit))) : rule.value;
  return rule.type === 'v' ? value : sum(targets.map(({ pay }) => pay)) - value;
}

const withTriggers = (targets: Unit[], triggers: Unit[], discounts: readonly number[]): Application => ({
  uses: [...targets, ...triggers].map((unit, i) => ({
    unit,
    discount: discounts[i] ?? 0,
    role: i < targets.length ? 'target' : 'trigger',
  })),
});
