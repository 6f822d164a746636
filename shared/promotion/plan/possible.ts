import type { GroupView, View } from '../select/view.ts';

/** Whether one application could come about if all other promotions left their units to it. */
export function couldApply(view: View, free: ArrayLike<number>): boolean {
  const { rule, groups } = view;
  let sum = 0;
  for (let g = 0; g < groups.length; g++) {
    const group = groups[g];
    const need = rule.groups[g]?.minimum ?? 0;
    const most = group === undefined ? -1 : mostOf(group, need, free);
    if (most < 0) return false;
    sum += most;
  }
  // What a set with triggers is worth says little about its targets; there the units alone decide.
  if (rule.triggers > 0) return true;
  if (rule.kind === 'each') return sum > 0;
  if (rule.family === 'easy_plus') return true;
  const value = rule.promotion.discount_value;
  return rule.kind === 'amount' ? value <= sum : value < sum;
}

/** The most that so many free units of a group are worth; -1: there are fewer. */
function mostOf({ runs, worth, top }: GroupView, need: number, free: ArrayLike<number>): number {
  let sum = 0;
  let open = need;
  for (let t = 0; t < top.length && open > 0; t++) {
    const place = top[t] ?? 0;
    const have = free[runs[place] ?? 0] ?? 0;
    const count = have < open ? have : open;
    sum += count * (worth[place] ?? 0);
    open -= count;
  }
  return open > 0 ? -1 : sum;
}

/**
 * The views without the units that they can never come to. A promotion that takes its units in order must
 * first use up those before that nobody else can take, and its limit ends that. Its last units may so become
 * another's alone, which is why it goes round until nothing changes. A view that cannot apply is null.
 */
export function reachable(
  views: readonly View[],
  limits: readonly number[],
  free: ArrayLike<number>,
): (View | null)[] {
  const cut: (View | null)[] = views.map((view) => (couldApply(view, free) ? view : null));
  const takers = new Int32Array(free.length);
  const count = (view: View, by: 1 | -1) => {
    for (const { runs } of view.groups) {
      for (let r = 0; r < runs.length; r++) takers[runs[r] ?? 0] = (takers[runs[r] ?? 0] ?? 0) + by;
    }
  };
  for (const view of cut) if (view !== null) count(view, 1);
  for (let changed = true; changed; ) {
    changed = false;
    for (let v = 0; v < cut.length; v++) {
      const view = cut[v];
      if (view === null || view === undefined || !takesInOrder(view)) continue;
      const shorter = withoutUnreached(view, limits[v] ?? 0, takers, free);
      if (shorter === view) continue;
      changed = true;
      count(view, -1);
      cut[v] = couldApply(shorter, free) ? shorter : null;
      const left = cut[v];
      if (left !== null && left !== undefined) count(left, 1);
    }
  }
  return cut;
}

/** Every set of it can be discounted, so that it never skips one. */
function takesInOrder({ rule, groups }: View): boolean {
  return (
    rule.family === 'easy' && rule.kind === 'each' && (groups[0]?.worth ?? []).every((worth) => worth > 0)
  );
}

function withoutUnreached(view: View, limit: number, takers: Int32Array, free: ArrayLike<number>): View {
  const group = view.groups[0];
  if (group === undefined) return view;
  const room = limit * view.rule.targets;
  let own = 0;
  for (let i = 0; i < group.runs.length; i++) {
    const run = group.runs[i] ?? 0;
    if (own >= room) {
      const runs = group.runs.slice(0, i);
      const worth = group.worth.slice(0, i);
      return { ...view, groups: [{ runs, worth, top: group.top.filter((place) => place < i) }] };
    }
    if (takers[run] === 1) own += free[run] ?? 0;
  }
  return view;
}
