import type { Picks } from '../select/picks.ts';
import type { Charges } from './charges.ts';
import { wholeOf } from './score.ts';

/** Rounds of the ascent; each looks at every promotion once. */
const ROUNDS = 60;
/** Rounds without a better bound after which the steps are halved. */
const PATIENCE = 4;

/** One group of a promotion with what each run is worth beyond its price, the best first. */
interface Priced {
  readonly runs: readonly number[];
  readonly rest: readonly number[];
  readonly need: number;
}

/**
 * A bound that prices units (Lagrangian relaxation): every unit costs its price whoever takes it, and each
 * promotion by itself makes the applications that are worth more than their units' prices. The prices of all
 * units and those surpluses are together at least the score of any plan, whatever the prices; those that make
 * the sum small are found by a subgradient ascent and kept for the whole search.
 */
export class Multipliers {
  /** What the ascent came to, for the problem as it was given. */
  readonly bound: number;
  private readonly prices: Float64Array;
  private readonly priced: readonly (readonly Priced[])[];
  private readonly charges: readonly Charges[];
  private readonly seen: Int32Array;
  private turn = 0;

  constructor(
    charges: readonly Charges[],
    runs: readonly number[],
    free: ArrayLike<number>,
    left: ArrayLike<number>,
    reached: number,
  ) {
    this.charges = charges;
    this.seen = new Int32Array(free.length);
    const { prices, bound } = ascend(charges, runs, free, left, reached);
    this.prices = prices;
    this.bound = wholeOf(bound);
    this.priced = charges.map((own) => pricedOf(own, prices));
  }

  /** What the units cost together. */
  priceOf({ runs, counts, length }: Picks): number {
    let sum = 0;
    for (let i = 0; i < length; i++) sum += (counts[i] ?? 0) * (this.prices[runs[i] ?? 0] ?? 0);
    return sum;
  }

  /** The bound for a stretch of promotions over the units that are free, as it is: not a whole score. */
  of(views: Int32Array, from: number, to: number, free: ArrayLike<number>, left: ArrayLike<number>): number {
    const { seen, prices } = this;
    const turn = ++this.turn;
    let sum = 0;
    for (let i = from; i < to; i++) {
      const v = views[i] ?? 0;
      const own = this.charges[v];
      if (own === undefined) continue;
      for (let r = 0; r < own.runs.length; r++) {
        const run = own.runs[r] ?? 0;
        if (seen[run] === turn) continue;
        seen[run] = turn;
        sum += (free[run] ?? 0) * (prices[run] ?? 0);
      }
      sum += surplus(this.priced[v] ?? [], own, free, left[v] ?? 0, null);
    }
    return sum;
  }
}

function pricedOf(charges: Charges, prices: Float64Array): Priced[] {
  return charges.kinds.map(({ runs, charges: own, need }) => {
    const order = runs.map((run, i) => ({ run, rest: (own[i] ?? 0) - (prices[run] ?? 0) }));
    order.sort((a, b) => b.rest - a.rest);
    return { runs: order.map(({ run }) => run), rest: order.map(({ rest }) => rest), need };
  });
}

/**
 * The most that a promotion's applications are worth beyond the prices of their units, if it could choose the
 * units freely. `used` is told how many of each run that takes.
 */
function surplus(
  groups: readonly Priced[],
  charges: Charges,
  free: ArrayLike<number>,
  left: number,
  used: Float64Array | null,
): number {
  if (charges.size === Number.POSITIVE_INFINITY)
    return Math.min(charges.cap, surplusOfAny(groups, free, used));
  const [only] = groups;
  const sum =
    groups.length === 1 && only !== undefined
      ? surplusOfOne(only, free, left, used)
      : surplusOfSeveral(groups, free, left, used);
  return sum < charges.cap ? sum : charges.cap;
}

/** An easy-plus: every unit worth something, and as many others as the minimum asks for. */
function surplusOfAny(
  [group]: readonly Priced[],
  free: ArrayLike<number>,
  used: Float64Array | null,
): number {
  if (group === undefined) return 0;
  let sum = 0;
  let taken = 0;
  for (let i = 0; i < group.runs.length; i++) {
    const run = group.runs[i] ?? 0;
    const rest = group.rest[i] ?? 0;
    const have = free[run] ?? 0;
    const count = rest > 0 ? have : Math.min(have, Math.max(0, group.need - taken));
    if (count === 0 && rest <= 0) break;
    sum += count * rest;
    taken += count;
  }
  if (sum <= 0) return 0;
  if (used !== null) {
    let open = taken;
    for (let i = 0; i < group.runs.length && open > 0; i++) {
      const run = group.runs[i] ?? 0;
      const count = Math.min(open, free[run] ?? 0);
      used[run] = (used[run] ?? 0) + count;
      open -= count;
    }
  }
  return sum;
}

