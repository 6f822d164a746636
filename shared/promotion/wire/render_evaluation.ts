import type { AppliedPromotion, Evaluation, ProgramShare } from '../basket.ts';
import type { Explanation } from '../explain/explanation.ts';
import { isBasketFamily } from '../rule.ts';
import type { Suggestion } from '../suggest/suggest.ts';
import type { EvaluateItem, EvaluateRequest } from './evaluate_request.ts';
import type { EvaluateResponse } from './evaluate_response.ts';
import { renderExplanation } from './explanation_response.ts';
import { type Fate, fatesOf, reducesPrice, type Touch } from './histories.ts';
import { APPLIES_AS_LETTERS, CRITERIA_LETTERS, FAMILY_LETTERS } from './letter_codes.ts';
import { renderSuggestion, type SuggestionResponse } from './suggestion_response.ts';

type Item = EvaluateResponse['basket']['items'][number];
type Consumed = Item['discount_info'][number];
type Promo = Consumed['applied_promos'][number];
type Programs = EvaluateResponse['basket']['special_promos_info'];

const sum = (amounts: readonly number[]): number => amounts.reduce((total, amount) => total + amount, 0);

interface Findings {
  evaluation: Evaluation;
  /** Null where the request brought its promotions. */
  catalog_version: number | null;
  /** Null: not asked for. */
  suggestions: readonly Suggestion[] | null;
  explanation: Explanation | null;
}

/** The answer to a request, in minor units. */
export function renderEvaluation(request: EvaluateRequest, findings: Findings): EvaluateResponse {
  const { evaluation, catalog_version, explanation } = findings;
  const suggestions = findings.suggestions?.map(renderSuggestion) ?? null;
  const { items } = request.basket;
  const discounts = new Map(evaluation.lines.map((line) => [line.line_id, line]));
  const fates = fatesOf(evaluation);
  const suggestionsOf = byLine(suggestions ?? []);
  const addonsOf = Map.groupBy(items, ({ parent_line_id }) => parent_line_id);
  const total_sp = sum(items.map(({ quantity, unit_price }) => quantity * unit_price));
  return {
    status: true,
    status_msg: 'success',
    customer_id: request.customer_id ?? null,
    is_guest_user: request.is_guest_user ?? null,
    engine_version: evaluation.engine_version,
    catalog_version,
    optimality: evaluation.optimality,
    currency: request.currency,
    discount_total: evaluation.discount_total,
    cashback_total: evaluation.cashback_total,
    tender_total: evaluation.tender_total,
    applied_promotions: evaluation.applied.map(appliedPromotion),
    suggestions,
    explanation: explanation === null ? null : renderExplanation(explanation, request.currency),
    basket: {
      id: request.basket.id ?? null,
      total_mrp: sum(items.map(({ quantity, unit_price, mrp = unit_price }) => quantity * mrp)),
      total_sp,
      discount: evaluation.discount_total,
      total_after_promos: total_sp - evaluation.discount_total,
      special_promos_info: programs(evaluation.applied),
      basket_threshold_promos: thresholds(evaluation.applied, total_sp),
      items: items.map((item) => ({
        ...echo(item),
        unit_discounts: discounts.get(item.line_id)?.unit_discounts ?? [],
        ...unitsOf(item, fates.get(item.line_id) ?? [], suggestionsOf.get(item.line_id) ?? []),
        item_addons: addons(addonsOf.get(item.line_id), (line) => discounts.get(line)?.discount ?? 0),
      })),
    },
  };
}

function appliedPromotion(promotion: AppliedPromotion): EvaluateResponse['applied_promotions'][number] {
  return {
    promo_id: promotion.promotion_id,
    promo_id_retailer: promotion.retailer_promotion_id,
    family: FAMILY_LETTERS[promotion.family],
    title: promotion.title,
    layer: promotion.layer,
    evaluate_criteria: CRITERIA_LETTERS[promotion.criteria],
    priority: promotion.priority,
    discount: promotion.discount,
    applications: promotion.applications,
    max_application_limit: promotion.max_applications,
    apply_type: APPLIES_AS_LETTERS[promotion.applies_as],
    special_promo_info: promotion.programs.length === 0 ? null : promotion.programs,
    units: promotion.units.map(({ line_id, unit_index, role, discount }) => ({
      line_id,
      unit_index,
      role,
      discount,
    })),
  };
}

/** What each program of the basket brought; one that brought nothing is not there, so that it is not redeemed. */
function programs(applied: readonly AppliedPromotion[]): Programs {
  const found = new Map<string, Programs['applied_programs'][number]>();
  for (const promotion of applied) {
    for (const share of promotion.programs) {
      if (share.discount === 0) continue;
      const { program_name, program_title, input, qualifier_id, description, discount } = share;
      const program = found.get(program_name) ?? { program_name, program_title, discount: 0, qualifiers: [] };
      program.discount += discount;
      program.qualifiers.push({
        input,
        qualifier_id,
        description,
        promo_id: promotion.promotion_id,
        discount,
      });
      found.set(program_name, program);
    }
  }
  const applied_programs = [...found.values()];
  return { discount: sum(applied_programs.map(({ discount }) => discount)), applied_programs };
}

