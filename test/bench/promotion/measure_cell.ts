import type { Evaluation, PromotionLine } from '../../../shared/promotion/basket.ts';
import type { CompiledPromotions } from '../../../shared/promotion/compile.ts';
import { evaluate } from '../../../shared/promotion/evaluate.ts';
import { breachesOf } from './check_answer.ts';
import { type CellFigures, spreadOf } from './figures.ts';
import { type Effort, timeEach } from './timing.ts';
import { type PlainIndex, touchedBy } from './touch.ts';

export const CURRENCY = 'GBP';
const SLOWEST = 2;
const FLOOR_EFFORT: Effort = { rounds: 1, seconds: 0.3, warmUpMs: 50 };

export interface Slow {
  us: number;
  lines: readonly PromotionLine[];
}

/**
 * How long baskets of one size take, and what is proved of them; and the floors of the same baskets. `savings`
 * by basket, of those that there was time for.
 */
export function measureCell(
  compiled: CompiledPromotions,
  index: PlainIndex,
  baskets: readonly PromotionLine[][],
  effort: Effort,
): { figures: CellFigures; slowest: Slow[]; savings: ReadonlyMap<number, number> } {
  // Only what is asked of an answer is kept: the answers themselves would burden the garbage collector.
  const verdicts = new Map<number, Verdict>();
  const timings = timeEach(
    baskets.length,
    (i) => evaluate(compiled, { currency: CURRENCY, lines: baskets[i] ?? [] }),
    effort,
    (i, evaluation) => {
      if (!verdicts.has(i)) verdicts.set(i, verdictOn(evaluation, baskets[i] ?? []));
    },
  );
  const seen = [...verdicts.values()];
  const floor = (work: (lines: PromotionLine[]) => unknown) =>
    spreadOf(timeEach(baskets.length, (i) => work(baskets[i] ?? []), FLOOR_EFFORT).samples);
  return {
    figures: {
      lines: baskets[0]?.length ?? 0,
      time: spreadOf(timings.samples),
      medians: spreadOf(timings.medians.map(({ ms }) => ms)),
      baskets: seen.length,
      proved: seen.filter(({ gap }) => gap === null).length / seen.length,
      gap: Math.max(...seen.map(({ gap }) => gap ?? 0)),
      breaches: seen.flatMap(({ breaches }) => breaches),
      touched: baskets.reduce((sum, lines) => sum + touchedBy(index, lines).length, 0) / baskets.length,
      json: floor((lines) => JSON.parse(JSON.stringify(lines))),
      lookups: floor((lines) => lookUp(index, lines)),
    },
    savings: new Map([...verdicts].map(([i, { saved }]) => [i, saved])),
    slowest: timings.medians
      .sort((a, b) => b.ms - a.ms)
      .slice(0, SLOWEST)
      .map(({ i, ms }) => ({ us: ms * 1000, lines: baskets[i] ?? [] })),
  };
}

interface Verdict {
  /** Null: proved. */
  gap: number | null;
  breaches: string[];
  /** By the item promotions: what is compared with peers that know no spend thresholds. */
  saved: number;
}

function verdictOn(evaluation: Evaluation, lines: readonly PromotionLine[]): Verdict {
  const { applied, optimality } = evaluation;
  return {
    gap: optimality.status === 'proved' ? null : gapOf(evaluation),
    breaches: breachesOf(evaluation, lines),
    saved: applied.reduce(
      (sum, { family, discount }) => sum + (family.startsWith('basket_') ? 0 : discount),
      0,
    ),
  };
}

/** How much more could be saved at most, as a share of what is saved. */
export function gapOf(evaluation: Evaluation): number {
  const { optimality, discount_total, cashback_total, tender_total } = evaluation;
  if (optimality.status === 'proved') return 0;
  return optimality.upper_bound / Math.max(1, discount_total + cashback_total + tender_total) - 1;
}

/** Floor: one look at each line's offers, and a sum. */
function lookUp({ bySku }: PlainIndex, lines: readonly PromotionLine[]): number {
  let sum = 0;
  for (const { sku, quantity, unit_price } of lines)
    sum += quantity * unit_price + (bySku.get(sku)?.length ?? 0);
  return sum;
}
