import type { PromotionLine } from '../basket.ts';
import { mostSpecific } from '../member.ts';
import type { Rule } from '../rule.ts';
import type { Promotion } from '../schema.ts';
import type { Split } from '../split.ts';
import { basesOf, type Prices, unitDiscount } from '../units.ts';

/** The runs of a group that can be taken, in the order in which they are; beside each what one unit counts. */
export interface GroupView {
  readonly runs: readonly number[];
  /** A unit's own discount where the set's is their sum, else what the unit costs. */
  readonly worth: readonly number[];
  /** Places in these lists, those worth the most first. */
  readonly top: readonly number[];
}

export const NO_UNITS: GroupView = { runs: [], worth: [], top: [] };

/** What one promotion sees of a basket or of a part of it. */
export interface View {
  readonly rule: Rule;
  readonly prices: Prices;
  readonly base: readonly number[];
  /** In stored order; of a two-group requisite the target is at `rule.targetGroup`. */
  readonly groups: readonly GroupView[];
  /** Whether a run stands in two groups. */
  readonly overlaps: boolean;
  readonly split: Split;
}

/** `members`: the runs of each group, in the order of the basket. `lineOf` finds a line that a run is of. */
export function viewOf(
  rule: Rule,
  prices: Prices,
  members: readonly (readonly number[])[],
  lineOf: (run: number) => PromotionLine,
  split: Split,
): View {
  const base = basesOf(prices, rule.promotion);
  const groups = members.map((runs, g) => groupView(rule, g, prices, base, runs, lineOf));
  return { rule, prices, base, groups, overlaps: groups.length > 1 && overlap(groups), split };
}

function groupView(
  rule: Rule,
  g: number,
  prices: Prices,
  base: readonly number[],
  members: readonly number[],
  lineOf: (run: number) => PromotionLine,
): GroupView {
  const { promotion } = rule;
  const isTrigger = rule.triggers > 0 && rule.triggerGroup !== rule.targetGroup && g === rule.triggerGroup;
  const isOnlyNeeded = isTrigger || rule.family === 'evenly_distributed';
  const carriers: number[] = [];
  const own: number[] = [];
  for (const run of members) {
    const pay = prices.pay[run] ?? 0;
    if (pay === 0) continue;
    let worth = pay;
    if (!isOnlyNeeded && rule.kind === 'each') {
      const node = rule.family === 'line_special' ? nodeDiscount(rule, g, lineOf(run)) : promotion;
      worth = unitDiscount(node, base[run] ?? 0, pay, prices.weight[run] ?? 0);
      if (worth < (rule.family === 'line_special' ? 1 : 0)) continue;
    }
    carriers.push(run);
    own.push(worth);
  }
  const descending = isTrigger
    ? promotion.trigger_selection === 'lowest_first' || promotion.trigger_selection === 'lowest_of_highest'
    : promotion.selection === 'highest_first' || promotion.selection === 'lowest_of_each_set';
  // One group of a requisite that takes the lowest of the highest begins with the highest.
  const fromTop =
    rule.triggers > 0 && rule.groups.length === 1 && promotion.selection === 'lowest_of_highest';
  sortTogether(carriers, own, base, descending || fromTop ? -1 : 1);
  return { runs: carriers, worth: own, top: topOf(own) };
}

/** Places by worth, the most first; most lists are in order already, one way or the other. */
function topOf(worth: readonly number[]): number[] {
  const top: number[] = [];
  for (let i = worth.length - 1; i >= 0; i--) {
    let at = top.length;
    top.push(i);
    while (at > 0 && (worth[top[at - 1] ?? 0] ?? 0) < (worth[i] ?? 0)) {
      top[at] = top[at - 1] ?? 0;
      at--;
    }
    top[at] = i;
  }
  return top;
}

function nodeDiscount(
  rule: Rule,
  g: number,
  line: PromotionLine,
): Pick<Promotion, 'discount_type' | 'discount_value'> {
  const group = rule.groups[g];
  const node = group === undefined ? null : mostSpecific(group, line);
  if (node?.discount_type === undefined || node.discount_value === undefined) return rule.promotion;
  return { discount_type: node.discount_type, discount_value: node.discount_value };
}

/** By base price, equal ones in the order of the basket. Insertion: the lists are short or nearly in order. */
function sortTogether(runs: number[], worth: number[], base: readonly number[], sign: 1 | -1): void {
  if (runs.length > INSERTION_MAX) {
    const order = runs.map((run, i) => ({ run, worth: worth[i] ?? 0 }));
    order.sort((a, b) => sign * ((base[a.run] ?? 0) - (base[b.run] ?? 0)) || a.run - b.run);
    for (const [i, entry] of order.entries()) {
      runs[i] = entry.run;
      worth[i] = entry.worth;
    }
    return;
  }
  for (let i = 1; i < runs.length; i++) {
    const run = runs[i] ?? 0;
    const own = worth[i] ?? 0;
    const key = sign * (base[run] ?? 0);
    let at = i - 1;
    while (at >= 0 && sign * (base[runs[at] ?? 0] ?? 0) > key) {
      runs[at + 1] = runs[at] ?? 0;
      worth[at + 1] = worth[at] ?? 0;
      at--;
    }
    runs[at + 1] = run;
    worth[at + 1] = own;
  }
}

const INSERTION_MAX = 64;

function overlap(groups: readonly GroupView[]): boolean {
  const seen = new Set<number>();
  for (const { runs } of groups) {
    for (const run of runs) {
      if (seen.has(run)) return true;
      seen.add(run);
    }
  }
  return false;
}
