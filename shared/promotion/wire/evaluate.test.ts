import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unwrap } from '../../result.ts';
import { compile } from '../compile.ts';
import { answerEvaluation } from './answer_evaluation.ts';
import { breachesOf } from './breaches.ts';
import { DecimalEvaluateResponse, inDecimals } from './decimal_response.ts';
import { DISCOUNT_VALUE_MAX, EvaluateRequest } from './evaluate_request.ts';
import { EvaluateResponse } from './evaluate_response.ts';
import { GoldenCases, observed, requestOf } from './golden_cases.fixture.ts';
import { anyRequest } from './requests.fixture.ts';
import { toEvaluation } from './to_evaluation.ts';

const RUNS = 200;
const TIMEOUT_MS = 30_000;
const VECTORS: string = '../../../test/vectors/promotions.json';
const cases = GoldenCases.parse((await import(/* @vite-ignore */ VECTORS)).default);

const answer = (body: unknown): EvaluateResponse => {
  const request = EvaluateRequest.parse(body);
  const input = unwrap(toEvaluation(request));
  const compiled = compile(input.promotions ?? []);
  return answerEvaluation(request, input, { compiled, version: null, now_local: undefined });
};
const easy = (id: string, more: object = {}) => ({
  id,
  family: 'e',
  title: `Offer ${id}`,
  discount_type: 'p',
  discount_value: 1_000,
  max_application_limit: 100,
  promo_groups: [{ name: 'g1', qty_or_value_min: 1, promo_group_nodes: [{ node_id: 'A' }] }],
  ...more,
});
const basket = (...items: object[]) => ({ currency: 'GBP', basket: { id: 'b', items } });
const line = (line_id: string, sku: string, quantity: number, unit_price: number, more: object = {}) => ({
  line_id,
  sku,
  quantity,
  unit_price,
  ...more,
});

