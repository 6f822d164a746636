import type { AppliedPromotion, Evaluation, EvaluationContext, PromotionBasket } from '../basket.ts';
import type { CompiledPromotions } from '../compile.ts';
import { type Candidate, match } from '../match.ts';
import { isBasketFamily } from '../rule.ts';
import { DEFAULT_SETTINGS } from '../settings.ts';
import { splitOf } from '../split.ts';
import type { Units } from '../units.ts';
import { namesIn, savedAlone } from './alone.ts';
import { closedReason } from './closed.ts';
import type { ExplainedLine, ExplainedUnits, Explanation, PassedBy, Reason, TakenBy } from './explanation.ts';
import { itemVerdict } from './item_verdict.ts';
import { membersOf } from './members.ts';
import { Replay } from './replay.ts';
import { thresholdVerdict } from './threshold_verdict.ts';
import { titleOf } from './title.ts';
import type { Turn, Verdict } from './turn.ts';

/**
 * Which promotions took each unit of the basket and why the others that touch it did not. The arguments are
 * those of the evaluation. Every promotion that the basket touches is evaluated once more by itself, so this
 * costs several times an evaluation: it is for those who ask.
 */
export function explain(
  compiled: CompiledPromotions,
  basket: PromotionBasket,
  context: EvaluationContext,
  evaluation: Evaluation,
): Explanation {
  const candidates = match(compiled, basket, context, 'all');
  const replay = new Replay(basket, evaluation, candidates);
  const settings = { ...DEFAULT_SETTINGS, ...context.settings };
  const split = splitOf(settings);
  const named = namesIn(basket);
  const told: Told[] = [];
  replay.walk((candidate, place) => {
    const wouldSave = savedAlone(candidate, basket, named, context.settings);
    const turn = { candidate, place, replay, settings, split, wouldSave };
    const applied = replay.applied[replay.entryOf(candidate)];
    told.push({ candidate, applied, wouldSave, verdict: verdictOf(turn, context.now_local) });
  });
  return {
    lines: linesOf(basket, evaluation, replay.units, told),
    promotions: told.map(({ candidate, applied, wouldSave, verdict }) => {
      const { promotion, layer } = candidate.rule;
      return {
        promotion_id: promotion.id,
        retailer_promotion_id: promotion.retailer_promotion_id ?? null,
        title: titleOf(promotion, basket.currency),
        family: promotion.family,
        layer,
        applies_as: promotion.applies_as,
        line_ids: basket.lines
          .filter((_, at) => candidate.lines.some((own) => own.includes(at)))
          .map(({ line_id }) => line_id),
        is_applied: applied !== undefined,
        discount: applied?.discount ?? 0,
        applications: applied?.applications ?? 0,
        would_save: wouldSave,
        reason: verdict.reason,
      };
    }),
  };
}

interface Told {
  readonly candidate: Candidate;
  readonly applied: AppliedPromotion | undefined;
  readonly wouldSave: number;
  readonly verdict: Verdict;
}

function verdictOf(turn: Turn, now: string | undefined): Verdict {
  const { candidate, replay } = turn;
  const closed = closedReason(candidate, now);
  if (closed !== null) {
    const units = new Map<number, Reason>();
    for (const unit of membersOf(replay.units, candidate).flat()) units.set(unit, closed);
    return { reason: closed, units };
  }
  return isBasketFamily(candidate.rule.promotion.family) ? thresholdVerdict(turn) : itemVerdict(turn);
}

/** By line and place in it: what took the unit, and what passed it over. Pieces of a pack stand for the pack. */
function linesOf(
  basket: PromotionBasket,
  evaluation: Evaluation,
  units: Units,
  told: readonly Told[],
): ExplainedLine[] {
  const titles = new Map(
    told.map(({ candidate: { rule } }): [string, string] => [
      rule.promotion.id,
      titleOf(rule.promotion, basket.currency),
    ]),
  );
  const taken = takenBy(evaluation.applied, titles);
  const passed = passedBy(basket, units, told);
  return basket.lines.map((line, at) => {
    const groups: ExplainedUnits[] = [];
    let last = '';
    for (let place = 0; place < line.quantity; place++) {
      const key = `${line.line_id} ${place}`;
      const own = taken.get(key) ?? [];
      const story = {
        discount: evaluation.lines[at]?.unit_discounts[place] ?? 0,
        taken: own,
        passed: (passed.get(key) ?? []).filter(
          ({ promotion_id }) => !own.some((one) => one.promotion_id === promotion_id),
        ),
      };
      const text = JSON.stringify(story);
      const before = groups.at(-1);
      if (before !== undefined && text === last) before.count++;
      else groups.push({ from: place, count: 1, ...story });
      last = text;
    }
    return { line_id: line.line_id, barred: line.exclude_from_promotions === true, units: groups };
  });
}

function takenBy(
  applied: readonly AppliedPromotion[],
  titles: ReadonlyMap<string, string>,
): Map<string, TakenBy[]> {
  const taken = new Map<string, TakenBy[]>();
  for (const { promotion_id, title, layer, applies_as, units } of applied) {
    for (const { line_id, unit_index, role, discount, application } of units) {
      const key = `${line_id} ${unit_index}`;
      const own = taken.get(key) ?? [];
      taken.set(key, own);
      const same = own.find(
        (one) => one.promotion_id === promotion_id && one.role === role && one.application === application,
      );
      if (same !== undefined) same.discount += discount;
      else {
        const called = titles.get(promotion_id) ?? title;
        own.push({ promotion_id, title: called, role, discount, layer, application, applies_as });
      }
    }
  }
  return taken;
}

function passedBy(basket: PromotionBasket, units: Units, told: readonly Told[]): Map<string, PassedBy[]> {
  const passed = new Map<string, PassedBy[]>();
  // A stable order: of equal ones the first in turn.
  const loudFirst = [...told].sort((a, b) => b.wouldSave - a.wouldSave);
  for (const { candidate, verdict } of loudFirst) {
    const promotion_id = candidate.rule.promotion.id;
    for (const [unit, reason] of verdict.units) {
      const line = basket.lines[units.line[unit] ?? 0];
      const key = `${line?.line_id ?? ''} ${units.place[unit] ?? 0}`;
      const own = passed.get(key) ?? [];
      passed.set(key, own);
      if (!own.some((one) => one.promotion_id === promotion_id)) own.push({ promotion_id, reason });
    }
  }
  return passed;
}
