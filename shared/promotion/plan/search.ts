import { Picks } from '../select/picks.ts';
import { mostApplications } from '../select/requisite.ts';
import { take, takeExactly } from '../select/take.ts';
import { Bound } from './bound.ts';
import type { Multipliers } from './multipliers.ts';
import { Parts } from './parts.ts';
import { couldApply } from './possible.ts';
import type { Found, Problem, Step } from './problem.ts';
import { scoreOf, wholeOf } from './score.ts';
import { StateKeys } from './state_keys.ts';

interface Entry {
  /** The score of the best plan known from here on; NONE if nothing above what was asked for. */
  score: number;
  bound: number;
  /** To stop here if it is null. */
  step: Step | null;
}

/** Steps that follow one another; what lies deeper counts as unsearched, lest the stack run out. */
const DEPTH_MAX = 1_000;
const NONE = Number.NEGATIVE_INFINITY;

/** Working space of the search under way: one at a time, and most are over in microseconds. */
const bounds = new Bound();
const parts = new Parts();
/** One list of picks for each depth. */
const pool: Picks[] = [];
const topsAt: number[][] = [];
const lone = new Picks();

/** A bound for a whole problem, without a search. */
export function boundOf({ charges, free, left }: Problem): { bound: number; distinct: boolean } {
  bounds.begin(charges, free.length);
  parts.begin(charges, free.length);
  const bound = bounds.of(parts.stack, 0, parts.all(charges.length), free, left);
  return { bound, distinct: bounds.distinct };
}

/**
 * The best plan above `floor`, and of equally good ones the first: promotions in turn, fewer applications first
 * and stopping before going on. Depth first over the free units of each class, remembering every state, with
 * parts that no longer share a unit solved by themselves. It gives up after `budget` nodes, never by the clock,
 * so that every machine finds the same.
 */
export class Search {
  private readonly problem: Problem;
  private readonly budget: number;
  private readonly bounds = bounds;
  private readonly parts = parts;
  private readonly multipliers: Multipliers | null;
  private readonly memo = new Map<number | string, Entry>();
  private readonly keys: StateKeys;
  private nodes = 0;
  private depth = 0;
  /** What the last call of `best` or `sum` found. */
  private score = NONE;
  private bound = 0;
  /** The bound by prices that the last call of `limit` came to, before it was rounded. */
  private priced = 0;

  constructor(problem: Problem, budget: number, multipliers: Multipliers | null) {
    const { charges, free } = problem;
    this.problem = problem;
    this.budget = budget;
    this.multipliers = multipliers;
    bounds.begin(charges, free.length);
    parts.begin(charges, free.length);
    this.keys = new StateKeys(problem, bounds);
  }

  run(floor: number): Found {
    const all = this.parts.all(this.problem.views.length);
    this.sum(0, all, -1, floor);
    const { score, bound } = this;
    const steps: Step[] = [];
    if (score !== NONE) this.replay(steps);
    return { steps: score === NONE ? null : steps, score, bound, nodes: this.nodes };
  }

  /** The best of what is left to the promotions of a stretch of the stack, part by part. */
  private sum(from: number, to: number, without: number, floor: number): void {
    const { parts, problem } = this;
    const mark = parts.top;
    this.alive(from, to, without);
    const end = parts.top;
    if (end === mark) {
      this.score = floor < 0 ? 0 : NONE;
      this.bound = 0;
      return;
    }
    const ends = end - mark === 1 ? null : parts.split(mark, end, problem.free);
    if (ends === null) {
      this.best(mark, end, floor, null, 0);
      parts.top = mark;
      return;
    }
    const bounds: number[] = [];
    const priced: number[] = [];
    let total = 0;
    let start = end;
    for (const stop of ends) {
      const bound = this.limit(start, stop, NONE);
      bounds.push(bound);
      priced.push(this.priced);
      total += bound;
      start = stop;
    }
    let score = 0;
    start = end;
    for (let i = 0; i < ends.length && total > floor; i++) {
      const stop = ends[i] ?? start;
      const others = total - (bounds[i] ?? 0);
      // Every part can stop at once, so it never has to fall below nothing.
      this.best(start, stop, Math.max(-1, floor - others), bounds[i] ?? 0, priced[i] ?? 0);
      total = others + this.bound;
      score += this.score;
      start = stop;
    }
    parts.top = mark;
    this.score = total > floor && score > floor ? score : NONE;
    this.bound = total;
  }

