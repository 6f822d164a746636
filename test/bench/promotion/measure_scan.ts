import { isDeepStrictEqual } from 'node:util';
import type { PromotionLine } from '../../../shared/promotion/basket.ts';
import type { CompiledPromotions } from '../../../shared/promotion/compile.ts';
import { evaluate } from '../../../shared/promotion/evaluate.ts';
import { PlanMemo } from '../../../shared/promotion/plan/memo.ts';
import { type ScanFigures, spreadOf } from './figures.ts';
import { CURRENCY } from './measure_cell.ts';
import { type Effort, Timings, turns } from './timing.ts';

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
  const differing = new Set<number>();
  const compared = new Set<number>();
  for (const { i, isWarm } of turns(baskets.length, effort)) {
    const lines = baskets[i] ?? [];
    const memo = new PlanMemo();
    evaluate(compiled, { currency: CURRENCY, lines: lines.slice(0, -1) }, {}, memo);
    let began = performance.now();
    const remembered = evaluate(compiled, { currency: CURRENCY, lines }, {}, memo);
    withMemo.add(i, performance.now() - began, isWarm);
    began = performance.now();
    const fresh = evaluate(compiled, { currency: CURRENCY, lines });
    fromScratch.add(i, performance.now() - began, isWarm);
    if (compared.has(i)) continue;
    compared.add(i);
    if (!isDeepStrictEqual(remembered, fresh)) differing.add(i);
  }
  return {
    lines: baskets[0]?.length ?? 0,
    withMemo: spreadOf(withMemo.samples),
    fromScratch: spreadOf(fromScratch.samples),
    equal: differing.size === 0,
  };
}
