import { type Picks, setDiscount } from './picks.ts';
import { NO_UNITS, type View } from './view.ts';

/**
 * Combo and line special: every application takes the minimum from each group, groups in stored order, each in
 * its own order and no unit twice: the first pick that leaves the other groups enough. The units of a set
 * that cannot be discounted are passed over.
 */
export function selectBundles(
  view: View,
  free: ArrayLike<number>,
  limit: number,
  least: 0 | 1,
  picks: Picks,
): void {
  if (view.overlaps) selectOverlapping(view, free, limit, least, picks);
  else selectApart(view, free, limit, least, picks);
}

/** Where a unit stands in one group only, the picks of each group go straight on. */
function selectApart(view: View, free: ArrayLike<number>, limit: number, least: 0 | 1, picks: Picks): void {
  const { groups, rule } = view;
  const at = groups.map(() => 0);
  const used = groups.map(() => 0);
  while (picks.applications < limit) {
    const mark = picks.length;
    let sum = 0;
    for (let g = 0; g < groups.length; g++) {
      const { runs, worth } = groups[g] ?? NO_UNITS;
      let need = rule.groups[g]?.minimum ?? 0;
      let place = at[g] ?? 0;
      let gone = used[g] ?? 0;
      while (need > 0) {
        if (place >= runs.length) {
          picks.truncate(mark);
          return;
        }
        const run = runs[place] ?? 0;
        const available = (free[run] ?? 0) - gone;
        if (available <= 0) {
          place++;
          gone = 0;
          continue;
        }
        const taken = available < need ? available : need;
        const own = worth[place] ?? 0;
        picks.add(run, taken, 0, own);
        sum += taken * own;
        need -= taken;
        gone += taken;
      }
      at[g] = place;
      used[g] = gone;
    }
    const discount = setDiscount(rule.kind, rule.promotion.discount_value, sum, least);
    if (discount >= 0) picks.close(discount);
    else picks.truncate(mark);
  }
}

function selectOverlapping(
  view: View,
  free: ArrayLike<number>,
  limit: number,
  least: 0 | 1,
  picks: Picks,
): void {
  const { groups, rule } = view;
  const left = new Map<number, number>();
  for (const { runs } of groups) for (const run of runs) left.set(run, free[run] ?? 0);
  while (picks.applications < limit) {
    const mark = picks.length;
    const needed = rule.groups.map((group) => group.minimum);
    if (!completable(view, left, needed)) return;
    let sum = 0;
    for (let g = 0; g < groups.length; g++) {
      const { runs, worth } = groups[g] ?? NO_UNITS;
      for (let at = 0; at < runs.length && (needed[g] ?? 0) > 0; at++) {
        const run = runs[at] ?? 0;
        const taken = take(view, left, needed, g, run);
        if (taken === 0) continue;
        const own = worth[at] ?? 0;
        picks.add(run, taken, 0, own);
        sum += taken * own;
      }
    }
    const discount = setDiscount(rule.kind, rule.promotion.discount_value, sum, least);
    if (discount >= 0) picks.close(discount);
    else picks.truncate(mark);
  }
}

/** Takes as many units of a run as the group needs and the other groups can do without. */
function take(view: View, left: Map<number, number>, needed: number[], g: number, run: number): number {
  const available = left.get(run) ?? 0;
  const want = Math.min(available, needed[g] ?? 0);
  for (let taken = 0; taken < want; taken++) {
    left.set(run, available - taken - 1);
    needed[g] = (needed[g] ?? 0) - 1;
    if (completable(view, left, needed)) continue;
    left.set(run, available - taken);
    needed[g] = (needed[g] ?? 0) + 1;
    return taken;
  }
  return want;
}

/** Whether the groups' needs can all be met from what is left, each unit once: a flow along augmenting paths. */
function completable(view: View, left: ReadonlyMap<number, number>, needed: readonly number[]): boolean {
  const { groups } = view;
  const given = groups.map(() => new Map<number, number>());
  const used = new Map<number, number>();

  /** Finds room for one more unit of group `g`, moving other groups' units if that helps. */
  const place = (g: number, visited: Set<number>): boolean => {
    for (const run of groups[g]?.runs ?? []) {
      if (visited.has(run)) continue;
      visited.add(run);
      if ((used.get(run) ?? 0) < (left.get(run) ?? 0)) {
        used.set(run, (used.get(run) ?? 0) + 1);
        bump(given[g], run, 1);
        return true;
      }
      for (let other = 0; other < groups.length; other++) {
        if (other === g || (given[other]?.get(run) ?? 0) === 0) continue;
        if (!place(other, visited)) continue;
        bump(given[other], run, -1);
        bump(given[g], run, 1);
        return true;
      }
    }
    return false;
  };
  for (let g = 0; g < groups.length; g++) {
    for (let n = needed[g] ?? 0; n > 0; n--) if (!place(g, new Set())) return false;
  }
  return true;
}

function bump(counts: Map<number, number> | undefined, run: number, by: number): void {
  counts?.set(run, (counts.get(run) ?? 0) + by);
}