  /** Puts those that can still apply on the stack. */
  private alive(from: number, to: number, without: number): void {
    const { parts, problem } = this;
    const { views, free, left } = problem;
    for (let i = from; i < to; i++) {
      const v = parts.stack[i] ?? 0;
      if (v === without || (left[v] ?? 0) === 0) continue;
      const view = views[v];
      if (view !== undefined && couldApply(view, free)) parts.push(v);
    }
  }

  /** The best plan of one part: the promotions on a stretch of the stack; its bound, where it is known. */
  private best(
    from: number,
    to: number,
    floor: number,
    knownLimit: number | null,
    knownPriced: number,
  ): void {
    const { problem, parts } = this;
    const first = parts.stack[from] ?? 0;
    if (to - from === 1 && problem.views[first]?.rule.isBlock === false) {
      this.alone(first, floor);
      return;
    }
    const limit = knownLimit ?? this.limit(from, to, floor);
    const priced = knownLimit === null ? this.priced : knownPriced;
    if (limit <= floor) {
      this.score = NONE;
      this.bound = limit;
      return;
    }
    const key = this.keys.of(parts.stack, from, to);
    const known = this.memo.get(key);
    if (known !== undefined && (known.score === known.bound || known.bound <= floor)) {
      this.score = known.score > floor ? known.score : NONE;
      this.bound = known.bound;
      return;
    }
    if (this.nodes >= this.budget || this.depth >= DEPTH_MAX) {
      this.score = floor < 0 ? 0 : NONE;
      this.bound = limit;
      if (this.score === 0 && known === undefined) this.memo.set(key, { score: 0, bound: limit, step: null });
      return;
    }
    this.depth++;
    const entry: Entry = { score: floor < 0 ? 0 : NONE, bound: 0, step: null };
    let low = Math.max(floor, 0);
    if (knownLimit !== null) bounds.of(parts.stack, from, to, problem.free, problem.left);
    const all = bounds.all;
    const tops = this.topsOf(from, to, all);
    // Later plans must be better to count, and nothing can be better than what the bound allows.
    for (let i = from; i < to && low < limit; i++) {
      const v = parts.stack[i] ?? 0;
      const top = tops[v] ?? all;
      if (top > low) low = this.tryView(v, from, to, low, priced, entry);
      else entry.bound = Math.max(entry.bound, top);
    }
    this.depth--;
    if (known !== undefined && known.score > entry.score) {
      entry.score = known.score;
      entry.step = known.step;
    }
    if (entry.score !== NONE) entry.bound = Math.max(entry.bound, entry.score);
    entry.bound = Math.min(entry.bound, limit, known?.bound ?? limit);
    this.memo.set(key, entry);
    this.score = entry.score > floor ? entry.score : NONE;
    this.bound = entry.bound;
  }

  /**
   * By promotion, what a plan that begins with its step scores at most: the step itself, and every other unit's
   * largest charge.
   */
  private topsOf(from: number, to: number, all: number): number[] {
    const { parts, problem } = this;
    let tops = topsAt[this.depth];
    if (tops === undefined) {
      tops = [];
      topsAt[this.depth] = tops;
    }
    const picks = this.picks();
    for (let i = from; i < to; i++) {
      const v = parts.stack[i] ?? 0;
      const view = problem.views[v];
      tops[v] = Number.POSITIVE_INFINITY;
      if (view === undefined || view.rule.isBlock) continue;
      take(view, problem.free, 1, 1, picks);
      tops[v] =
        picks.applications === 0
          ? NONE
          : wholeOf(all - this.bounds.chargeOf(picks), all) + this.scoreOfPicks(picks);
    }
    return tops;
  }

  /** The smaller of the bounds; the dearer one is asked only where the cheap one leaves hope. */
  private limit(from: number, to: number, floor: number): number {
    const { free, left } = this.problem;
    const { stack } = this.parts;
    const quick = this.bounds.of(stack, from, to, free, left);
    if (this.multipliers === null || quick <= floor) return quick;
    this.priced = this.multipliers.of(stack, from, to, free, left);
    return Math.min(quick, wholeOf(this.priced));
  }

  /** One promotion among units that no other wants applies as often as it can. */
  private alone(v: number, floor: number): void {
    const picks = this.takeAll(v);
    this.bound = picks === null ? 0 : this.scoreOfPicks(picks);
    this.score = this.bound > floor ? this.bound : NONE;
  }

  private takeAll(v: number): Picks | null {
    const { views, free, left } = this.problem;
    const view = views[v];
    if (view === undefined) return null;
    take(view, free, left[v] ?? 0, 1, lone);
    return lone.applications === 0 ? null : lone;
  }

