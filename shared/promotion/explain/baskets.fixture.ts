import fc from 'fast-check';
import { z } from 'zod';
import { unwrap } from '../../result.ts';
import type { EvaluationContext, PromotionBasket, PromotionLine } from '../basket.ts';
import { parsePromotion } from '../parse.ts';
import type { Promotion } from '../schema.ts';

/** Small baskets against promotions of every family that get in one another's way, for properties. */

const PROCESS: string = 'node:process';
const { env } = z
  .object({ env: z.object({ LONG: z.string().optional() }) })
  .parse(await import(/* @vite-ignore */ PROCESS));
export const RUNS = { seed: 20_250_624, numRuns: env.LONG === undefined ? 500 : 100_000 };
/** A busy machine must not fail a property, nor must the full count. */
export const PROPERTY_TIMEOUT_MS = 1_800_000;

export interface Instance {
  promotions: Promotion[];
  basket: PromotionBasket;
  context: EvaluationContext;
}

const SKUS = ['A', 'B', 'C', 'D', 'E'] as const;
const CATEGORY: Record<string, string> = { A: 'X', B: 'X', C: 'Y', D: 'Y', E: 'Z' };
const PRICES = [0, 1, 50, 99, 100, 100, 150, 200, 375];

const line = fc.record({
  sku: fc.constantFrom(...SKUS),
  quantity: fc.integer({ min: 1, max: 4 }),
  unit_price: fc.constantFrom(...PRICES),
  over: fc.constantFrom(0, 0, 0, 25),
  kind: fc.constantFrom('plain', 'plain', 'plain', 'plain', 'plain', 'pack', 'weighed', 'barred', 'addon'),
});

const lines = fc.array(line, { minLength: 1, maxLength: 6 }).map((drawn) =>
  drawn.map(({ sku, quantity, unit_price, over, kind }, at): PromotionLine => {
    const isAddon = kind === 'addon' && at > 0;
    return {
      line_id: `l${at}`,
      sku,
      // The first line is one unit, so that it can have add-ons.
      quantity: at === 0 || kind === 'weighed' ? 1 : quantity,
      unit_price,
      mrp: unit_price + over,
      categories: [{ name: 'c1', value: CATEGORY[sku] ?? '' }],
      ...(kind === 'pack' ? { pack_size: 3 } : {}),
      ...(kind === 'weighed' ? { weight_milli: 750 } : {}),
      ...(kind === 'barred' ? { exclude_from_promotions: true } : {}),
      ...(isAddon ? { parent_line_id: 'l0' } : {}),
    };
  }),
);

const node = fc.oneof(
  fc.constantFrom(...SKUS).map((node_id): object => ({ node_id })),
  fc.constantFrom('X', 'Y', 'Z').map((node_id): object => ({ node_id, node_type: 'c1' })),
  fc.constant<object>({ node_id: 'ALL' }),
);
const group = (name: string) =>
  fc
    .record({
      minimum: fc.integer({ min: 1, max: 3 }),
      nodes: fc.array(node, { minLength: 1, maxLength: 2 }),
      excluded: fc.option(fc.constantFrom(...SKUS), { freq: 5, nil: undefined }),
    })
    .map(({ minimum, nodes, excluded }) => ({
      name,
      minimum,
      nodes: excluded === undefined ? nodes : [...nodes, { node_id: excluded, is_excluded: true }],
    }));

const FAMILIES = [
  'easy',
  'easy_plus',
  'combo',
  'line_special',
  'requisite',
  'evenly_distributed',
  'basket_threshold',
  'basket_threshold_target',
] as const;
const SPENDS = [0, 100, 300, 700];

