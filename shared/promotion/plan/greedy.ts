import { Picks } from '../select/picks.ts';
import { take } from '../select/take.ts';
import type { Problem, Step } from './problem.ts';
import { scoreOf } from './score.ts';

export interface Plan {
  readonly steps: readonly Step[];
  readonly score: number;
}

/** Promotions one after another, each as often as it can. Leaves the problem as it was. */
export function orderedPlan(
  { views, scale, free, left }: Problem,
  order: readonly number[],
  picks: Picks,
): Plan {
  const remaining = free.slice();
  const steps: Step[] = [];
  let score = 0;
  for (const v of order) {
    const view = views[v];
    if (view === undefined) continue;
    take(view, remaining, left[v] ?? 0, 1, picks);
    if (picks.applications === 0) continue;
    for (let i = 0; i < picks.length; i++) {
      const run = picks.runs[i] ?? 0;
      remaining[run] = (remaining[run] ?? 0) - (picks.counts[i] ?? 0);
    }
    const own = scoreOf(scale, picks.discount(), picks.units(), picks.applications);
    if (own <= 0) continue;
    score += own;
    // Of sets that are chosen together some may be dropped; the same can only be asked for by the same number.
    steps.push({ view: v, applications: view.rule.isBlock ? (left[v] ?? 0) : picks.applications });
  }
  return { steps, score };
}

/** The promotions by what each saves a unit when it has everything to itself, the most first. */
export function byDensity(problem: Problem, picks: Picks): number[] {
  const density = problem.views.map((view, v) => {
    take(view, problem.free, problem.left[v] ?? 0, 1, picks);
    const units = picks.units();
    return units === 0 ? 0 : picks.discount() / units;
  });
  const order = problem.views.map((_, v) => v);
  return order.sort((a, b) => (density[b] ?? 0) - (density[a] ?? 0) || a - b);
}

/** Orders tried beyond that when the search has given up: all of up to six promotions. */
const PERMUTED_MAX = 6;

/** The best of many orders, for a problem that the search could not finish. */
export function patientPlan(problem: Problem, start: Plan): Plan {
  const picks = new Picks();
  let best = start;
  const consider = (order: readonly number[]): boolean => {
    const plan = orderedPlan(problem, order, picks);
    if (plan.score <= best.score) return false;
    best = plan;
    return true;
  };
  const all = problem.views.map((_, v) => v);
  if (all.length <= PERMUTED_MAX) {
    for (const order of permutations(all)) consider(order);
    return best;
  }
  improve(best, all, consider);
  return best;
}

/** Moves one promotion to the front, again and again while that helps. */
function improve(start: Plan, all: readonly number[], consider: (order: readonly number[]) => boolean): void {
  // A promotion stands once in an order, however often its plan comes back to it.
  const used = [...new Set(start.steps.map((step) => step.view))];
  let order = [...used, ...all.filter((v) => !used.includes(v))];
  for (let round = 0; round < 3; round++) {
    let better = false;
    for (const v of all) {
      for (const place of [0, Math.floor(used.length / 2)]) {
        const rest = order.filter((other) => other !== v);
        const moved = [...rest.slice(0, place), v, ...rest.slice(place)];
        if (!consider(moved)) continue;
        order = moved;
        better = true;
      }
    }
    if (!better) return;
  }
}

function* permutations(items: readonly number[]): Generator<number[]> {
  if (items.length <= 1) {
    yield [...items];
    return;
  }
  for (const [i, item] of items.entries()) {
    for (const rest of permutations([...items.slice(0, i), ...items.slice(i + 1)])) yield [item, ...rest];
  }
}
