import { applicationsOf } from './apply.ts';
import { sum } from './arithmetic.ts';
import { type Application, totalOf, type Ways } from './reward.ts';
import type { Rule } from './rule.ts';
import { belongs, type Unit } from './unit.ts';

/** A sequence of steps, each one promotion on the units that the steps before left free. */
export interface Plan {
  discount: number;
  units: number;
  applications: number;
  steps: { rule: Rule; applications: Application[] }[];
}

const UNITS_MAX = 30;
const STATES_MAX = 20_000;

/**
 * The plan with the largest discount, then the fewest units, then the fewest applications, then the first
 * when plans are tried in the order of the rules, small steps first and stopping before going on.
 * Tries them all. What follows depends only on the units still free and the applications still allowed, so
 * each such state is worked out once. Null: too many units or states for that.
 */
export function bestPlan(
  rules: readonly Rule[],
  visibleTo: (rule: Rule) => readonly Unit[],
  ways: Ways,
): Plan | null {
  const sights = rules.map((rule) =>
    visibleTo(rule).filter((unit) => rule.groups.some((group) => belongs(group, unit))),
  );
  const pool = [...new Set(sights.flat())];
  if (pool.length > UNITS_MAX) return null;
  const known = new Map<string, Plan>();
  const steps = new Map<string, Step>();

  /** Used units leave the free ones: `used` has a bit for each unit of the pool. */
  const stepOf = (index: number, rule: Rule, used: number, k: number): Step => {
    const sight = sights[index] ?? [];
    const bits = maskOf(pool, sight);
    const key = `${index}/${k}/${used & bits}`;
    const before = steps.get(key);
    if (before) return before;
    const free = sight.filter((unit) => (used & bitOf(pool, unit)) === 0);
    const applications = applicationsOf(rule, free, k, ways);
    const taken = applications.flatMap(({ uses }) => uses.map(({ unit }) => unit));
    const step = {
      applications,
      discount: sum(applications.map(totalOf)),
      units: taken.length,
      mask: maskOf(pool, taken),
    };
    steps.set(key, step);
    return step;
  };

  const rest = (used: number, left: readonly number[]): Plan | null => {
    const key = `${used}/${left.join()}`;
    const before = known.get(key);
    if (before) return before;
    if (known.size >= STATES_MAX) return null;
    let best: Plan = { discount: 0, units: 0, applications: 0, steps: [] };
    for (const [index, rule] of rules.entries()) {
      const allowed = left[index] ?? 0;
      const stepwise = repeats(rule);
      for (let k = 1; k <= (stepwise ? Math.min(allowed, 1) : allowed); k++) {
        const step = stepOf(index, rule, used, k);
        if (step.discount <= 0) continue;
        const left_after = left.map((n, i) => (i === index ? (stepwise ? n - 1 : 0) : n));
        const after = rest(used | step.mask, left_after);
        if (!after) return null;
        const plan: Plan = {
          discount: step.discount + after.discount,
          units: step.units + after.units,
          applications: step.applications.length + after.applications,
          steps: [{ rule, applications: step.applications }, ...after.steps],
        };
        if (better(plan, best)) best = plan;
      }
    }
    known.set(key, best);
    return best;
  };
  // No promotion can run more often than there are units for it.
  return rest(
    0,
    rules.map((rule, i) => (rule.family === 'p' ? 1 : Math.min(rule.limit, sights[i]?.length ?? 0))),
  );
}

interface Step {
  applications: Application[];
  discount: number;
  units: number;
  mask: number;
}

/** One application a step, free to alternate with others; the rest come as one block of so many at once. */
const repeats = ({ family, max_discount }: Rule): boolean =>
  max_discount === null && (family === 'e' || family === 'c' || family === 'l');

const better = (a: Plan, b: Plan): boolean =>
  a.discount !== b.discount
    ? a.discount > b.discount
    : a.units !== b.units
      ? a.units < b.units
      : a.applications < b.applications;

const bitOf = (pool: readonly Unit[], unit: Unit): number => 1 << pool.indexOf(unit);
const maskOf = (pool: readonly Unit[], units: readonly Unit[]): number =>
  units.reduce((mask, unit) => mask | bitOf(pool, unit), 0);
