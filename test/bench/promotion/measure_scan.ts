import { isDeepStrictEqual } from 'node:util';
import type { PromotionLine } from '../../../shared/promotion/basket.ts';
import type { CompiledPromotions } from '../../../shared/promotion/compile.ts';
import { evaluate } from '../../../shared/promotion/evaluate.ts';
import { PlanMemo } from '../../../shared/promotion/plan/memo.ts';
import { type ScanFigures, spreadOf } from './figures.ts';
import { CURRENCY } from './measure_cell.ts';
import { type Effort, Timings, turns } from './timing.ts';

/** Baskets that are prepared together, so that none is still in the processor's cache from its last scan. */
const BATCH = 50;

/**
 * The last line of a basket comes in: with the memo of the basket without it, and from scratch. Every answer is
 * compared, whole, the first time.
 */
export function measureScan(
  compiled: CompiledPromotions,
  baskets: readonly PromotionLine[][],
  effort: Effort,
): ScanFigures {
  const withMemo = new Timings();
  const fromScratch = new Timings();
  const compared = new Set<number>();
  let equal = true;
  for (const { i, isWarm } of turns(Math.ceil(baskets.length / BATCH), effort)) {
    const batch = baskets.slice(i * BATCH, (i + 1) * BATCH);
    const memos = batch.map((lines) => {
      const memo = new PlanMemo();
      evaluate(compiled, { currency: CURRENCY, lines: lines.slice(0, -1) }, {}, memo);
      return memo;
    });
    const timed = (timings: Timings, memoOf: (b: number) => PlanMemo | null) =>
      batch.map((lines, b) => {
        const began = performance.now();
        const evaluation = evaluate(compiled, { currency: CURRENCY, lines }, {}, memoOf(b));
        timings.add(i * BATCH + b, performance.now() - began, isWarm);
        return evaluation;
      });
    const remembered = timed(withMemo, (b) => memos[b] ?? null);
    const fresh = timed(fromScratch, () => null);
    if (compared.has(i)) continue;
    compared.add(i);
    equal &&= isDeepStrictEqual(remembered, fresh);
  }
  return {
    lines: baskets[0]?.length ?? 0,
    withMemo: spreadOf(withMemo.samples),
    fromScratch: spreadOf(fromScratch.samples),
    equal,
  };
}
