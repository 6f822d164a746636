import { beforeAll, describe, expect, it } from 'vitest';
import { parsePromotion } from '../../shared/promotion/parse.ts';
import { RecommendationsResponse, SuggestionsResponse } from '../../shared/promotion/wire/browse.ts';
import { DECIMAL_MEDIA_TYPE, DecimalEvaluateResponse } from '../../shared/promotion/wire/decimal_response.ts';
import { EVALUATE_BODY_BYTES_MAX } from '../../shared/promotion/wire/evaluate_request.ts';
import { EvaluateResponse } from '../../shared/promotion/wire/evaluate_response.ts';
import { GoldenCases, observed, requestOf } from '../../shared/promotion/wire/golden_cases.fixture.ts';
import { unwrap } from '../../shared/result.ts';
import { openShop, publish, type Shop, shelf } from '../basket/test/fixture.ts';
import {
  call,
  cloudToken,
  codeOf,
  directly,
  expectJson,
  expectProblem,
  shopperToken,
} from './test/fixture.ts';

const VECTORS: string = '../../test/vectors/promotions.json';
const cases = GoldenCases.parse((await import(/* @vite-ignore */ VECTORS)).default);
const PATH = '/v1/promotions/evaluate';

let shop: Shop;
let service: string;

beforeAll(async () => {
  shop = await openShop();
  service = await cloudToken('service');
});

const ask = (body: unknown, token = service, headers: Record<string, string> = {}) =>
  call('POST', PATH, { token, body, headers }, directly);
const colas = (quantity: number, more: object = {}) => ({
  store_id: shop.store_id,
  currency: 'GBP',
  basket: { id: 'b', items: [{ line_id: 'L', sku: 'COLA', quantity, unit_price: 574 }] },
  ...more,
});
/** As the cloud publishes them: parsed. */
const published = (documents: readonly unknown[]) =>
  documents.map((document) => unwrap(parsePromotion(document)));
const inline = [
  {
    id: 'P',
    family: 'e',
    discount_type: 'p',
    discount_value: 1_000,
    start_date_time: '2026-03-01T09:00',
    end_date_time: '2026-03-01T18:00',
    promo_groups: [{ name: 'g1', qty_or_value_min: 1, promo_group_nodes: [{ node_id: 'COLA' }] }],
  },
];

describe('inline promotions', () => {
  it.each(cases)('answer the golden case $id', async (one) => {
    const reply = await ask(requestOf(one));
    expect(reply.status, reply.text).toBe(200);
    expect(observed(reply.json)).toEqual(one.expected);
  });

  it('need neither a store nor its currency, and replace the stored ones', async () => {
    const none = await expectJson(EvaluateResponse, 200, ask(colas(2, { currency: 'KWD', promotions: [] })));
    expect(none).toMatchObject({ discount_total: 0, catalog_version: null, currency: 'KWD' });
    const { store_id: _, ...elsewhere } = colas(2, { promotions: inline });
    const some = await expectJson(EvaluateResponse, 200, ask(elsewhere));
    expect(some).toMatchObject({ discount_total: 57, catalog_version: null });
    const nowhere = await expectJson(EvaluateResponse, 200, ask({ ...elsewhere, store_id: 'shop 7' }));
    expect(nowhere).toEqual(some);
  });

  it('count as open, unless the request says what time it is', async () => {
    const at = async (more: object) =>
      (await expectJson(EvaluateResponse, 200, ask(colas(1, { promotions: inline, ...more }))))
        .discount_total;
    expect(await at({})).toBe(57);
    expect(await at({ now_local: '2026-03-01T18:00:00' })).toBe(57);
    expect(await at({ now_local: '2026-03-01T18:00:00.001' })).toBe(0);
    expect(await at({ evaluated_at: '2020-01-01T00:00:00Z' })).toBe(57);
  });

  it('may be many in one body, up to its limit', async () => {
    const many = Array.from({ length: 5_000 }, (_, n) => ({
      ...inline[0],
      id: `P${n}`,
      title: 'x'.repeat(100),
    }));
    const body = JSON.stringify(colas(1, { promotions: many }));
    expect(body.length).toBeGreaterThan(1024 * 1024);
    const headers = { 'content-type': 'application/json' };
    const sent = (raw: string) => call('POST', PATH, { token: service, raw, headers }, directly);
    const answer = await expectJson(EvaluateResponse, 200, sent(body));
    expect(answer.applied_promotions).toHaveLength(1);
    const padded = (bytes: number) => body + ' '.repeat(bytes - body.length);
    expect((await sent(padded(EVALUATE_BODY_BYTES_MAX))).status).toBe(200);
    expect(await codeOf(413, sent(padded(EVALUATE_BODY_BYTES_MAX + 1)))).toBe('body_too_large');
  });
});

