import type { View } from '../select/view.ts';
import type { Charges } from './charges.ts';
import type { Scale } from './score.ts';

/** One promotion's turn in a plan: so many applications, taken from the units then free. */
export interface Step {
  readonly view: number;
  readonly applications: number;
}

/** What is to be searched: `free` and `left` are changed while it runs and stand as before when it is over. */
export interface Problem {
  readonly views: readonly View[];
  readonly charges: readonly Charges[];
  readonly scale: Scale;
  /** Lots that stand for a class of units; the others of the class are empty. */
  readonly runs: readonly number[];
  readonly free: number[];
  /** Applications that each promotion may still make. */
  readonly left: number[];
}

export interface Found {
  /** The best plan above the floor that was found; null if there is none or the budget ran out. */
  readonly steps: readonly Step[] | null;
  readonly score: number;
  /** No plan scores more; equal to `score` when it is proved. */
  readonly bound: number;
  readonly nodes: number;
}