const promotion = (id: string): fc.Arbitrary<Promotion> =>
  fc
    .record({
      family: fc.constantFrom(...FAMILIES),
      one: group('g1'),
      two: group('g2'),
      isSplit: fc.boolean(),
      spend: fc.constantFrom(...SPENDS),
      target: fc.integer({ min: 1, max: 3 }),
      header: fc.record({
        criteria: fc.constantFrom('priority', 'best_discount', 'best_discount'),
        priority: fc.option(fc.integer({ min: 0, max: 2 }), { nil: undefined }),
        layer: fc.constantFrom(1, 1, 1, 2),
        discount_on: fc.constantFrom('set', 'unit'),
        price_base: fc.constantFrom('mrp', 'selling', 'running'),
        max_applications: fc.constantFrom(1, 1, 2, 5),
        max_discount: fc.constantFrom(undefined, undefined, undefined, undefined, 0, 60),
        selection: fc.constantFrom(
          'lowest_first',
          'lowest_of_highest',
          'highest_first',
          'lowest_of_each_set',
        ),
        stackable: fc.boolean(),
        exclusive: fc.constantFrom(undefined, undefined, true, false),
        applies_as: fc.constantFrom('discount', 'discount', 'discount', 'cashback', 'tender'),
      }),
      discount: fc.oneof(
        fc.record({
          discount_type: fc.constant('percent'),
          discount_value: fc.constantFrom(0, 10, 1000, 10_000),
        }),
        fc.record({
          discount_type: fc.constantFrom('amount', 'fixed'),
          discount_value: fc.constantFrom(0, 30, 100, 250),
        }),
      ),
      schedule: fc.constantFrom(undefined, undefined, undefined, { start: '2025-07-01T00:00' }),
      special: fc.constantFrom(false, false, false, true),
    })
    .map(({ family, one, two, isSplit, spend, target, header, discount, schedule, special }) => {
      const twoGroups =
        family === 'combo' ||
        family === 'basket_threshold_target' ||
        (isSplit && ['requisite', 'evenly_distributed', 'line_special'].includes(family));
      const isSpend = family === 'basket_threshold' || family === 'basket_threshold_target';
      const first = isSpend ? { ...one, minimum: spend } : one;
      return unwrap(
        parsePromotion({
          id,
          title: `Offer ${id}`,
          family,
          ...header,
          ...discount,
          groups: twoGroups ? [first, two] : [first],
          target_group: 'g2',
          target_quantity: Math.min(target, Math.max(1, first.minimum)),
          schedule,
          ...(special
            ? { availability: 'special', qualifiers: [{ id: 'club', description: 'a club card' }] }
            : {}),
        }),
      );
    });

const context: fc.Arbitrary<EvaluationContext> = fc.record({
  now_local: fc.constantFrom(undefined, '2025-06-30T12:00:00'),
  special_promos: fc.constantFrom(
    [],
    [{ program_name: 'club', group_qualifiers: [{ input: 'card', qualifier_ids: ['club'] }] }],
    [
      {
        program_name: 'club',
        group_qualifiers: [{ input: 'card', qualifier_ids: ['club'], max_application_limit: 0 }],
      },
    ],
    [
      {
        program_name: 'club',
        group_qualifiers: [{ input: 'card', qualifier_ids: ['club'], override: { is_active: false } }],
      },
    ],
  ),
  settings: fc.record({
    one_basket_promo_per_layer: fc.boolean(),
    basket_percent_rounding: fc.constantFrom('unit', 'total'),
    zero_discount: fc.constantFrom('drop', 'drop', 'drop', 'record'),
    residual: fc.constantFrom('spread', 'spread', 'last'),
  }),
});

export const instances: fc.Arbitrary<Instance> = fc
  .record({
    lines,
    promotions: fc
      .integer({ min: 1, max: 6 })
      .chain((count) => fc.tuple(...Array.from({ length: count }, (_, i) => promotion(`p${i}`)))),
    context,
  })
  .map((drawn) => ({
    promotions: drawn.promotions,
    context: drawn.context,
    basket: { currency: 'GBP', lines: drawn.lines },
  }));
