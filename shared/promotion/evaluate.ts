import type {
  Evaluation,
  EvaluationContext,
  EvaluationSettings,
  PromotionBasket,
  PromotionLine,
  SpecialPromotion,
} from './basket.ts';
import { type CompiledPromotions, nodeKey, type Rule } from './compile.ts';
import { applyEasy } from './easy.ts';
import { isOpen, LocalDateTime } from './local_time.ts';
import type { Promotion } from './schema.ts';
import { applyThreshold, type ThresholdApplication } from './threshold.ts';
import { type Application, discountOf, type Unit, unitsOf } from './unit.ts';

const ENGINE_VERSION = 'priority-1';
/** Every unit is looked at by itself; whoever fills baskets bounds lines and quantities well below this. */
const BASKET_UNITS_MAX = 200_000;

/**
 * What the promotions take off a basket. Layer by layer, item promotions first: within a layer a unit serves
 * one item promotion at most, in the order of priority. Then the basket thresholds, the best of those that
 * compete and after it one by one those that do not. Deterministic; a malformed basket is a bug and throws.
 */
export function evaluate(
  compiled: CompiledPromotions,
  basket: PromotionBasket,
  context: EvaluationContext = {},
): Evaluation {
  check(basket);
  const settings: EvaluationSettings = {
    one_basket_promo_per_layer: false,
    basket_percent_rounding: 'unit',
    ...context.settings,
  };
  const now = context.now_local === undefined ? undefined : LocalDateTime.parse(context.now_local);
  const units = basket.lines.map(unitsOf);
  const ledger = new Map<Rule, Applied>();

  for (const turn of layersOf(membership(compiled, basket.lines), now, context.special_promos ?? [])) {
    for (const unit of units.flat()) unit.used = false;
    let basketPromotions = 0;
    for (const candidate of turn.filter(({ rule }) => rule.stage === 'item')) {
      const free = unitsIn(candidate, units).filter(
        (unit) => !unit.used && !unit.locked && (candidate.rule.promotion.stackable || !unit.discounted),
      );
      const applications = applyEasy(candidate.rule, free, candidate.limit);
      for (const application of applications) commit(ledger, candidate.rule, application, 1);
    }
    const best = bestOf(turn, units, settings);
    if (best !== null) {
      commit(ledger, best.rule, best.application, best.application.applications);
      basketPromotions++;
    }
    for (const candidate of turn.filter(({ rule }) => rule.stage === 'basket')) {
      if (settings.one_basket_promo_per_layer && basketPromotions > 0) break;
      const application = applyThreshold(
        candidate.rule,
        unitsIn(candidate, units),
        candidate.limit,
        settings,
      );
      if (application === null) continue;
      commit(ledger, candidate.rule, application, application.applications);
      basketPromotions++;
    }
  }
  return report(basket, units, ledger);
}

/** A promotion that may apply now, the lines of its group and how often it may. */
interface Candidate {
  rule: Rule;
  lines: readonly number[];
  limit: number;
}

interface Applied {
  applications: number;
  /** By line. */
  discounts: Map<number, number>;
}

function check(basket: PromotionBasket): void {
  const natural = (n: number) => Number.isSafeInteger(n) && n >= 0;
  let units = 0;
  for (const { line_id, quantity, unit_price, mrp = unit_price } of basket.lines) {
    units += quantity;
    if (!natural(quantity) || quantity === 0 || !natural(unit_price) || !natural(mrp)) {
      throw new RangeError(`line ${line_id}: quantity ${quantity}, unit price ${unit_price}, mrp ${mrp}`);
    }
    if (units > BASKET_UNITS_MAX) throw new RangeError(`more than ${BASKET_UNITS_MAX} units`);
  }
  if (new Set(basket.lines.map((line) => line.line_id)).size < basket.lines.length) {
    throw new RangeError('two lines with one id');
  }
}

/** The lines that belong to each touched promotion's group, by the promotion's turn. */
function membership(compiled: CompiledPromotions, lines: readonly PromotionLine[]): Map<Rule, number[]> {
  const members = new Map<number, number[]>();
  for (const [position, line] of lines.entries()) {
    if (line.exclude_from_promotions === true) continue;
    const keys = [
      nodeKey('item', line.sku),
      ...line.categories.map(({ name, value }) => nodeKey(name, value)),
    ];
    const touched = new Set(keys.flatMap((key) => compiled.byNode.get(key) ?? []));
    for (const turn of compiled.everywhere) touched.add(turn);
    for (const turn of touched) {
      const rule = compiled.rules[turn];
      if (rule === undefined || rule.excludesAll || keys.some((key) => rule.excluded.has(key))) continue;
      const own = members.get(turn) ?? [];
      own.push(position);
      members.set(turn, own);
    }
  }
  const ordered = [...members].sort(([a], [b]) => a - b);
  return new Map(
    ordered.flatMap(([turn, own]) => (compiled.rules[turn] ? [[compiled.rules[turn], own]] : [])),
  );
}