describe('stored promotions', () => {
  it('are those that the store sells by, as a shopper’s basket has them', async () => {
    const answer = await expectJson(EvaluateResponse, 200, ask(colas(2)));
    expect(answer).toMatchObject({
      status: true,
      discount_total: 100,
      catalog_version: 1,
      optimality: { status: 'proved' },
      applied_promotions: [{ promo_id: 'two-colas', family: 'e', discount: 100, applications: 1 }],
      basket: { total_sp: 1_148, total_after_promos: 1_048, items: [{ unit_discounts: [50, 50] }] },
    });
    const shopper = await shopperToken(shop);
    expect(await expectJson(EvaluateResponse, 200, ask(colas(2), shopper))).toEqual(answer);
  });

  it('are of the shelf that is published now', async () => {
    const other = await openShop();
    const body = { ...colas(2), store_id: other.store_id };
    expect((await expectJson(EvaluateResponse, 200, ask(body))).catalog_version).toBe(1);
    await publish(other, 2, shelf());
    expect((await expectJson(EvaluateResponse, 200, ask(body))).catalog_version).toBe(2);
  });

  it('answer an empty basket with zeros', async () => {
    const answer = await expectJson(
      EvaluateResponse,
      200,
      ask({ ...colas(1), basket: { id: 'b', items: [] } }),
    );
    expect(answer).toMatchObject({
      status: true,
      discount_total: 0,
      basket: { total_sp: 0, total_after_promos: 0, items: [] },
    });
  });

  it('are open by the clock of the store’s zone', async () => {
    const evening = [
      { ...inline[0], id: 'E', start_date_time: '2026-07-01T18:00', end_date_time: '2026-07-01T20:00' },
    ];
    const other = await openShop();
    await publish(other, 2, shelf(), published(evening));
    const at = async (evaluated_at: string) =>
      (await expectJson(EvaluateResponse, 200, ask({ ...colas(1), store_id: other.store_id, evaluated_at })))
        .discount_total;
    // London is an hour ahead of UTC in July.
    expect(await at('2026-07-01T17:00:00Z')).toBe(57);
    expect(await at('2026-07-01T16:59:59Z')).toBe(0);
    expect(await at('2026-07-01T21:00:00+02:00')).toBe(57);
    expect(await at('2026-07-01T19:00:01Z')).toBe(0);
  });

  it('are nobody’s business in another store, tenant or currency', async () => {
    const nowhere = { ...colas(1), store_id: `str_${crypto.randomUUID()}` };
    expect(await codeOf(404, ask(nowhere))).toBe('unknown_store');
    for (const store_id of [undefined, null, 'shop 7'])
      expect(await codeOf(404, ask({ ...colas(1), store_id }))).toBe('unknown_store');
    const { errors } = await expectProblem(422, ask(colas(1, { currency: 'EUR' })));
    expect(errors).toMatchObject([{ path: '/currency' }]);
  });
});

