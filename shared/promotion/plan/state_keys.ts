import type { Bound } from './bound.ts';
import type { Problem } from './problem.ts';

/**
 * Names the states of a search: the free units of each run and the applications left, of the promotions asked
 * for. Two states with one name have the same plans. A number where the states are few enough, else text.
 */
export class StateKeys {
  private readonly problem: Problem;
  private readonly bounds: Bound;
  /** Place value of a run's free units in the number of a state; null: states are told apart by text. */
  private readonly radix: Float64Array | null;
  private readonly viewRadix: Float64Array;
  /** Whether the applications left are part of the state: not where the units run out first. */
  private readonly counts: readonly boolean[];

  /** `bounds` lists the runs of promotions. */
  constructor(problem: Problem, bounds: Bound) {
    const { views, charges, free, left, runs } = problem;
    this.problem = problem;
    this.bounds = bounds;
    this.counts = views.map((view, v) => {
      if (view.rule.isBlock) return true;
      const own = charges[v];
      let units = 0;
      for (const run of own?.runs ?? []) units += free[run] ?? 0;
      return (left[v] ?? 0) * (own?.size ?? 1) < units;
    });
    let product = 1;
    const radix = new Float64Array(free.length);
    for (const run of runs) {
      radix[run] = product;
      product *= (free[run] ?? 0) + 1;
    }
    this.viewRadix = new Float64Array(views.length);
    for (let v = 0; v < views.length; v++) {
      this.viewRadix[v] = product;
      if (this.counts[v] === true) product *= views[v]?.rule.isBlock === true ? 2 : (left[v] ?? 0) + 1;
    }
    this.radix = product <= Number.MAX_SAFE_INTEGER ? radix : null;
  }

  of(stack: Int32Array, from: number, to: number): number | string {
    const count = this.bounds.touch(stack, from, to);
    return this.radix === null
      ? this.textOf(stack, from, to, count)
      : this.numberOf(stack, from, to, count, this.radix);
  }

  private numberOf(stack: Int32Array, from: number, to: number, runs: number, radix: Float64Array): number {
    const { free, left, views } = this.problem;
    const { touched } = this.bounds;
    let key = 0;
    for (let i = 0; i < runs; i++) {
      const run = touched[i] ?? 0;
      key += (free[run] ?? 0) * (radix[run] ?? 0);
    }
    for (let i = from; i < to; i++) {
      const v = stack[i] ?? 0;
      if (this.counts[v] !== true) continue;
      const isBlock = views[v]?.rule.isBlock === true;
      key += (isBlock ? 1 : (left[v] ?? 0)) * (this.viewRadix[v] ?? 0);
    }
    return key;
  }

  private textOf(stack: Int32Array, from: number, to: number, runs: number): string {
    const { free, left } = this.problem;
    const { touched } = this.bounds;
    let text = '';
    for (let i = 0; i < runs; i++) {
      const run = touched[i] ?? 0;
      if ((free[run] ?? 0) > 0) text += `${run}:${free[run]},`;
    }
    for (let i = from; i < to; i++) {
      const v = stack[i] ?? 0;
      if (this.counts[v] === true) text += `${v}=${left[v]},`;
    }
    return text;
  }
}
