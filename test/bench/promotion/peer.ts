import type { PromotionLine } from '../../../shared/promotion/basket.ts';
import { type PeerFigures, spreadOf } from './figures.ts';
import { type Effort, Timings, turns } from './timing.ts';

/** Somebody else's way to the same discounts. */
export interface Peer {
  readonly name: string;
  /** Before the clock runs: what others than the peer would do for it. */
  prepare?(lines: readonly PromotionLine[]): void;
  evaluate(lines: readonly PromotionLine[]): PeerAnswer | Promise<PeerAnswer>;
}

export interface PeerAnswer {
  /** By item promotions, minor units; null: its rules are too far from ours to compare. */
  saved: number | null;
  /** Whether it claims that nothing is better; null: it never claims that. */
  proved: boolean | null;
}

/** The same baskets as the engine, whose savings by basket are `own`. */
export async function measurePeer(
  peer: Peer,
  baskets: readonly PromotionLine[][],
  own: ReadonlyMap<number, number>,
  effort: Effort,
): Promise<PeerFigures> {
  const answers = new Map<number, PeerAnswer>();
  const timings = new Timings();
  for (const { i, isWarm } of turns(baskets.length, effort)) {
    const lines = baskets[i] ?? [];
    peer.prepare?.(lines);
    const began = performance.now();
    const pending = peer.evaluate(lines);
    const answer = pending instanceof Promise ? await pending : pending;
    timings.add(i, performance.now() - began, isWarm);
    answers.set(i, answer);
  }
  const claims = [...answers.values()].flatMap(({ proved }) => (proved === null ? [] : [proved]));
  return {
    name: peer.name,
    lines: baskets[0]?.length ?? 0,
    time: spreadOf(timings.samples),
    missing: null,
    compared: compare(answers, own),
    proved: claims.length === 0 ? null : claims.filter(Boolean).length / claims.length,
  };
}

/** The row of a peer that cannot be had, with the reason. */
export function missingPeer(name: string, lines: number, missing: string): PeerFigures {
  return { name, lines, time: null, missing, compared: null, proved: null };
}

function compare(
  answers: ReadonlyMap<number, PeerAnswer>,
  own: ReadonlyMap<number, number>,
): PeerFigures['compared'] {
  let [less, more, theirs, ours, worst, both] = [0, 0, 0, 0, 1, 0];
  for (const [i, { saved }] of answers) {
    if (saved === null) return null;
    const engine = own.get(i);
    if (engine === undefined) continue;
    both++;
    ours += engine;
    theirs += saved;
    if (saved < engine) less++;
    if (saved > engine) more++;
    if (engine > 0) worst = Math.min(worst, saved / engine);
  }
  return both === 0
    ? null
    : { less: less / both, more: more / both, total: theirs / Math.max(1, ours), worst };
}