describe('an answer', () => {
  it.each(cases)('has the golden amounts of $id', (one) => {
    expect(observed(answer(requestOf(one)))).toEqual(one.expected);
  });

  it(
    'never contradicts itself, has the described shape, and is the same in decimals',
    () => {
      fc.assert(
        fc.property(anyRequest, (request) => {
          const response = answer(request);
          expect(breachesOf(response)).toEqual([]);
          expect(EvaluateResponse.parse(response)).toEqual(response);
          const decimals = inDecimals(response);
          expect(DecimalEvaluateResponse.parse(decimals)).toEqual(decimals);
          expect(decimals.basket.items.map((item) => item.unit_discounts.map(Number))).toEqual(
            response.basket.items.map((item) =>
              item.unit_discounts.map((minor) => minor / { GBP: 100, JPY: 1, KWD: 1_000 }[request.currency]),
            ),
          );
        }),
        { seed: 4, numRuns: RUNS },
      );
    },
    TIMEOUT_MS,
  );

  it(
    'stays exact for the largest amounts and weights that are taken',
    () => {
      // The fixture's baskets have at most 37 units.
      const price = Math.floor(Number.MAX_SAFE_INTEGER / 40);
      const largest = anyRequest.map((request) => ({
        ...request,
        include_explanation: true,
        include_suggestions: true,
        promotions: request.promotions.map((one) =>
          one.discount_type === 'p' ? one : { ...one, discount_value: DISCOUNT_VALUE_MAX },
        ),
        basket: {
          items: request.basket.items.map((item) => ({
            ...item,
            unit_price: price,
            mrp: price,
            ...('weight_milli' in item ? { weight_milli: 100_000_000 } : {}),
          })),
        },
      }));
      fc.assert(
        fc.property(largest, (request) => {
          expect(breachesOf(answer(request))).toEqual([]);
        }),
        { seed: 5, numRuns: RUNS },
      );
    },
    TIMEOUT_MS,
  );

  it('comes from requests that use every family and really apply', () => {
    const applied = fc
      .sample(anyRequest, { seed: 4, numRuns: 300 })
      .flatMap((request) => answer(request).applied_promotions);
    expect(new Set(applied.map(({ family }) => family)).size).toBe(8);
    expect(new Set(applied.map(({ apply_type }) => apply_type)).size).toBe(4);
    expect(new Set(applied.map(({ layer }) => layer)).size).toBeGreaterThan(3);
    expect(applied.some(({ special_promo_info }) => special_promo_info !== null)).toBe(true);
  });

  it('to an empty basket is all zeros', () => {
    expect(answer({ ...basket(), promotions: [easy('P')] })).toEqual({
      status: true,
      status_msg: 'success',
      customer_id: null,
      is_guest_user: null,
      engine_version: expect.any(String),
      catalog_version: null,
      optimality: { status: 'proved' },
      currency: 'GBP',
      discount_total: 0,
      cashback_total: 0,
      tender_total: 0,
      applied_promotions: [],
      suggestions: null,
      explanation: null,
      basket: {
        id: 'b',
        total_mrp: 0,
        total_sp: 0,
        discount: 0,
        total_after_promos: 0,
        special_promos_info: { discount: 0, applied_programs: [] },
        basket_threshold_promos: {
          discount_already_deducted_from_basket_total: true,
          discount: 0,
          applied_promos: [],
        },
        items: [],
      },
    });
  });

  it('tells each kind of unit of a line apart: discounted, needed, left over', () => {
    const buyTwoGetOne = {
      id: 'P1',
      promo_id_retailer: 'three-for-two',
      family: 'r',
      title: 'Three for two',
      discount_type: 'p',
      discount_value: 10_000,
      target_discounted_group_qty_min: 1,
      promo_groups: [{ name: 'g1', qty_or_value_min: 3, promo_group_nodes: [{ node_id: 'A' }] }],
    };
    const half = easy('P2', {
      discount_value: 5_000,
      layer: 2,
      max_application_limit: 1,
      discount_value_on: 'f',
    });
    const response = answer({
      ...basket(line('L', 'A', 5, 400, { mrp: 500 })),
      promotions: [buyTwoGetOne, half],
    });
    const [item] = response.basket.items;
    const promo = {
      promo_id: 'P1',
      promo_id_retailer: 'three-for-two',
      promo_family: 'r',
      promo_title: 'Three for two',
      discount: 400,
      final_price: 0,
      priority: null,
      promo_application_times: 1,
      promo_max_application_limit: 1,
      special_promo_info: null,
      evaluate_criteria: 'p',
      discount_apply_type: 'b',
      layer: 1,
      item_source: 'REGULAR',
    };
    expect(item).toMatchObject({ mrp: 500, unit_discounts: [400, 200, 0, 0, 0], item_addons: null });
    expect(item?.discount_info).toEqual([
      {
        consumed_qty: 1,
        discount: 400,
        final_price: 0,
        applied_promos: [promo],
        applied_promos_prev_layers: [],
      },
      {
        consumed_qty: 1,
        discount: 200,
        final_price: 200,
        applied_promos: [expect.objectContaining({ promo_id: 'P2', discount: 200, final_price: 200 })],
        applied_promos_prev_layers: [{ ...promo, discount: 0, final_price: 400 }],
      },
    ]);
    expect(item?.requisite_info).toEqual([
      {
        consumed_qty: 1,
        discount: 0,
        final_price: 400,
        applied_promos: [{ ...promo, discount: 0, final_price: 400 }],
        applied_promos_prev_layers: [],
      },
    ]);
    expect(item?.remaining_info).toEqual({ remaining_qty: 2, promo_suggestions: [] });
    expect(response.basket).toMatchObject({
      total_mrp: 2_500,
      total_sp: 2_000,
      discount: 600,
      total_after_promos: 1_400,
    });
  });

  it('grants a cashback beside the price', () => {
    const response = answer({
      ...basket(line('L', 'A', 1, 400)),
      promotions: [easy('P', { discount_apply_type: 'c' })],
    });
    expect(response).toMatchObject({ discount_total: 0, cashback_total: 40, tender_total: 0 });
    expect(response.applied_promotions).toMatchObject([{ discount: 40, apply_type: 'c' }]);
    expect(response.basket.items[0]).toMatchObject({
      unit_discounts: [0],
      discount_info: [
        { discount: 0, final_price: 400, applied_promos: [{ discount: 40, final_price: 400 }] },
      ],
    });
  });

  it('says what each program brought, once and only where it brought something', () => {
    const special = { availability: 's', max_application_limit: 1 };
    const response = answer({
      ...basket(line('L', 'A', 3, 400)),
      promotions: [
        easy('P', { ...special, special_promo_info: [{ group_qualifier_id: 'q', description: 'Members' }] }),
      ],
      special_promos_info: [
        {
          program_name: 'CLUB',
          program_title: 'Club',
          group_qualifiers: [
            { input: 'one', qualifier_ids: ['x', 'q'] },
            { input: 'two', qualifier_ids: ['q'] },
          ],
        },
        { program_name: 'IDLE', group_qualifiers: [{ input: 'three', qualifier_ids: ['nobody'] }] },
      ],
    });
    const qualifier = (input: string) => ({ input, qualifier_id: 'q', description: 'Members', discount: 40 });
    expect(response.basket.special_promos_info).toEqual({
      discount: 80,
      applied_programs: [
        {
          program_name: 'CLUB',
          program_title: 'Club',
          discount: 80,
          qualifiers: [
            { ...qualifier('one'), promo_id: 'P' },
            { ...qualifier('two'), promo_id: 'P' },
          ],
        },
      ],
    });
    expect(response.applied_promotions[0]).toMatchObject({
      applications: 2,
      max_application_limit: 2,
      special_promo_info: [
        { ...qualifier('one'), program_name: 'CLUB' },
        { ...qualifier('two'), program_name: 'CLUB' },
      ],
    });
  });

  it('says nothing of a program whose promotion came to nothing', () => {
    const nothing = easy('P', {
      discount_value: 0,
      availability: 's',
      special_promo_info: [{ group_qualifier_id: 'q' }],
    });
    const response = answer({
      ...basket(line('L', 'A', 1, 400)),
      promotions: [nothing],
      settings: { zero_discount: 'record' },
      special_promos: [{ program_name: 'CLUB', group_qualifiers: [{ input: 'one', qualifier_ids: ['q'] }] }],
    });
    expect(response.applied_promotions).toMatchObject([{ promo_id: 'P', discount: 0 }]);
    expect(response.basket.special_promos_info).toEqual({ discount: 0, applied_programs: [] });
  });

  it('takes an amount off by weight', () => {
    const perKilo = easy('P', { discount_type: 'v', discount_type_strategy: 'e', discount_value: 200 });
    const weighed = basket(line('L', 'A', 1, 750, { weight_milli: 375 }));
    expect(answer({ ...weighed, promotions: [perKilo] }).discount_total).toBe(75);
  });

  it('lists basket thresholds and what the basket costs after each', () => {
    const spend = (id: string, discount_value: number, evaluate_priority: number, more: object = {}) => ({
      id,
      family: 'b',
      discount_type: 'v',
      discount_value,
      evaluate_priority,
      discount_value_on: 'f',
      promo_groups: [{ name: 'g1', qty_or_value_min: 100, promo_group_nodes: [{ node_id: 'ALL' }] }],
      ...more,
    });
    const { basket: answered } = answer({
      ...basket(line('L', 'A', 2, 400), line('M', 'B', 1, 200)),
      promotions: [
        easy('P'),
        spend('S', 100, 1),
        spend('T', 50, 2),
        spend('C', 30, 3, { discount_apply_type: 'c' }),
      ],
    });
    expect(answered.basket_threshold_promos).toMatchObject({
      discount_already_deducted_from_basket_total: true,
      discount: 150,
      applied_promos: [
        { promo_id: 'S', discount: 100, final_price: 820, item_source: null },
        { promo_id: 'T', discount: 50, final_price: 770 },
        { promo_id: 'C', discount: 30, final_price: 770, discount_apply_type: 'c' },
      ],
    });
    expect(answered.total_after_promos).toBe(770);
  });

  it('sums the units of a pack back into the pack', () => {
    const response = answer({
      ...basket(line('L', 'A', 2, 900, { pack_size: 3 })),
      promotions: [easy('P', { max_application_limit: 4 })],
    });
    expect(response.basket.items[0]).toMatchObject({
      pack_size: 3,
      unit_discounts: [90, 30],
      discount_info: [
        { consumed_qty: 1, discount: 90, applied_promos: [{ discount: 90, final_price: 810 }] },
        { consumed_qty: 1, discount: 30 },
      ],
      remaining_info: { remaining_qty: 0 },
    });
  });

  it('shows what add-ons cost beside the line they belong to', () => {
    const response = answer({
      ...basket(
        line('L', 'A', 1, 400, { item_type: 'WITH_ADDONS' }),
        line('X', 'SAUCE', 2, 50, { item_type: 'ADDON', parent_line_id: 'L' }),
        line('Y', 'CHEESE', 1, 100, { parent_line_id: 'L' }),
      ),
      promotions: [easy('P')],
    });
    expect(response.basket.items.map(({ item_addons }) => item_addons)).toEqual([
      [
        { item_id: 'X', discount_cummulative: 10, final_price_cummulative: 90 },
        { item_id: 'Y', discount_cummulative: 10, final_price_cummulative: 90 },
      ],
      null,
      null,
    ]);
  });

  it('echoes what it was told of a line', () => {
    const told = {
      barcode: '952',
      uom: 'kg',
      weight_milli: 375,
      categories: [{ name: 'c1', value: 'x' }],
      attributes: { colour: 'red', discount: 5, fresh: true },
      exclude_from_promotions: true,
    };
    const response = answer(basket(line('L', 'A', 1, 400, told)));
    expect(response.basket.items[0]).toMatchObject(told);
    expect(inDecimals(response).basket.items[0]).toMatchObject({ ...told, unit_price: '4.00' });
  });
});

