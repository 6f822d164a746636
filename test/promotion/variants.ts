import type { WireHeader, WireInstance, WireLine, WirePromotion } from './oracle/wire.ts';

/** Instances made from others, for what must not change between the two. */

export const withLines = (instance: WireInstance, basket: WireLine[]): WireInstance => ({
  ...instance,
  basket,
});

/**
 * Every unit on a line of its own, where the rules allow it: an add-on's parent must stay one line, and a
 * weighed line is one unit as it is. Packs come apart pack by pack.
 */
export function splitQuantities(instance: WireInstance): WireInstance {
  const parents = new Set(instance.basket.map(({ parent_line_id }) => parent_line_id));
  return withLines(
    instance,
    instance.basket.flatMap((line) =>
      line.quantity === 1 || parents.has(line.line_id)
        ? [line]
        : Array.from({ length: line.quantity }, (_, unit) => ({
            ...line,
            line_id: `${line.line_id}.${unit}`,
            quantity: 1,
          })),
    ),
  );
}

export function reordered(instance: WireInstance, keys: readonly number[]): WireInstance {
  const order = instance.basket
    .map((line, i) => ({ line, key: keys[i % keys.length] ?? 0 }))
    .toSorted((a, b) => a.key - b.key);
  return withLines(
    instance,
    order.map(({ line }) => line),
  );
}

/** How many prices stand between two of the same line, so that no two lines meet. */
const STEP = 32;

const priced = (line: WireLine, rank: number): WireLine => {
  const { pack_size: _, ...single } = line;
  const up = (price: number): number => price - (price % STEP) + rank;
  const unit_price = up(line.unit_price);
  return { ...single, unit_price, mrp: up(Math.max(line.mrp ?? 0, line.unit_price)) };
};

/** No two lines with the same list or selling price, and no promotion that goes by what layers made of them. */
export const withoutTies = (instance: WireInstance): WireInstance =>
  withPromotions(
    withLines(
      instance,
      instance.basket.map((line, i) => priced(line, i)),
    ),
    ({ discount_value_on }) => (discount_value_on === 'f' ? { discount_value_on: 's' } : {}),
  );

/** Lines of a SKU are alike, others differ in price; plain lines only. */
export function alikeBySku(instance: WireInstance): WireInstance {
  const first = new Map<string, WireLine>();
  for (const line of instance.basket) if (!first.has(line.sku)) first.set(line.sku, line);
  const ranks = [...first.keys()];
  const lines = instance.basket.map((line) => {
    const { weight_milli: _, parent_line_id: __, ...plain } = line;
    const { unit_price, mrp = unit_price } = first.get(line.sku) ?? line;
    return priced({ ...plain, unit_price, mrp }, ranks.indexOf(line.sku));
  });
  return withLines(instance, lines);
}

const isItem = ({ family }: WirePromotion): boolean => family !== 'b' && family !== 't';

/** The item promotions in one layer, without what a basket brings along. */
export function itemsInOneLayer(instance: WireInstance): WireInstance {
  const { special_promos: _, ...context } = instance.context ?? {};
  const promotions = instance.promotions.filter(isItem).map((promotion) => ({ ...promotion, layer: 1 }));
  return { ...instance, promotions, context };
}

/** All of them rivals for the best plan, and nothing beside it. */
export const rivals = (instance: WireInstance): WireInstance =>
  withPromotions(itemsInOneLayer(instance), () => ({ evaluate_criteria: 'b', include_addons: false }));

/** Replaces header fields of every promotion, also of what the basket brings along. */
function withPromotions(instance: WireInstance, change: (promotion: WireHeader) => WireHeader): WireInstance {
  const special_promos = instance.context?.special_promos?.map(({ program_name, group_qualifiers }) => ({
    program_name,
    group_qualifiers: group_qualifiers.map((one) =>
      one.promo_override
        ? { ...one, promo_override: { ...one.promo_override, ...change(one.promo_override) } }
        : one,
    ),
  }));
  return {
    ...instance,
    promotions: instance.promotions.map((promotion) => ({ ...promotion, ...change(promotion) })),
    context: { ...instance.context, special_promos },
  };
}
