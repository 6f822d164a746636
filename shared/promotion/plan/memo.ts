import type { Lots } from '../lots.ts';
import type { Rule } from '../rule.ts';
import type { Cluster } from './cluster.ts';
import type { Solution } from './solve.ts';

/** Clusters remembered at most; the one not met for longest goes. */
const SOLUTIONS_MAX = 256;

/**
 * Plans of clusters that were solved before, for a basket that is evaluated again and again: whatever a scan
 * did not touch is not searched again. It changes no result, and it may be thrown away at any time.
 */
export class PlanMemo {
  private readonly solutions = new Map<string, Solution>();
  private readonly numbers = new WeakMap<Rule, number>();
  private rules = 0;

  /** Everything that a cluster's plan depends on. */
  keyOf({ views, limits, runs }: Cluster, lots: Lots): string {
    const places = new Map<number, number>();
    let key = '';
    for (let r = 0; r < runs.length; r++) {
      const run = runs[r] ?? 0;
      places.set(run, r);
      key += `${lots.free[run]},${lots.pay[run]},${lots.mrp[run]},${lots.selling[run]},${lots.weight[run]};`;
    }
    for (let v = 0; v < views.length; v++) {
      const view = views[v];
      if (view === undefined) continue;
      key += `|${this.numberOf(view.rule)}*${limits[v]}`;
      for (const { runs: own, worth } of view.groups) {
        key += ':';
        for (let i = 0; i < own.length; i++) key += `${places.get(own[i] ?? 0)}=${worth[i]} `;
      }
    }
    return key;
  }

  find(key: string): Solution | undefined {
    const known = this.solutions.get(key);
    if (known === undefined) return undefined;
    this.solutions.delete(key);
    this.solutions.set(key, known);
    return known;
  }

  keep(key: string, solution: Solution): void {
    if (this.solutions.size >= SOLUTIONS_MAX) {
      const [oldest] = this.solutions.keys();
      if (oldest !== undefined) this.solutions.delete(oldest);
    }
    this.solutions.set(key, solution);
  }

  private numberOf(rule: Rule): number {
    const known = this.numbers.get(rule);
    if (known !== undefined) return known;
    const fresh = ++this.rules;
    this.numbers.set(rule, fresh);
    return fresh;
  }
}