describe('on request', () => {
  it('come suggestions, on the basket and on its lines', async () => {
    const without = await expectJson(EvaluateResponse, 200, ask(colas(1)));
    expect(without).toMatchObject({ suggestions: null, explanation: null });
    const answer = await expectJson(EvaluateResponse, 200, ask(colas(1, { include_suggestions: true })));
    const near = {
      promo_id: 'two-colas',
      promo_id_retailer: null,
      title: 'Two colas for less',
      family: 'e',
      groups: [{ name: 'g1', counts: 'units', required: 2, present: 1, missing: 1 }],
      potential_discount: 100,
      free_item_missing: false,
    };
    expect(answer.suggestions).toEqual([{ ...near, line_ids: ['L'] }]);
    expect(answer.basket.items[0]?.remaining_info).toEqual({ remaining_qty: 1, promo_suggestions: [near] });
  });

  it('comes an explanation, in sentences and in numbers', async () => {
    const answer = await expectJson(EvaluateResponse, 200, ask(colas(3, { include_explanation: true })));
    expect(answer.explanation?.text).toEqual([expect.stringContaining('Two colas for less')]);
    expect(answer.explanation?.promotions).toMatchObject([
      { promotion_id: 'two-colas', is_applied: true, discount: 100, reason: null },
    ]);
    expect(answer.explanation?.lines[0]?.units).toMatchObject([
      { from: 0, count: 2, discount: 50, taken: [{ role: 'target', discount: 50 }], passed: [] },
      { from: 2, count: 1, discount: 0, taken: [], passed: [{ promotion_id: 'two-colas' }] },
    ]);
  });
});

describe('browsing', () => {
  const meal = {
    id: 'meal',
    promo_id_retailer: 'M1',
    family: 'c',
    title: 'Bread and cola',
    discount_type: 'v',
    discount_value: 50,
    promo_groups: [
      { name: 'g1', qty_or_value_min: 1, promo_group_nodes: [{ node_id: 'COLA' }] },
      {
        name: 'g2',
        qty_or_value_min: 1,
        promo_group_nodes: [{ node_id: 'BREAD' }, { node_id: 'Cakes', node_type: 'c2' }],
      },
    ],
  };
  const past = { ...meal, id: 'past', end_date_time: '2025-01-01T00:00' };
  let other: Shop;
  beforeAll(async () => {
    other = await openShop();
    await publish(other, 7, shelf(), published([meal, past]));
  });
  const browse = (path: string, body: object) =>
    call(
      'POST',
      `/v1/promotions/${path}`,
      { token: service, body: { store_id: other.store_id, ...body } },
      directly,
    );

  it('finds the open promotions of items and categories', async () => {
    const of = (nodes: object[], more: object = {}) =>
      expectJson(SuggestionsResponse, 200, browse('suggestions', { nodes, ...more }));
    const found = {
      promo_id: 'meal',
      promo_id_retailer: 'M1',
      family: 'c',
      title: 'Bread and cola',
      description: '',
      layer: 1,
      apply_type: 'b',
      groups: [
        { name: 'g1', qty_or_value_min: 1 },
        { name: 'g2', qty_or_value_min: 1 },
      ],
    };
    expect(await of([{ node_id: 'COLA' }])).toEqual({ catalog_version: 7, promotions: [found] });
    expect(await of([{ node_id: 'Cakes', node_type: 'c2' }])).toMatchObject({ promotions: [found] });
    expect(
      await of([
        { node_id: 'Cakes', node_type: 'i' },
        { node_id: 'Cakes', node_type: 'c1' },
      ]),
    ).toMatchObject({
      promotions: [],
    });
    const then = await of([{ node_id: 'COLA' }], { evaluated_at: '2024-12-31T12:00:00Z' });
    expect(then.promotions.map(({ promo_id }) => promo_id)).toEqual(['meal', 'past']);
  });

  it('recommends what goes with the items', async () => {
    const body = { items: [{ sku: 'COLA', sp: 574, catgories: [{ name: 'c1', value: 'Food' }] }] };
    const of = (more: object = {}) =>
      expectJson(RecommendationsResponse, 200, browse('item_recommendations', { ...body, ...more }));
    const { catalog_version, recommendations } = await of();
    expect(catalog_version).toBe(7);
    expect(recommendations).toMatchObject([
      { node_id: 'BREAD', node_type: 'i', promotion_ids: ['meal'], shortage: 1 },
      { node_id: 'Cakes', node_type: 'c2', promotion_ids: ['meal'], shortage: 1 },
    ]);
    expect((await of({ limit: 1 })).recommendations).toHaveLength(1);
    expect((await of({ items: [] })).recommendations).toEqual([]);
  });

  it('says what is wrong', async () => {
    for (const [path, body] of [
      ['suggestions', { nodes: [{ node_id: 'A', node_type: 'c8' }] }],
      ['suggestions', {}],
      ['item_recommendations', { items: [{}] }],
      ['item_recommendations', { items: [], limit: 0 }],
    ] as const)
      expect(await codeOf(422, browse(path, body)), JSON.stringify(body)).toBe('invalid');
    expect(await codeOf(404, browse('suggestions', { nodes: [], store_id: 'x' }))).toBe('unknown_store');
  });
});

