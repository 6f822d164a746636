import type { Statement } from './db/client.ts';
import type { Refusal } from './http/refuse.ts';

/** What a verb decided: the answer, and every write that follows from it, to be made at once. */
export interface Effect<B> {
  body: B;
  statements: Statement[];
  /** A unique index (`table.column`) that a racing call may fill first, and what is answered then. */
  races?: { of: string; refusal: Refusal }[];
  /** What is answered where an `onlyIf` among the statements does not hold any more. */
  guarded?: Refusal;
  /** Where that happens the decision is made anew, a few times, before `guarded` is answered. */
  decides_anew?: true;
}
