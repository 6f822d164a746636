import { percentOf, scaled } from '../units.ts';
import { type Picks, setDiscount } from './picks.ts';
import { type GroupView, NO_UNITS, type View } from './view.ts';

/** Units in a row: so many of each run. */
interface Row {
  readonly runs: number[];
  readonly counts: number[];
  /** Beside each run what one unit of it is worth to the discount. */
  readonly worth: number[];
}

interface Block {
  readonly targets: Row;
  readonly triggers: Row;
}

/**
 * Requisite (buy some, get some) and evenly distributed: `applications` sets chosen together, so that which
 * units are target depends on how many sets there are. False: there are not units enough for so many. A set
 * that cannot be discounted is dropped alone.
 */
export function selectRequisite(
  view: View,
  free: ArrayLike<number>,
  applications: number,
  least: 0 | 1,
  picks: Picks,
): boolean {
  const { rule } = view;
  const block =
    rule.groups.length === 1 ? oneGroup(view, free, applications) : twoGroups(view, free, applications);
  if (block === null) return false;
  const target = new Cursor(block.targets);
  const trigger = new Cursor(block.triggers);
  for (let set = 0; set < applications; set++) {
    const mark = picks.length;
    const sum = target.take(rule.targets, 0, picks);
    const discount =
      rule.family === 'evenly_distributed'
        ? -1
        : setDiscount(rule.kind, rule.promotion.discount_value, sum, least);
    const endOfTargets = picks.length;
    const triggerSum = trigger.take(rule.triggers, 1, picks);
    const total =
      rule.family === 'evenly_distributed'
        ? evenDiscount(view, picks, mark, endOfTargets, sum, sum + triggerSum, least)
        : discount;
    if (total >= 0) picks.close(total);
    else picks.truncate(mark);
  }
  return true;
}

/** The most applications that the free units could make. */
export function mostApplications(view: View, free: ArrayLike<number>): number {
  const { rule, groups } = view;
  const size = rule.targets + rule.triggers;
  if (groups.length === 1) return Math.floor(freeIn(groups[0], free) / size);
  return Math.min(
    Math.floor(freeIn(groups[rule.targetGroup], free) / rule.targets),
    Math.floor(freeIn(groups[rule.triggerGroup], free) / rule.triggers),
  );
}

function freeIn(group: GroupView | undefined, free: ArrayLike<number>): number {
  let sum = 0;
  for (const run of group?.runs ?? []) sum += free[run] ?? 0;
  return sum;
}

function oneGroup(view: View, free: ArrayLike<number>, applications: number): Block | null {
  const { rule, base } = view;
  const { runs, worth } = view.groups[0] ?? NO_UNITS;
  const size = rule.targets + rule.triggers;
  const row = emptyRow();
  let need = applications * size;
  for (let at = 0; at < runs.length && need > 0; at++) {
    const count = Math.min(need, free[runs[at] ?? 0] ?? 0);
    if (count > 0) append(row, runs[at] ?? 0, count, worth[at] ?? 0);
    need -= count;
  }
  if (need > 0) return null;
  switch (rule.promotion.selection) {
    case 'lowest_of_each_set':
      return cutInSets(row, base, rule.targets, size);
    case 'lowest_of_highest':
      return split(ascending(row, base), applications * rule.targets);
    default:
      return split(row, applications * rule.targets);
  }
}

function twoGroups(view: View, free: ArrayLike<number>, applications: number): Block | null {
  const { rule, groups } = view;
  const targetGroup = groups[rule.targetGroup] ?? NO_UNITS;
  const triggerGroup = groups[rule.triggerGroup] ?? NO_UNITS;
  const wanted = applications * rule.triggers;
  const isTrigger = view.overlaps ? new Set(triggerGroup.runs) : null;
  let spare = freeIn(triggerGroup, free) - wanted;
  if (spare < 0) return null;

  const taken = new Map<number, number>();
  const targets = emptyRow();
  let need = applications * rule.targets;
  for (let at = 0; at < targetGroup.runs.length && need > 0; at++) {
    const run = targetGroup.runs[at] ?? 0;
    const both = isTrigger?.has(run) === true;
    const count = Math.min(need, free[run] ?? 0, both ? spare : need);
    if (count <= 0) continue;
    append(targets, run, count, targetGroup.worth[at] ?? 0);
    if (both) {
      spare -= count;
      taken.set(run, count);
    }
    need -= count;
  }
  if (need > 0) return null;

  const triggers = emptyRow();
  need = wanted;
  for (let at = 0; at < triggerGroup.runs.length && need > 0; at++) {
    const run = triggerGroup.runs[at] ?? 0;
    const count = Math.min(need, (free[run] ?? 0) - (taken.get(run) ?? 0));
    if (count > 0) append(triggers, run, count, triggerGroup.worth[at] ?? 0);
    need -= Math.max(0, count);
  }
  return { targets, triggers };
}