describe('a contradiction', () => {
  const good = answer({
    ...basket(line('L', 'A', 3, 400), line('M', 'B', 1, 300)),
    promotions: [easy('P', { max_application_limit: 2 })],
  });
  const [item] = good.basket.items;
  const [promotion] = good.applied_promotions;
  if (item === undefined || promotion === undefined) throw new Error('nothing to spoil');
  const withItem = (change: Partial<typeof item>): EvaluateResponse => ({
    ...good,
    basket: { ...good.basket, items: [{ ...item, ...change }, ...good.basket.items.slice(1)] },
  });
  const withPromotion = (change: Partial<typeof promotion>): EvaluateResponse => ({
    ...good,
    applied_promotions: [{ ...promotion, ...change }],
  });

  it.each<[string, EvaluateResponse]>([
    ['of the totals', { ...good, discount_total: 81 }],
    ['of the cashback', { ...good, cashback_total: 1 }],
    ['of the tender', { ...good, tender_total: 1 }],
    ['of what is left', { ...good, basket: { ...good.basket, total_after_promos: 0 } }],
    ['of what the lines cost', { ...good, basket: { ...good.basket, total_sp: 1_501 } }],
    ['of units and basket', withItem({ unit_discounts: [40, 40, 1] })],
    ['of units and histories', withItem({ unit_discounts: [80, 0, 0], discount_info: [] })],
    ['of a unit that costs less than nothing', withItem({ unit_discounts: [480, -400, 0] })],
    ['of the number of units', withItem({ unit_discounts: [40, 40] })],
    ['of the units left over', withItem({ remaining_info: { remaining_qty: 2, promo_suggestions: [] } })],
    ['of a needed unit', withItem({ discount_info: [], requisite_info: item.discount_info })],
    ['of a promotion and its units', withPromotion({ units: [] })],
    ['of promotions and basket', withPromotion({ discount: 79 })],
    ['of the way a promotion applies', withPromotion({ apply_type: 'c' })],
  ])('%s is found', (_, spoiled) => {
    expect(breachesOf(good)).toEqual([]);
    expect(breachesOf(spoiled)).not.toEqual([]);
  });
});