function layersOf(
  members: ReadonlyMap<Rule, number[]>,
  now: string | undefined,
  specials: readonly SpecialPromotion[],
): Candidate[][] {
  const layers = new Map<number, Candidate[]>();
  for (const [rule, lines] of members) {
    if (now !== undefined && !isOpen(rule.promotion.schedule, now)) continue;
    const limit = limitOf(rule.promotion, specials);
    if (limit === 0) continue;
    const layer = layers.get(rule.layer) ?? [];
    layer.push({ rule, lines, limit });
    layers.set(rule.layer, layer);
  }
  return [...layers.values()];
}

/** How often a promotion may apply to this basket; a special one that no program brings may not at all. */
function limitOf(promotion: Promotion, specials: readonly SpecialPromotion[]): number {
  if (promotion.availability === 'all') return promotion.max_applications;
  const links = new Set(promotion.qualifiers.map((qualifier) => qualifier.id));
  const matching = specials
    .flatMap((special) => special.group_qualifiers)
    .filter((qualifier) => qualifier.qualifier_ids.some((id) => links.has(id)));
  return matching.reduce(
    (sum, { max_application_limit }) => sum + (max_application_limit ?? promotion.max_applications),
    0,
  );
}

function unitsIn(candidate: Candidate, units: readonly Unit[][]): Unit[] {
  return candidate.lines.flatMap((line) => units[line] ?? []);
}

/** The competing basket threshold with the largest discount; the earlier turn wins a tie. */
function bestOf(
  turn: readonly Candidate[],
  units: readonly Unit[][],
  settings: EvaluationSettings,
): { rule: Rule; application: ThresholdApplication } | null {
  let best: { rule: Rule; application: ThresholdApplication } | null = null;
  for (const candidate of turn.filter(({ rule }) => rule.stage === 'best_basket')) {
    const application = applyThreshold(candidate.rule, unitsIn(candidate, units), candidate.limit, settings);
    if (application === null) continue;
    if (best === null || discountOf(application) > discountOf(best.application)) {
      best = { rule: candidate.rule, application };
    }
  }
  return best;
}

function commit(ledger: Map<Rule, Applied>, rule: Rule, application: Application, times: number): void {
  const applied = ledger.get(rule) ?? { applications: 0, discounts: new Map<number, number>() };
  applied.applications += times;
  for (const { unit, discount } of application.shares) {
    unit.pay -= discount;
    unit.discounted ||= discount > 0;
    if (rule.stage === 'item') {
      unit.used = true;
      unit.locked ||= rule.exclusive;
    }
    if (discount > 0) applied.discounts.set(unit.line, (applied.discounts.get(unit.line) ?? 0) + discount);
  }
  ledger.set(rule, applied);
}

function report(
  basket: PromotionBasket,
  units: readonly Unit[][],
  ledger: ReadonlyMap<Rule, Applied>,
): Evaluation {
  const lines = basket.lines.map(({ line_id }, position) => {
    const unit_discounts = (units[position] ?? []).map((unit) => unit.selling - unit.pay);
    const promotions = [...ledger].flatMap(([{ promotion }, { discounts }]) => {
      const discount = discounts.get(position);
      return discount === undefined ? [] : [{ promotion_id: promotion.id, title: promotion.title, discount }];
    });
    return { line_id, unit_discounts, discount: sum(unit_discounts), promotions };
  });
  const applied = [...ledger].map(([{ promotion, layer }, { applications, discounts }]) => ({
    promotion_id: promotion.id,
    title: promotion.title,
    family: promotion.family,
    layer,
    discount: sum([...discounts.values()]),
    applications,
  }));
  return {
    discount_total: sum(lines.map((line) => line.discount)),
    lines,
    applied,
    // Without competing item promotions there is one plan only, and this is it.
    optimality: { status: 'proved' },
    engine_version: ENGINE_VERSION,
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0);
}