/** What a set of an evenly distributed promotion saves; it is spread over all of its units. */
function evenDiscount(
  view: View,
  picks: Picks,
  from: number,
  to: number,
  targetPay: number,
  setPay: number,
  least: 0 | 1,
): number {
  const { discount_type, discount_value, discount_on } = view.rule.promotion;
  let discount: number;
  if (discount_type === 'percent') {
    let base = 0;
    for (let i = from; i < to; i++) base += (picks.counts[i] ?? 0) * (view.base[picks.runs[i] ?? 0] ?? 0);
    discount = percentOf(base, discount_value);
  } else {
    let value = discount_value;
    if (discount_on === 'unit') {
      value = 0;
      for (let i = from; i < to; i++)
        value += (picks.counts[i] ?? 0) * scaled(discount_value, view.prices.weight[picks.runs[i] ?? 0] ?? 0);
    }
    discount = discount_type === 'amount' ? value : targetPay - value;
  }
  return discount >= least && discount <= setPay ? discount : -1;
}

/** Hands out the units of a row one after another. */
class Cursor {
  private at = 0;
  private used = 0;
  private readonly row: Row;

  constructor(row: Row) {
    this.row = row;
  }

  /** Adds the next units to the picks; answers the sum of their worth. */
  take(units: number, role: 0 | 1, picks: Picks): number {
    let sum = 0;
    for (let need = units; need > 0; ) {
      const count = Math.min(need, (this.row.counts[this.at] ?? 0) - this.used);
      if (count <= 0) throw new RangeError('a row of units is too short');
      const worth = this.row.worth[this.at] ?? 0;
      picks.add(this.row.runs[this.at] ?? 0, count, role, worth);
      sum += count * worth;
      this.move(count);
      need -= count;
    }
    return sum;
  }

  private move(count: number): void {
    this.used += count;
    if (this.used < (this.row.counts[this.at] ?? 0)) return;
    this.at++;
    this.used = 0;
  }
}

const emptyRow = (): Row => ({ runs: [], counts: [], worth: [] });

function append(row: Row, run: number, count: number, worth: number): void {
  row.runs.push(run);
  row.counts.push(count);
  row.worth.push(worth);
}

function split(row: Row, units: number): Block {
  const targets = emptyRow();
  const triggers = emptyRow();
  let need = units;
  for (let i = 0; i < row.runs.length; i++) {
    const count = row.counts[i] ?? 0;
    const first = Math.min(count, need);
    if (first > 0) append(targets, row.runs[i] ?? 0, first, row.worth[i] ?? 0);
    if (count > first) append(triggers, row.runs[i] ?? 0, count - first, row.worth[i] ?? 0);
    need -= first;
  }
  return { targets, triggers };
}

/** Sets of `size` along a row that begins with the dearest; the cheapest of each are its targets. */
function cutInSets(row: Row, base: readonly number[], targets: number, size: number): Block {
  const block = { targets: emptyRow(), triggers: emptyRow() };
  let set = emptyRow();
  let room = size;
  for (let i = 0; i < row.runs.length; i++) {
    for (let left = row.counts[i] ?? 0; left > 0; ) {
      const count = Math.min(left, room);
      append(set, row.runs[i] ?? 0, count, row.worth[i] ?? 0);
      left -= count;
      room -= count;
      if (room > 0) continue;
      const chosen = split(ascending(set, base), targets).targets;
      appendAll(block.targets, chosen);
      appendAll(block.triggers, without(set, chosen));
      set = emptyRow();
      room = size;
    }
  }
  return block;
}

function without(row: Row, chosen: Row): Row {
  const rest = emptyRow();
  for (let i = 0; i < row.runs.length; i++) {
    const run = row.runs[i] ?? 0;
    const at = chosen.runs.indexOf(run);
    const count = (row.counts[i] ?? 0) - (at === -1 ? 0 : (chosen.counts[at] ?? 0));
    if (count > 0) append(rest, run, count, row.worth[i] ?? 0);
  }
  return rest;
}

function appendAll(row: Row, more: Row): void {
  for (let i = 0; i < more.runs.length; i++)
    append(row, more.runs[i] ?? 0, more.counts[i] ?? 0, more.worth[i] ?? 0);
}

function ascending(row: Row, base: readonly number[]): Row {
  const order = row.runs.map((run, i) => ({ run, count: row.counts[i] ?? 0, worth: row.worth[i] ?? 0 }));
  order.sort((a, b) => (base[a.run] ?? 0) - (base[b.run] ?? 0) || a.run - b.run);
  const sorted = emptyRow();
  for (const { run, count, worth } of order) append(sorted, run, count, worth);
  return sorted;
}
