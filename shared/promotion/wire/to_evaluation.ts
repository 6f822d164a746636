import { err, ok, type Result } from '../../result.ts';
import type { EvaluationContext, PromotionBasket, SpecialPromotion } from '../basket.ts';
import { parsePromotion } from '../parse.ts';
import { parseSpecials } from '../parse_special.ts';
import type { Promotion } from '../schema.ts';
import { DISCOUNT_VALUE_MAX, type EvaluateRequest } from './evaluate_request.ts';

/** What is wrong with a field of a request; the path in our names, from the top of the request. */
export interface FieldFault {
  path: (string | number)[];
  code: string;
  message: string;
}

export interface EvaluationInput {
  basket: PromotionBasket;
  context: EvaluationContext;
  /** Null: those of the store. */
  promotions: Promotion[] | null;
}

/** What the engine is asked. The time is the request's own `now_local`; the caller knows the store's clock. */
export function toEvaluation(request: EvaluateRequest): Result<EvaluationInput, FieldFault[]> {
  const faults: FieldFault[] = [];
  const promotions = request.promotions === undefined ? null : inlinePromotions(request.promotions, faults);
  const specials = parseSpecials(request.special_promos);
  if (!specials.ok) faults.push(...specials.error.issues.map((issue) => under(['special_promos'], issue)));
  else faults.push(...tooLargeOverrides(specials.value));
  if (faults.length > 0 || !specials.ok) return err(faults);
  return ok({
    basket: {
      currency: request.currency,
      lines: request.basket.items.map((item) => ({
        line_id: item.line_id,
        sku: item.sku,
        quantity: item.quantity,
        unit_price: item.unit_price,
        mrp: item.mrp,
        categories: item.categories,
        exclude_from_promotions: item.exclude_from_promotions,
        weight_milli: item.weight_milli,
        pack_size: item.pack_size,
        parent_line_id: item.parent_line_id,
        attributes: item.attributes,
      })),
    },
    context: {
      now_local: request.now_local,
      special_promos: specials.value,
      settings: settingsOf(request.settings),
    },
    promotions,
  });
}

/** Only what was given: an absent setting must not displace the engine's own. */
function settingsOf(given: EvaluateRequest['settings']): EvaluationContext['settings'] {
  const { one_basket_promo_per_layer, basket_percent_rounding, zero_discount, residual, node_budget } = given;
  return {
    ...(one_basket_promo_per_layer === undefined ? {} : { one_basket_promo_per_layer }),
    ...(basket_percent_rounding === undefined ? {} : { basket_percent_rounding }),
    ...(zero_discount === undefined ? {} : { zero_discount }),
    ...(residual === undefined ? {} : { residual }),
    ...(node_budget === undefined ? {} : { node_budget }),
  };
}

/** Identity, family and groups must be said; what a store's own promotion needs beyond that may be absent. */
function inlinePromotions(documents: readonly Record<string, unknown>[], faults: FieldFault[]): Promotion[] {
  const ids = new Set<string>();
  return documents.flatMap((document, at) => {
    if ((document['family'] ?? null) === null)
      faults.push({
        path: ['promotions', at, 'family'],
        code: 'invalid_type',
        message: 'a family is needed',
      });
    const parsed = parsePromotion(document);
    if (!parsed.ok) {
      faults.push(...parsed.error.issues.map((issue) => under(['promotions', at], issue)));
      return [];
    }
    if (ids.has(parsed.value.id))
      faults.push({
        path: ['promotions', at, 'id'],
        code: 'custom',
        message: 'another promotion has this id',
      });
    ids.add(parsed.value.id);
    faults.push(...tooLarge(parsed.value, ['promotions', at]));
    return [parsed.value];
  });
}

/** Values that no price can come near, and that would not stay exact when a weight multiplies them. */
function tooLarge(
  { discount_value, groups }: Partial<Pick<Promotion, 'discount_value' | 'groups'>>,
  base: (string | number)[],
): FieldFault[] {
  const paths: (string | number)[][] = [];
  const check = (value: number | undefined, path: (string | number)[]) => {
    if (value !== undefined && value > DISCOUNT_VALUE_MAX) paths.push([...base, ...path, 'discount_value']);
  };
  check(discount_value, []);
  for (const [g, group] of groups?.entries() ?? [])
    for (const [n, node] of group.nodes.entries()) check(node.discount_value, ['groups', g, 'nodes', n]);
  return paths.map((path) => ({ path, code: 'too_big', message: `at most ${DISCOUNT_VALUE_MAX}` }));
}

const tooLargeOverrides = (programs: readonly SpecialPromotion[]): FieldFault[] =>
  programs.flatMap(({ group_qualifiers }, p) =>
    group_qualifiers.flatMap(({ override, on_the_fly }, q) =>
      tooLarge(on_the_fly ?? override ?? {}, ['special_promos', p, 'group_qualifiers', q, 'promo_override']),
    ),
  );

function under(
  base: (string | number)[],
  { path, code, message }: { path: string; code: string; message: string },
): FieldFault {
  return { path: [...base, ...(path === '' ? [] : path.split('.'))], code, message };
}
