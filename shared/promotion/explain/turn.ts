import type { EvaluationSettings } from '../basket.ts';
import type { Candidate } from '../match.ts';
import type { Split } from '../split.ts';
import type { Reason } from './explanation.ts';
import type { Replay } from './replay.ts';

/** A candidate at its turn. */
export interface Turn {
  readonly candidate: Candidate;
  /** Among the candidates. */
  readonly place: number;
  readonly replay: Replay;
  readonly settings: EvaluationSettings;
  readonly split: Split;
  /** What it saves when it is alone on the basket. */
  readonly wouldSave: number;
}

/** The verdict on a candidate: what decided against it, and what did at each unit that it did not take. */
export interface Verdict {
  /** Null if it applied. */
  readonly reason: Reason | null;
  readonly units: ReadonlyMap<number, Reason>;
}

/** The applied promotions, each once, in the order of application. */
export function idsOf(replay: Replay, entries: Iterable<number>): string[] {
  return [...new Set(entries)].sort((a, b) => a - b).map((entry) => replay.idOf(entry));
}

/** What applied promotions gave together. */
export function savedBy(replay: Replay, entries: Iterable<number>): number {
  let saved = 0;
  for (const entry of new Set(entries)) saved += replay.applied[entry]?.discount ?? 0;
  return saved;
}

/** Those that lowered the price of a unit before. */
export function loweredBy(replay: Replay, units: Iterable<number>): string[] {
  const entries: number[] = [];
  for (const unit of units)
    for (const { entry, discount } of replay.touches[unit] ?? []) if (discount > 0) entries.push(entry);
  return idsOf(replay, entries);
}
