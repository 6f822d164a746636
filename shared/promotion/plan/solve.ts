import type { Lots } from '../lots.ts';
import { Picks } from '../select/picks.ts';
import { take } from '../select/take.ts';
import type { View } from '../select/view.ts';
import { chargesOf } from './charges.ts';
import { type Cluster, clustersOf, mergeAlike } from './cluster.ts';
import { byDensity, orderedPlan, patientPlan } from './greedy.ts';
import type { PlanMemo } from './memo.ts';
import { Multipliers } from './multipliers.ts';
import { reachable } from './possible.ts';
import type { Found, Problem } from './problem.ts';
import { scaleOf } from './score.ts';
import { boundOf, Search } from './search.ts';

/** A promotion's turn in the best plan. */
export interface PlannedStep {
  /** Place in the list that was given. */
  readonly view: number;
  readonly applications: number;
}

export interface Solution {
  readonly steps: readonly PlannedStep[];
  /** Minor units that a better plan could take off beyond this one; 0: it is proved that none does. */
  readonly gap: number;
  /** Nodes of the search that it took. */
  readonly nodes: number;
}

/**
 * The plan that takes off the most: of all ways to apply the competing promotions one after another, each by
 * its own rule of selection. Of equal ones it uses the fewest units, then the fewest applications, then the
 * promotions that come first in turn. Promotions that share no unit are planned apart.
 */
export function solve(
  views: readonly View[],
  limits: readonly number[],
  lots: Lots,
  budget: number,
  memo: PlanMemo | null,
): Solution {
  const free = lots.free.slice();
  const clusters = clustersOf(reachable(views, limits, free), limits, lots.count);
  const each = Math.min(NODES_EACH, budget);
  const steps: PlannedStep[] = [];
  let gap = 0;
  let nodes = 0;
  for (const cluster of clusters) {
    const solved = remembered(cluster, lots, free, Math.max(each, budget - nodes), memo);
    for (const { view, applications } of solved.steps)
      steps.push({ view: cluster.places[view] ?? 0, applications });
    gap += solved.gap;
    nodes += solved.nodes;
  }
  return { steps, gap, nodes };
}

/** However much one part has spent, every other may search so far. */
const NODES_EACH = 2_000;

/** Only clusters that need a search are worth remembering. */
const REMEMBERED_VIEWS_MIN = 3;

function remembered(
  cluster: Cluster,
  lots: Lots,
  free: number[],
  budget: number,
  memo: PlanMemo | null,
): Solution {
  if (memo === null || cluster.views.length < REMEMBERED_VIEWS_MIN) {
    return solveCluster(cluster, lots, free, budget);
  }
  const key = memo.keyOf(cluster, lots);
  const known = memo.find(key);
  // Its nodes count as if it had been searched again, so that what is left for the others is the same.
  if (known !== undefined && known.nodes <= budget) return known;
  const solved = solveCluster(cluster, lots, free, budget);
  if (solved.gap === 0) memo.keep(key, solved);
  return solved;
}

function solveCluster(cluster: Cluster, lots: Lots, free: number[], budget: number): Solution {
  const [only] = cluster.views;
  if (cluster.views.length === 1 && only !== undefined && !only.rule.isBlock) {
    const picks = new Picks();
    take(only, free, cluster.limits[0] ?? 0, 1, picks);
    const { applications } = picks;
    return { steps: applications === 0 ? [] : [{ view: 0, applications }], gap: 0, nodes: 0 };
  }
  const runs = mergeAlike(cluster, lots, free);
  let units = 0;
  let worth = 0;
  for (const run of runs) {
    units += free[run] ?? 0;
    worth += (free[run] ?? 0) * (lots.pay[run] ?? 0);
  }
  const scale = scaleOf(units, worth);
  const problem: Problem = {
    views: cluster.views,
    charges: cluster.views.map((view) => chargesOf(view, scale)),
    scale,
    runs,
    free,
    left: [...cluster.limits],
  };
  const picks = new Picks();
  const inTurn = orderedPlan(
    problem,
    problem.views.map((_, v) => v),
    picks,
  );
  // Going by turn is the first plan of all that apply as often as they can: if no plan is better, it is the one.
  const isPlain = problem.views.every((view) => !view.rule.isBlock);
  const { bound: top, distinct } = boundOf(problem);
  if (isPlain && inTurn.score === top) return { steps: inTurn.steps, gap: 0, nodes: 0 };
  const order = byDensity(problem, picks);
  const dense = orderedPlan(problem, order, picks);
  const quick = inTurn.score > dense.score ? inTurn : dense;
  if (quick.score === top && distinct) return { steps: quick.steps, gap: 0, nodes: 0 };
  const found = find(problem, quick.score, budget);
  if (found.steps !== null && found.score === found.bound) {
    return { steps: found.steps, gap: 0, nodes: found.nodes };
  }
  const best = found.steps !== null ? { steps: found.steps, score: found.score } : quick;
  const patient = patientPlan(problem, best);
  // A plan above its bound would be a fault of the bound: then nothing counts as proved but the plain one.
  const bound = patient.score > found.bound ? Math.max(top, patient.score) : found.bound;
  const gap = Math.max(0, Math.ceil((bound - patient.score) / scale.perDiscount));
  return { steps: patient.steps, gap, nodes: found.nodes };
}

/** Most problems end within a few nodes; only for the others it pays to look for prices of their units. */
const NODES_UNPRICED = 600;

function find(problem: Problem, reached: number, budget: number): Found {
  const first = Math.min(budget, NODES_UNPRICED);
  const found = new Search(problem, first, null).run(reached - 1);
  if (found.nodes < first || budget <= first) return found;
  const { charges, runs, free, left } = problem;
  const low = Math.max(reached, found.score);
  const multipliers = new Multipliers(charges, runs, free, left, low);
  const priced = new Search(problem, budget - first, multipliers).run(low - 1);
  return { ...priced, bound: Math.min(priced.bound, multipliers.bound), nodes: first + priced.nodes };
}