function thresholds(
  applied: readonly AppliedPromotion[],
  totalSp: number,
): EvaluateResponse['basket']['basket_threshold_promos'] {
  const applied_promos: Promo[] = [];
  let price = totalSp;
  let discount = 0;
  for (const promotion of applied) {
    const off = reducesPrice(promotion) ? promotion.discount : 0;
    price -= off;
    if (!isBasketFamily(promotion.family)) continue;
    discount += off;
    applied_promos.push(promo(promotion, promotion.discount, price, null));
  }
  return { discount_already_deducted_from_basket_total: true, discount, applied_promos };
}

function promo(
  promotion: AppliedPromotion,
  discount: number,
  final_price: number,
  item_source: string | null,
): Promo {
  return {
    promo_id: promotion.promotion_id,
    promo_id_retailer: promotion.retailer_promotion_id,
    promo_family: FAMILY_LETTERS[promotion.family],
    promo_title: promotion.title,
    discount,
    final_price,
    priority: promotion.priority,
    promo_application_times: promotion.applications,
    promo_max_application_limit: promotion.max_applications,
    special_promo_info: promotion.programs.length === 0 ? null : promotion.programs.map(unlockedBy),
    evaluate_criteria: CRITERIA_LETTERS[promotion.criteria],
    discount_apply_type: APPLIES_AS_LETTERS[promotion.applies_as],
    layer: promotion.layer,
    item_source,
  };
}

/** Without its discount, which is that of the whole basket. */
const unlockedBy = ({ discount: _, ...share }: ProgramShare): Omit<ProgramShare, 'discount'> => share;

function echo(item: EvaluateItem) {
  const { barcode, uom, weight_milli, pack_size, parent_line_id, exclude_from_promotions, attributes } = item;
  return {
    line_id: item.line_id,
    sku: item.sku,
    ...(barcode === undefined ? {} : { barcode }),
    quantity: item.quantity,
    unit_price: item.unit_price,
    mrp: item.mrp ?? item.unit_price,
    ...(uom === undefined ? {} : { uom }),
    ...(weight_milli === undefined ? {} : { weight_milli }),
    ...(pack_size === undefined ? {} : { pack_size }),
    categories: item.categories,
    item_type: item.item_type,
    ...(parent_line_id === undefined ? {} : { parent_line_id }),
    ...(exclude_from_promotions === undefined ? {} : { exclude_from_promotions }),
    ...(attributes === undefined ? {} : { attributes }),
  };
}

type OwnSuggestion = Item['remaining_info']['promo_suggestions'][number];

function byLine(suggestions: readonly SuggestionResponse[]): ReadonlyMap<string, OwnSuggestion[]> {
  const found = new Map<string, OwnSuggestion[]>();
  for (const { line_ids, ...suggestion } of suggestions) {
    for (const line of line_ids) {
      const own = found.get(line) ?? [];
      own.push(suggestion);
      found.set(line, own);
    }
  }
  return found;
}

function unitsOf(
  item: EvaluateItem,
  fates: readonly Fate[],
  promo_suggestions: OwnSuggestion[],
): Pick<Item, 'discount_info' | 'requisite_info' | 'remaining_info'> {
  const used = fates.filter(({ touches }) => touches.length > 0);
  const isRequisite = ({ touches }: Fate) => touches.every((touch) => touch.isTrigger);
  const remaining = fates.filter(({ touches }) => touches.length === 0);
  return {
    discount_info: used.filter((fate) => !isRequisite(fate)).map((fate) => consumed(item, fate)),
    requisite_info: used.filter(isRequisite).map((fate) => consumed(item, fate)),
    remaining_info: {
      remaining_qty: sum(remaining.map(({ quantity }) => quantity)),
      promo_suggestions,
    },
  };
}

function consumed(item: EvaluateItem, { quantity, touches }: Fate): Consumed {
  const lastLayer = Math.max(...touches.map(({ applied }) => applied.layer));
  let price = item.unit_price;
  const steps = touches.map(({ applied, discount }: Touch) => {
    if (reducesPrice(applied)) price -= discount;
    return promo(applied, discount, price, item.item_type);
  });
  return {
    consumed_qty: quantity,
    discount: item.unit_price - price,
    final_price: price,
    applied_promos: steps.filter(({ layer }) => layer === lastLayer),
    applied_promos_prev_layers: steps.filter(({ layer }) => layer !== lastLayer),
  };
}

function addons(
  own: readonly EvaluateItem[] | undefined,
  discountOf: (lineId: string) => number,
): Item['item_addons'] {
  if (own === undefined) return null;
  return own.map(({ line_id, quantity, unit_price }) => ({
    item_id: line_id,
    discount_cummulative: discountOf(line_id),
    final_price_cummulative: quantity * unit_price - discountOf(line_id),
  }));
}