describe('a caller', () => {
  it('without a service token may neither bring promotions, programs or settings, nor choose the time', async () => {
    const program = { program_name: 'X', group_qualifiers: [{ input: 'i', qualifier_ids: ['q'] }] };
    const trusted = [
      { promotions: [] },
      { settings: { residual: 'last' } },
      { now_local: '2026-03-01T12:00:00' },
      { special_promos: [program] },
      { special_promos_info: [program] },
    ];
    const others = [
      await shopperToken(shop),
      await cloudToken('admin'),
      await cloudToken('kiosk', { store: shop.store_id }),
    ];
    for (const more of trusted) {
      for (const token of others) expect(await codeOf(403, ask(colas(1, more), token))).toBe('forbidden');
      expect((await ask(colas(1, more))).status, JSON.stringify(more)).toBe(200);
    }
  });

  it('who shops gets no explanation here: it would name what is for others', async () => {
    const body = colas(1, { include_explanation: true });
    expect(await codeOf(403, ask(body, await shopperToken(shop)))).toBe('forbidden');
    expect((await ask(body, await cloudToken('admin'))).status).toBe(200);
  });

  it('learns what is wrong under the names it used itself', async () => {
    const body = {
      currency: 'GBP',
      promotions: [inline[0], { id: 'Q', family: 'e', promo_groups: [{ name: 'g', qty_or_value_min: 0 }] }],
      basket: { items: [{ id: 'L', sku: 'A', qty: 1, sp: 1 }] },
    };
    const wrong = await expectProblem(422, ask(body));
    expect(wrong.errors?.map(({ path }) => path)).toContain('/promotions/1/promo_groups/0/promo_group_nodes');
    const bad = { ...body, basket: { items: [{ id: 'L', sku: 'A', qty: 0.5, sp: -1 }] } };
    const items = await expectProblem(422, ask(bad));
    expect(items.errors?.map(({ path }) => path)).toEqual(['/basket/items/0/qty', '/basket/items/0/sp']);
  });

  it.each([undefined, [], 'x', 7, null, {}, { basket: [] }])('is refused a body like %j', async (body) => {
    expect(await codeOf(422, ask(body))).toBe('invalid');
  });

  it('is told of a hundred faults at most', async () => {
    const promotions = Array.from({ length: 300 }, (_, n) => ({ id: `P${n}` }));
    expect((await expectProblem(422, ask(colas(1, { promotions })))).errors).toHaveLength(100);
  });

  it('gets amounts as decimal text where it asks for them', async () => {
    const reply = await ask(colas(2), service, { accept: DECIMAL_MEDIA_TYPE });
    expect(reply.headers.get('content-type')).toBe(DECIMAL_MEDIA_TYPE);
    expect(await expectJson(DecimalEvaluateResponse, 200, reply)).toMatchObject({
      discount_total: '1.00',
      basket: {
        total_sp: '11.48',
        items: [{ unit_price: '5.74', quantity: 2, unit_discounts: ['0.50', '0.50'] }],
      },
    });
    const dinar = await ask(colas(1, { currency: 'KWD', promotions: inline }), service, {
      accept: `text/html, ${DECIMAL_MEDIA_TYPE};q=0.9`,
    });
    expect(await expectJson(DecimalEvaluateResponse, 200, dinar)).toMatchObject({ discount_total: '0.057' });
  });
});
