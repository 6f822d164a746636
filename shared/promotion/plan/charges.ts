import { sharesPerUnit } from '../select/easy_plus.ts';
import { type GroupView, NO_UNITS, type View } from '../select/view.ts';
import { scaled } from '../units.ts';
import type { Scale } from './score.ts';

/** What a promotion's applications can be charged with: at most so much of the score for a unit of each run. */
export interface Charges {
  readonly runs: readonly number[];
  /** At least 0; of a run in two groups the higher. */
  readonly charges: readonly number[];
  /** What an application is made of: so many units of each kind, with their charges as they are, also below 0. */
  readonly kinds: readonly Kind[];
  /** Units that one application takes; of an easy-plus, which takes any number, endless. */
  readonly size: number;
  /** The most that all of its applications together can score; endless without a maximum discount. */
  readonly cap: number;
}

export interface Kind {
  readonly runs: readonly number[];
  readonly charges: readonly number[];
  readonly need: number;
}

/**
 * For every set of applications that the promotion can make, the charges of the units in it add up to at least
 * their score. So no plan is worth more than each unit's largest charge, all together. What a promotion saves
 * by itself is no such limit: without some cheap units it may save more.
 */
export function chargesOf(view: View, scale: Scale): Charges {
  const { rule, groups } = view;
  const { max_discount } = rule.promotion;
  let size = 0;
  for (let g = 0; g < rule.groups.length; g++) size += rule.groups[g]?.minimum ?? 0;
  const takesAny = rule.family === 'easy_plus';
  const perUnit = scale.perUnit + (takesAny ? 0 : scale.perApplication / size);
  const kinds: Kind[] = [];
  const runs: number[] = [];
  const charges: number[] = [];
  for (let g = 0; g < groups.length; g++) {
    const group = groups[g] ?? NO_UNITS;
    const most = mostOf(view, g, group, size);
    const exact: number[] = [];
    for (let i = 0; i < group.runs.length; i++) {
      const run = group.runs[i] ?? 0;
      const charge = (most[i] ?? 0) * scale.perDiscount - perUnit;
      exact.push(charge);
      const known = view.overlaps ? runs.indexOf(run) : -1;
      if (known === -1) {
        runs.push(run);
        charges.push(charge > 0 ? charge : 0);
      } else if (charge > (charges[known] ?? 0)) charges[known] = charge;
    }
    kinds.push({ runs: group.runs, charges: exact, need: rule.groups[g]?.minimum ?? 0 });
  }
  return {
    runs,
    charges,
    kinds: splitByRole(view, kinds, perUnit),
    size: takesAny ? Number.POSITIVE_INFINITY : size,
    cap: max_discount === undefined ? Number.POSITIVE_INFINITY : max_discount * scale.perDiscount,
  };
}

/** Where the dearest of one group are the targets, the others of a set are charged with nothing but their use. */
function splitByRole({ rule, groups }: View, kinds: readonly Kind[], perUnit: number): readonly Kind[] {
  const [only] = kinds;
  const { family, promotion } = rule;
  const inSets = family === 'requisite' || family === 'evenly_distributed';
  const isWhole = promotion.discount_type === 'amount' && (family !== 'requisite' || rule.kind === 'amount');
  if (
    !inSets ||
    groups.length > 1 ||
    only === undefined ||
    promotion.selection !== 'highest_first' ||
    isWhole
  )
    return kinds;
  return [
    { ...only, need: rule.targets },
    { runs: only.runs, charges: only.runs.map(() => -perUnit), need: rule.triggers },
  ];
}

/** The most of a discount that a unit of each run in the group accounts for. */
function mostOf(view: View, g: number, group: GroupView, size: number): readonly number[] {
  const { rule } = view;
  if (rule.family === 'requisite' || rule.family === 'evenly_distributed') {
    return mostOfRequisite(view, g, group, size);
  }
  if (rule.kind === 'each') return group.worth;
  const value = rule.promotion.discount_value;
  if (rule.family === 'easy_plus') {
    const shares = sharesPerUnit(view) ?? [];
    const highest = shares.reduce((a, b) => Math.max(a, b), 0);
    const lowest = shares.reduce((a, b) => Math.min(a, b), highest);
    return group.worth.map((pay) => (rule.kind === 'amount' ? Math.min(pay, highest) : pay - lowest));
  }
  const isAmount = rule.kind === 'amount';
  const most: number[] = [];
  for (let i = 0; i < group.worth.length; i++)
    most.push(isAmount ? value / size : (group.worth[i] ?? 0) - value / size);
  return most;
}

/**
 * Of a set with triggers the targets alone are discounted. Where they are the cheapest of it, their discounts
 * are at most the targets' part of what all of the set would get.
 */
function mostOfRequisite(view: View, g: number, group: GroupView, size: number): readonly number[] {
  const { rule, base, prices } = view;
  const { discount_type, discount_on, selection } = rule.promotion;
  const isEven = rule.family === 'evenly_distributed';
  let { discount_value: value } = rule.promotion;
  let kind = rule.kind;
  let own = group.worth;
  if (isEven && discount_type === 'percent') {
    own = group.runs.map((run) => ((base[run] ?? 0) * value) / 10_000 + 0.5);
    kind = 'each';
  } else if (isEven && discount_on === 'unit') {
    const values = group.runs.map((run) => scaled(value, prices.weight[run] ?? 0));
    const extreme = discount_type === 'amount' ? Math.max(...values) : Math.min(...values);
    value = rule.targets * extreme;
    kind = discount_type === 'amount' ? 'amount' : 'fixed';
  }
  if (rule.groups.length > 1) {
    if (g !== rule.targetGroup) return own.map(() => 0);
    if (kind === 'each') return own;
    return own.map((pay) => (kind === 'amount' ? value / rule.targets : pay - value / rule.targets));
  }
  if (kind === 'amount') return own.map(() => value / size);
  const part = selection === 'highest_first' ? 1 : rule.targets / size;
  const raised = part === 1 ? own : risen(group.runs, own, base);
  return raised.map((most) => part * most - (kind === 'fixed' ? value / size : 0));
}

/** Each value, or a higher one of a run with no higher base: worth need not rise with it where less is paid. */
function risen(runs: readonly number[], own: readonly number[], base: readonly number[]): number[] {
  const order = runs.map((_, i) => i).sort((a, b) => (base[runs[a] ?? 0] ?? 0) - (base[runs[b] ?? 0] ?? 0));
  const most: number[] = [];
  let highest = 0;
  for (const i of order) {
    highest = Math.max(highest, own[i] ?? 0);
    most[i] = highest;
  }
  return most;
}
