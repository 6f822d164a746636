import type { Evaluation, EvaluationContext, PromotionBasket, PromotionLine } from './basket.ts';
import { checkBasket } from './check_basket.ts';
import type { CompiledPromotions } from './compile.ts';
import { Ledger } from './ledger.ts';
import { type Lots, lotsOf, visibleLots } from './lots.ts';
import { type Candidate, match } from './match.ts';
import type { PlanMemo } from './plan/memo.ts';
import { solve } from './plan/solve.ts';
import { report } from './report.ts';
import { Picks } from './select/picks.ts';
import { take } from './select/take.ts';
import { type View, viewOf } from './select/view.ts';
import { DEFAULT_SETTINGS } from './settings.ts';
import { splitOf } from './split.ts';
import { applyThreshold, type Threshold, type ThresholdTurn } from './threshold.ts';
import { type Units, unitsOf } from './units.ts';

/**
 * What the promotions take off a basket. Layer by layer, and in each: the best plan of the item promotions that
 * compete for the best discount; those by priority on what is left; then the basket thresholds, the best of
 * those that compete and one by one those that do not. Within a layer a unit serves one item promotion at most.
 * Deterministic; a malformed basket is a bug and throws. A `memo` that belongs to one basket spares it the plans
 * that a change did not touch; it never changes the result.
 */
export function evaluate(
  compiled: CompiledPromotions,
  basket: PromotionBasket,
  context: EvaluationContext = {},
  memo: PlanMemo | null = null,
): Evaluation {
  checkBasket(basket);
  const settings = { ...DEFAULT_SETTINGS, ...context.settings };
  const candidates = match(compiled, basket, context, 'possible');
  const units = unitsOf(basket);
  const ledger = new Ledger(basket, units);
  const split = splitOf(settings);
  const turn: ThresholdTurn = {
    units,
    settings,
    split,
    least: settings.zero_discount === 'record' ? 0 : 1,
  };
  let gap = 0;
  let budget = settings.node_budget;

  for (let at = 0; at < candidates.length; ) {
    const layer = candidates[at]?.rule.layer ?? 0;
    let end = at;
    while (end < candidates.length && candidates[end]?.rule.layer === layer) end++;
    const own = candidates.slice(at, end);
    at = end;
    const competing = own.filter(({ rule }) => rule.stage === 'best_items');
    const ordered = own.filter(({ rule }) => rule.stage === 'items');
    if (competing.length + ordered.length > 0) {
      const single = lotsOf(units, true);
      const see = (candidate: Candidate, lots: Lots) =>
        viewOf(candidate.rule, lots, visibleLots(lots, candidate), lineAt(basket, lots), split);
      const planned = planBest(competing, units, single, see, ledger, budget, memo);
      gap += planned.gap;
      budget -= planned.nodes;
      byPriority(ordered, single, see, ledger, turn.least);
    }
    thresholds(own, turn, ledger);
  }
  return report(basket, units, ledger, gap);
}

type See = (candidate: Candidate, lots: Lots) => View;

const lineAt =
  (basket: PromotionBasket, lots: Lots) =>
  (lot: number): PromotionLine => {
    const line = basket.lines[lots.line[lot] ?? 0];
    if (line === undefined) throw new RangeError(`lot ${lot} has no line`);
    return line;
  };

/** The plan is made for lots of alike units and then carried out unit by unit. */
function planBest(
  competing: readonly Candidate[],
  units: Units,
  single: Lots,
  see: See,
  ledger: Ledger,
  budget: number,
  memo: PlanMemo | null,
): { gap: number; nodes: number } {
  if (competing.length === 0) return { gap: 0, nodes: 0 };
  const alike = lotsOf(units, false);
  const lots = alike.count === single.count ? single : alike;
  const views = competing.map((candidate) => see(candidate, lots));
  const limits = competing.map(({ limit }) => limit);
  const { steps, gap, nodes } = solve(views, limits, lots, budget, memo);
  const picks = new Picks();
  for (const { view: v, applications } of steps) {
    const candidate = competing[v];
    const planned = views[v];
    if (candidate === undefined || planned === undefined) continue;
    const view = lots === single ? planned : see(candidate, single);
    take(view, single.free, applications, 1, picks);
    ledger.commitItems(candidate, view, single, picks);
  }
  return { gap, nodes };
}

function byPriority(ordered: readonly Candidate[], lots: Lots, see: See, ledger: Ledger, least: 0 | 1): void {
  const picks = new Picks();
  for (const candidate of ordered) {
    const view = see(candidate, lots);
    take(view, lots.free, candidate.limit, least, picks);
    if (picks.applications > 0) ledger.commitItems(candidate, view, lots, picks);
  }
}

function thresholds(own: readonly Candidate[], turn: ThresholdTurn, ledger: Ledger): void {
  let applied = 0;
  let best: { candidate: Candidate; threshold: Threshold } | null = null;
  for (const candidate of own) {
    if (candidate.rule.stage !== 'best_basket') continue;
    const threshold = applyThreshold(candidate, turn);
    if (threshold !== null && (best === null || threshold.discount > best.threshold.discount))
      best = { candidate, threshold };
  }
  if (best !== null) {
    ledger.commitThreshold(best.candidate, best.threshold);
    applied++;
  }
  for (const candidate of own) {
    if (candidate.rule.stage !== 'basket') continue;
    if (turn.settings.one_basket_promo_per_layer && applied > 0) return;
    const threshold = applyThreshold(candidate, turn);
    if (threshold === null) continue;
    ledger.commitThreshold(candidate, threshold);
    applied++;
  }
}
