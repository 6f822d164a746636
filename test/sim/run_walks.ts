import { told } from './shrink.ts';
import { walk } from './walk.ts';

/** What many walks came to: a run that never saw a thing proves nothing of it. */
export interface Counts {
  walks: number;
  /** Of attempts, orders, steps of the session, and incidents: how often each was seen. */
  attempts: Record<string, number>;
  orders: Record<string, number>;
  sessions: Record<string, number>;
  incidents: Record<string, number>;
  /** Of the first walks that failed, as people read them. */
  failures: string[];
}

/** One failure is enough to work on; a few show whether they are the same. */
const FAILURES_MAX = 3;

export const noCounts = (): Counts => ({
  walks: 0,
  ...{ attempts: {}, orders: {}, sessions: {}, incidents: {} },
  failures: [],
});

const count = (table: Record<string, number>, what: string, times = 1): void => {
  table[what] = (table[what] ?? 0) + times;
};

/** Walks with the seeds from `first` on. Stops after a few that failed. */
export async function runWalks(first: number, walks: number): Promise<Counts> {
  const counts = noCounts();
  for (let seed = first; seed < first + walks && counts.failures.length < FAILURES_MAX; seed++) {
    const end = await walk(seed);
    counts.walks++;
    for (const state of end.legs) count(counts.attempts, state);
    for (const move of end.sessions) count(counts.sessions, move);
    for (const kind of end.incidents) count(counts.incidents, kind);
    count(counts.orders, end.order);
    if (end.problems.length > 0) counts.failures.push(await told(end));
  }
  return counts;
}

export function addCounts(sum: Counts, more: Counts): void {
  sum.walks += more.walks;
  for (const table of ['attempts', 'orders', 'sessions', 'incidents'] as const)
    for (const [what, times] of Object.entries(more[table])) count(sum[table], what, times);
  sum.failures.push(...more.failures);
}