  /** Tries every number of applications that one step may have; answers the best score so far. */
  private tryView(v: number, from: number, to: number, low: number, priced: number, entry: Entry): number {
    const { problem } = this;
    const view = problem.views[v];
    if (view === undefined) return low;
    const { isBlock, family } = view.rule;
    const left = problem.left[v] ?? 0;
    const inSets = family === 'requisite' || family === 'evenly_distributed';
    const most =
      !isBlock || family === 'easy_plus'
        ? 1
        : inSets
          ? Math.min(left, mostApplications(view, problem.free))
          : left;
    const picks = this.picks();
    let best = low;
    for (let k = 1; k <= most; k++) {
      if (++this.nodes > this.budget) {
        entry.bound = Number.POSITIVE_INFINITY;
        break;
      }
      if (isBlock) {
        if (!takeExactly(view, problem.free, k, picks)) {
          if (inSets) continue;
          break;
        }
      } else {
        take(view, problem.free, 1, 1, picks);
        if (picks.applications === 0) break;
      }
      if (this.multipliers !== null) {
        // What is left is worth at most the bound without the prices of the units that the step takes.
        const rest = wholeOf(priced - this.multipliers.priceOf(picks), priced);
        const most = rest + this.scoreOfPicks(picks);
        if (most <= best) {
          entry.bound = Math.max(entry.bound, most);
          continue;
        }
      }
      const own = this.apply(picks, v);
      this.sum(from, to, isBlock ? v : -1, best - own);
      this.undo(picks, v, left);
      if (this.score !== NONE && own + this.score > best) {
        best = own + this.score;
        entry.score = best;
        entry.step = { view: v, applications: k };
      }
      entry.bound = Math.max(entry.bound, own + this.bound);
    }
    return best;
  }

  private picks(): Picks {
    const known = pool[this.depth];
    if (known !== undefined) return known;
    const fresh = new Picks();
    pool[this.depth] = fresh;
    return fresh;
  }

  private scoreOfPicks(picks: Picks): number {
    return scoreOf(this.problem.scale, picks.discount(), picks.units(), picks.applications);
  }

  /** Uses the units; answers the score of the step. */
  private apply(picks: Picks, v: number): number {
    const { free, left, views } = this.problem;
    const { runs, counts } = picks;
    for (let i = 0; i < picks.length; i++) {
      const run = runs[i] ?? 0;
      free[run] = (free[run] ?? 0) - (counts[i] ?? 0);
    }
    left[v] = views[v]?.rule.isBlock === true ? 0 : (left[v] ?? 0) - picks.applications;
    return this.scoreOfPicks(picks);
  }

  private undo({ runs, counts, length }: Picks, v: number, before: number): void {
    const { free, left } = this.problem;
    for (let i = 0; i < length; i++) {
      const run = runs[i] ?? 0;
      free[run] = (free[run] ?? 0) + (counts[i] ?? 0);
    }
    left[v] = before;
  }

  /** Walks the remembered steps once more and leaves everything as it was. */
  private replay(steps: Step[]): void {
    const { parts, problem } = this;
    const undone: (() => void)[] = [];
    const walk = (from: number, to: number, without: number): void => {
      const mark = parts.top;
      this.alive(from, to, without);
      const end = parts.top;
      const ends = end - mark > 1 ? parts.split(mark, end, problem.free) : null;
      let start = ends === null ? mark : end;
      for (const stop of ends ?? (end > mark ? [end] : [])) {
        const step = this.stepOf(start, stop);
        const view = step === null ? undefined : problem.views[step.view];
        if (step !== null && view !== undefined) {
          const picks = new Picks();
          if (view.rule.isBlock) takeExactly(view, problem.free, step.applications, picks);
          else take(view, problem.free, step.applications, 1, picks);
          const before = problem.left[step.view] ?? 0;
          this.apply(picks, step.view);
          undone.push(() => this.undo(picks, step.view, before));
          steps.push(step);
          walk(start, stop, view.rule.isBlock ? step.view : -1);
        }
        start = stop;
      }
      parts.top = mark;
    };
    walk(0, parts.all(problem.views.length), -1);
    for (const undo of undone.reverse()) undo();
  }

  private stepOf(from: number, to: number): Step | null {
    const first = this.parts.stack[from] ?? 0;
    if (to - from === 1 && this.problem.views[first]?.rule.isBlock === false) {
      const picks = this.takeAll(first);
      return picks === null ? null : { view: first, applications: picks.applications };
    }
    return this.memo.get(this.keys.of(this.parts.stack, from, to))?.step ?? null;
  }
}