function surplusOfOne(
  group: Priced,
  free: ArrayLike<number>,
  left: number,
  used: Float64Array | null,
): number {
  const { runs, rest, need } = group;
  let sum = 0;
  let at = 0;
  let have = free[runs[0] ?? 0] ?? 0;
  for (let k = 0; k < left; k++) {
    let worth = 0;
    let open = need;
    const startAt = at;
    const startHave = have;
    while (open > 0) {
      while (have === 0) {
        at++;
        if (at >= runs.length) return sum;
        have = free[runs[at] ?? 0] ?? 0;
      }
      if (at >= runs.length) return sum;
      const count = have < open ? have : open;
      worth += count * (rest[at] ?? 0);
      have -= count;
      open -= count;
    }
    if (worth <= 0) return sum;
    sum += worth;
    if (used !== null) markUsed(group, free, startAt, startHave, need, used);
    // Sets within one run are all worth the same.
    if (startAt === at && have >= need) {
      const more = Math.min(left - k - 1, Math.floor(have / need));
      sum += more * worth;
      have -= more * need;
      k += more;
      if (used !== null) used[runs[at] ?? 0] = (used[runs[at] ?? 0] ?? 0) + more * need;
    }
  }
  return sum;
}

function markUsed(
  { runs }: Priced,
  free: ArrayLike<number>,
  from: number,
  fromHave: number,
  units: number,
  used: Float64Array,
): void {
  let at = from;
  let have = fromHave;
  for (let open = units; open > 0; ) {
    const count = Math.min(have, open);
    used[runs[at] ?? 0] = (used[runs[at] ?? 0] ?? 0) + count;
    open -= count;
    have -= count;
    if (have === 0) have = free[runs[++at] ?? 0] ?? 0;
  }
}

function surplusOfSeveral(
  groups: readonly Priced[],
  free: ArrayLike<number>,
  left: number,
  used: Float64Array | null,
): number {
  const at = groups.map(() => 0);
  const have = groups.map(({ runs }) => free[runs[0] ?? 0] ?? 0);
  let sum = 0;
  for (let k = 0; k < left; k++) {
    let worth = 0;
    const taken: number[] = [];
    for (let g = 0; g < groups.length; g++) {
      const { runs, rest, need } = groups[g] ?? { runs: [], rest: [], need: 0 };
      for (let open = need; open > 0; ) {
        while ((have[g] ?? 0) === 0) {
          const next = (at[g] ?? 0) + 1;
          if (next >= runs.length) return sum;
          at[g] = next;
          have[g] = free[runs[next] ?? 0] ?? 0;
        }
        const place = at[g] ?? 0;
        const count = Math.min(have[g] ?? 0, open);
        worth += count * (rest[place] ?? 0);
        have[g] = (have[g] ?? 0) - count;
        open -= count;
        if (used !== null) taken.push(runs[place] ?? 0, count);
      }
    }
    if (worth <= 0) return sum;
    sum += worth;
    if (used !== null) {
      for (let i = 0; i < taken.length; i += 2)
        used[taken[i] ?? 0] = (used[taken[i] ?? 0] ?? 0) + (taken[i + 1] ?? 0);
    }
  }
  return sum;
}

/** Subgradient steps towards the smallest sum, sized by what is known to be reached (Polyak). */
function ascend(
  charges: readonly Charges[],
  runs: readonly number[],
  free: ArrayLike<number>,
  left: ArrayLike<number>,
  reached: number,
): { prices: Float64Array; bound: number } {
  let prices = new Float64Array(free.length);
  for (const { runs: own, charges: values, size } of charges) {
    for (let i = 0; i < own.length; i++) {
      const run = own[i] ?? 0;
      // A start between nothing and the most that anybody pays.
      const value = (values[i] ?? 0) * (size === 1 ? 1 : 0.5);
      if (value > (prices[run] ?? 0)) prices[run] = value;
    }
  }
  let best = prices;
  let bestUsed = new Float64Array(free.length);
  let bound = Number.POSITIVE_INFINITY;
  let scale = 1;
  let idle = 0;
  const used = new Float64Array(free.length);
  for (let round = 0; round < ROUNDS; round++) {
    used.fill(0);
    let value = 0;
    for (const run of runs) value += (free[run] ?? 0) * (prices[run] ?? 0);
    for (let v = 0; v < charges.length; v++) {
      const own = charges[v];
      if (own !== undefined) value += surplus(pricedOf(own, prices), own, free, left[v] ?? 0, used);
    }
    if (value < bound) {
      bound = value;
      best = prices;
      bestUsed = used.slice();
      idle = 0;
    } else if (++idle >= PATIENCE) {
      scale /= 2;
      idle = 0;
      prices = best;
      used.set(bestUsed);
      value = bound;
    }
    if (bound - reached < 1) break;
    let norm = 0;
    for (const run of runs) {
      const over = (free[run] ?? 0) - (used[run] ?? 0);
      if (over < 0 || (prices[run] ?? 0) > 0) norm += over * over;
    }
    if (norm === 0) break;
    const step = (scale * (value - reached)) / norm;
    const next = prices.slice();
    for (const run of runs) {
      const over = (free[run] ?? 0) - (used[run] ?? 0);
      next[run] = Math.max(0, (prices[run] ?? 0) - step * over);
    }
    prices = next;
  }
  return { prices: best, bound };
}
