import type { View } from '../select/view.ts';

/** Promotions that compete, and the lots they compete for. */
export interface Cluster {
  /** In turn; `limits` beside them. */
  readonly views: readonly View[];
  readonly limits: readonly number[];
  /** Where each stands in the list that was given. */
  readonly places: readonly number[];
  /** Every lot that one of them can take, in the order of the basket. */
  readonly runs: readonly number[];
}

/** Parts that share no lot, in the order of their first promotion; null stands for one that cannot apply. */
export function clustersOf(
  views: readonly (View | null)[],
  limits: readonly number[],
  lots: number,
): Cluster[] {
  // The first view that was seen at a lot stands for it; views that meet at one are joined.
  const owner = new Int32Array(lots).fill(-1);
  const parent = new Int32Array(views.length);
  const root = (v: number): number => {
    let at = v;
    while (parent[at] !== at) {
      const up = parent[at] ?? at;
      parent[at] = parent[up] ?? up;
      at = up;
    }
    return at;
  };
  for (let v = 0; v < views.length; v++) {
    parent[v] = v;
    const groups = views[v]?.groups ?? [];
    for (let g = 0; g < groups.length; g++) {
      const runs = groups[g]?.runs ?? [];
      for (let r = 0; r < runs.length; r++) {
        const run = runs[r] ?? 0;
        const other = owner[run] ?? -1;
        if (other === -1) {
          owner[run] = v;
          continue;
        }
        const a = root(other);
        const b = root(v);
        if (a < b) parent[b] = a;
        else parent[a] = b;
      }
    }
  }
  const clusters = new Map<number, { views: View[]; limits: number[]; places: number[]; runs: number[] }>();
  for (let v = 0; v < views.length; v++) {
    const view = views[v];
    if (view === undefined || view === null) continue;
    const first = root(v);
    let cluster = clusters.get(first);
    if (cluster === undefined) {
      cluster = { views: [], limits: [], places: [], runs: [] };
      clusters.set(first, cluster);
    }
    cluster.views.push(view);
    cluster.limits.push(limits[v] ?? 0);
    cluster.places.push(v);
  }
  for (let run = 0; run < lots; run++) {
    const other = owner[run] ?? -1;
    if (other !== -1) clusters.get(root(other))?.runs.push(run);
  }
  return [...clusters.values()];
}

/**
 * Lots of a cluster that no promotion of it can tell apart become one: the counts move to the first of them,
 * unless a lot between them costs the same in some way, whose units would have to come in between. Answers
 * the lots that are left with units.
 */
export function mergeAlike({ views, runs }: Cluster, lots: MergeableLots, free: number[]): readonly number[] {
  const alike = alikeIn(runs, lots);
  if (alike.length === 0) return runs;
  const signatures = signaturesOf(views);
  const gone = new Set<number>();
  for (const same of alike) {
    const last = new Map<string, number>();
    const first = new Map<string, number>();
    for (const run of same) {
      const signature = signatures.get(run) ?? '';
      const before = last.get(signature);
      last.set(signature, run);
      if (before === undefined || between(lots, runs, signatures, before, run, gone)) {
        first.set(signature, run);
        continue;
      }
      const into = first.get(signature) ?? run;
      free[into] = (free[into] ?? 0) + (free[run] ?? 0);
      free[run] = 0;
      gone.add(run);
    }
  }
  return runs.filter((run) => !gone.has(run));
}

/** Lots that cost the same, where there are two or more. */
function alikeIn(runs: readonly number[], lots: MergeableLots): number[][] {
  const groups: number[][] = [];
  const placed = new Set<number>();
  for (let i = 0; i < runs.length; i++) {
    const a = runs[i] ?? 0;
    if (placed.size > 0 && placed.has(a)) continue;
    let group: number[] | null = null;
    for (let j = i + 1; j < runs.length; j++) {
      const b = runs[j] ?? 0;
      if (
        lots.pay[a] !== lots.pay[b] ||
        lots.mrp[a] !== lots.mrp[b] ||
        lots.selling[a] !== lots.selling[b] ||
        lots.weight[a] !== lots.weight[b]
      )
        continue;
      group ??= [a];
      group.push(b);
      placed.add(b);
    }
    if (group !== null) groups.push(group);
  }
  return groups;
}

interface MergeableLots {
  readonly pay: readonly number[];
  readonly mrp: readonly number[];
  readonly selling: readonly number[];
  readonly weight: readonly number[];
}

/** The groups that each lot is in, with what a unit of it is worth there. */
function signaturesOf(views: readonly View[]): Map<number, string> {
  const signatures = new Map<number, string>();
  for (let v = 0; v < views.length; v++) {
    const { groups } = views[v] ?? { groups: [] };
    for (let g = 0; g < groups.length; g++) {
      const { runs, worth } = groups[g] ?? { runs: [], worth: [] };
      for (let i = 0; i < runs.length; i++) {
        const run = runs[i] ?? 0;
        signatures.set(run, `${signatures.get(run) ?? ''}${v}.${g}.${worth[i]} `);
      }
    }
  }
  return signatures;
}

/** Whether another class with some equal price lies between two alike lots. */
function between(
  lots: MergeableLots,
  runs: readonly number[],
  signatures: ReadonlyMap<number, string>,
  from: number,
  to: number,
  gone: ReadonlySet<number>,
): boolean {
  return runs.some(
    (run) =>
      run > from &&
      run < to &&
      !(gone.has(run) && signatures.get(run) === signatures.get(from)) &&
      (lots.pay[run] === lots.pay[from] ||
        lots.mrp[run] === lots.mrp[from] ||
        lots.selling[run] === lots.selling[from]) &&
      signatures.get(run) !== signatures.get(from),
  );
}
