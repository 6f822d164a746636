import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unwrap } from '../../result.ts';
import type { EvaluationContext, PromotionLine } from '../basket.ts';
import { compile } from '../compile.ts';
import { evaluate } from '../evaluate.ts';
import { instances, PROPERTY_TIMEOUT_MS, RUNS } from '../explain/baskets.fixture.ts';
import { match } from '../match.ts';
import { parsePromotion } from '../parse.ts';
import { isBasketFamily } from '../rule.ts';
import { suggest } from './suggest.ts';

const line = (line_id: string, quantity: number, unit_price: number, more: Partial<PromotionLine> = {}) => ({
  line_id,
  sku: line_id,
  quantity,
  unit_price,
  categories: [],
  ...more,
});
const group = (minimum: number, ...skus: string[]) => ({
  name: `of ${skus.join('')}`,
  minimum,
  nodes: skus.map((node_id) => ({ node_id })),
});
const offer = (id: string, more: object) => ({
  id,
  title: `Offer ${id}`,
  discount_type: 'amount',
  discount_value: 50,
  max_applications: 10,
  ...more,
});
const bogo = (more: object = {}) =>
  offer('r', {
    family: 'requisite',
    discount_type: 'percent',
    discount_value: 10_000,
    groups: [group(2, 'A'), group(1, 'Z')],
    target_group: 'of Z',
    ...more,
  });
const spend = (id: string, minimum: number, more: object = {}) =>
  offer(id, {
    family: 'basket_threshold',
    price_base: 'running',
    groups: [{ name: 'g1', minimum, nodes: [{ node_id: 'ALL' }] }],
    ...more,
  });

function suggested(documents: object[], lines: PromotionLine[], context: EvaluationContext = {}) {
  const compiled = compile(documents.map((document) => unwrap(parsePromotion(document))));
  const basket = { currency: 'GBP', lines };
  return suggest(compiled, basket, context, evaluate(compiled, basket, context));
}
const ids = (...given: Parameters<typeof suggested>) => suggested(...given).map((one) => one.promotion_id);

describe('suggestions', () => {
  it('says what is missing in each group, for which lines, and what it then saves', () => {
    const combo = offer('c', {
      retailer_promotion_id: 'C-1',
      family: 'combo',
      groups: [group(2, 'A'), group(1, 'B')],
    });
    expect(suggested([combo], [line('A', 3, 100), line('X', 1, 100)])).toEqual([
      {
        promotion_id: 'c',
        retailer_promotion_id: 'C-1',
        title: 'Offer c',
        family: 'combo',
        groups: [
          { name: 'of A', counts: 'units', required: 2, present: 2, missing: 0 },
          { name: 'of B', counts: 'units', required: 1, present: 0, missing: 1 },
        ],
        potential_discount: 50,
        free_item_missing: false,
        line_ids: ['A'],
      },
    ]);
  });

  it('prices missing units as the cheapest of their group, and leaves open what the basket does not tell', () => {
    const forTwo = offer('f', { discount_type: 'fixed', discount_value: 150, groups: [group(2, 'A', 'B')] });
    expect(suggested([forTwo], [line('A', 1, 120)])[0]?.potential_discount).toBe(90);
    const combo = offer('c', {
      family: 'combo',
      discount_type: 'percent',
      discount_value: 1000,
      groups: [group(1, 'A'), group(1, 'B')],
    });
    expect(suggested([combo], [line('A', 1, 100)])[0]).not.toHaveProperty('potential_discount');
    // A trigger costs what it will: the target decides.
    expect(suggested([bogo()], [line('Z', 1, 240)])[0]?.potential_discount).toBe(240);
  });

  it('leaves out what would come to nothing', () => {
    const forTwo = offer('f', { discount_type: 'fixed', discount_value: 150, groups: [group(2, 'A')] });
    expect(ids([forTwo], [line('A', 1, 75)])).toEqual([]);
    expect(ids([forTwo], [line('A', 1, 76)])).toEqual(['f']);
  });

  it('knows when only the free item is missing', () => {
    expect(suggested([bogo()], [line('A', 2, 100)])[0]).toMatchObject({ free_item_missing: true });
    expect(suggested([bogo()], [line('A', 1, 100)])[0]).toMatchObject({ free_item_missing: false });
    expect(suggested([bogo({ discount_value: 5000 })], [line('A', 2, 100)])[0]).toMatchObject({
      free_item_missing: false,
    });
    const oneGroup = bogo({ groups: [group(3, 'A')], target_quantity: 1 });
    expect(suggested([oneGroup], [line('A', 2, 100)])[0]).toMatchObject({
      free_item_missing: true,
      potential_discount: 100,
    });
    const get = spend('t', 500, {
      family: 'basket_threshold_target',
      discount_type: 'percent',
      discount_value: 10_000,
      groups: [group(500, 'A'), group(1, 'Z')],
      target_group: 'of Z',
    });
    expect(suggested([get], [line('A', 1, 500)])[0]).toMatchObject({ free_item_missing: true });
    expect(suggested([get], [line('A', 1, 400), line('Z', 1, 90)])[0]).toMatchObject({
      free_item_missing: false,
      missing_amount: 100,
      potential_discount: 90,
      groups: [
        { name: 'of A', counts: 'spend', required: 500, present: 400, missing: 100 },
        { name: 'of Z', counts: 'units', required: 1, present: 1, missing: 0 },
      ],
    });
  });

  it('asks for the next multiple of a spend', () => {
    const [next] = suggested([spend('s', 1000)], [line('A', 1, 2300)]);
    expect(next).toMatchObject({ missing_amount: 700, potential_discount: 50 });
    expect(next?.groups).toEqual([
      { name: 'g1', counts: 'spend', required: 3000, present: 2300, missing: 700 },
    ]);
    expect(ids([spend('s', 1000, { max_applications: 2 })], [line('A', 1, 2300)])).toEqual([]);
    const tenth = spend('p', 1000, { discount_type: 'percent', discount_value: 1000 });
    expect(suggested([tenth], [line('A', 1, 800)])[0]).toMatchObject({
      missing_amount: 200,
      potential_discount: 100,
    });
    expect(ids([tenth], [line('A', 1, 1000)])).toEqual([]);
  });

  it('counts the units that no item promotion of the layer used', () => {
    const pair = (id: string, more: object = {}) => offer(id, { groups: [group(2, 'A')], ...more });
    expect(suggested([pair('a')], [line('A', 3, 100)])[0]?.groups[0]).toMatchObject({
      present: 1,
      missing: 1,
    });
    expect(ids([pair('a')], [line('A', 2, 100)])).toEqual([]);
    const six = offer('b', { priority: 9, groups: [group(6, 'A', 'B')] });
    const [own] = suggested([pair('a', { priority: 1 }), six], [line('A', 2, 100), line('B', 1, 100)]);
    // All units of the first line are used, so it has nothing to add to.
    expect(own).toMatchObject({ promotion_id: 'b', line_ids: ['B'] });
    expect(own?.groups[0]).toMatchObject({ present: 1, missing: 5 });
    expect(ids([pair('a'), spend('s', 900)], [line('A', 2, 100)])).toEqual(['s']);
  });

  it('counts neither what an earlier layer closed nor the used pieces of a pack', () => {
    const first = offer('a', { exclusive: true, max_applications: 1, groups: [group(1, 'A')] });
    const later = offer('b', { layer: 2, groups: [group(3, 'A')] });
    const own = suggested([first, later], [line('A', 2, 100)]).find((one) => one.promotion_id === 'b');
    expect(own?.groups[0]).toMatchObject({ present: 1, missing: 2 });
    const pair = offer('a', { groups: [group(2, 'A')] });
    expect(suggested([pair], [line('A', 1, 300, { pack_size: 3 })])).toMatchObject([
      { groups: [{ present: 1, missing: 1 }], line_ids: ['A'] },
    ]);
  });

  it('asks a spend-and-get for what it has not used and does not count twice', () => {
    const get = (more: object = {}) =>
      spend('t', 100, {
        family: 'basket_threshold_target',
        groups: [group(100, 'A', 'Z'), group(1, 'Z')],
        target_group: 'of Z',
        ...more,
      });
    const [next] = suggested([get()], [line('A', 1, 150), line('Z', 1, 60)]);
    expect(next?.groups).toEqual([
      { name: 'of AZ', counts: 'spend', required: 200, present: 210, missing: 0 },
      { name: 'of Z', counts: 'units', required: 1, present: 0, missing: 1 },
    ]);
    const [apart] = suggested(
      [get({ threshold_excludes_targets: true })],
      [line('A', 1, 90), line('Z', 1, 60)],
    );
    expect(apart).toMatchObject({ missing_amount: 10, potential_discount: 50 });
  });

  it('promises no more off a spend than its recipients cost', () => {
    const first = offer('a', { max_applications: 1, groups: [group(1, 'A')] });
    const big = spend('s', 1000, { discount_value: 200, price_base: 'mrp', stackable: false });
    expect(ids([first, big], [line('A', 1, 900)])).toEqual([]);
    expect(ids([first, big], [line('A', 1, 800)])).toEqual(['s']);
  });

  it('never suggests what is closed, used up, or not there at all', () => {
    const lines = [line('A', 1, 100)];
    const pair = (more: object) => [offer('a', { groups: [group(2, 'A')], ...more })];
    const now_local = '2025-06-30T12:00:00';
    expect(ids(pair({}), lines)).toEqual(['a']);
    expect(ids(pair({ schedule: { end: '2025-06-29T23:59' } }), lines, { now_local })).toEqual([]);
    const club = pair({ availability: 'special', qualifiers: [{ id: 'club' }] });
    const brings = (more: object) => ({
      special_promos: [
        { program_name: 'c', group_qualifiers: [{ input: '', qualifier_ids: ['club'], ...more }] },
      ],
    });
    expect(ids(club, lines)).toEqual([]);
    expect(ids(club, lines, brings({}))).toEqual(['a']);
    expect(ids(club, lines, brings({ max_application_limit: 0 }))).toEqual([]);
    expect(ids(club, lines, brings({ override: { is_active: false } }))).toEqual([]);
    expect(ids(pair({ max_discount: 0 }), lines)).toEqual([]);
    expect(ids(pair({ max_discount: 50 }), [line('A', 3, 100)])).toEqual([]);
    expect(suggested(pair({ max_discount: 70 }), [line('A', 3, 100)])[0]?.potential_discount).toBe(20);
    expect(ids(pair({}), [line('A', 1, 100, { exclude_from_promotions: true })])).toEqual([]);
    expect(ids(pair({}), [line('A', 1, 0)])).toEqual([]);
  });

  it('leaves out thresholds that the only one of the layer keeps out', () => {
    const settings = { one_basket_promo_per_layer: true };
    const two = [spend('a', 0, { discount_type: 'percent', discount_value: 100 }), spend('b', 5000)];
    expect(ids(two, [line('A', 1, 1000)])).toEqual(['b']);
    expect(ids(two, [line('A', 1, 1000)], { settings })).toEqual([]);
  });

  it('puts the closest first, then what saves most', () => {
    const offers = [
      offer('far', { groups: [group(4, 'A')], discount_value: 300 }),
      offer('near', { groups: [group(2, 'A')], discount_value: 10 }),
      offer('rich', { groups: [group(2, 'A')], discount_value: 90 }),
    ];
    expect(ids(offers, [line('A', 1, 100)])).toEqual(['rich', 'near', 'far']);
  });
});

describe('any suggestion', () => {
  it(
    'is of an open promotion that the basket touches, and lacks something',
    () => {
      fc.assert(
        fc.property(instances, ({ promotions, basket, context }) => {
          const compiled = compile(promotions);
          const evaluation = evaluate(compiled, basket, context);
          const candidates = match(compiled, basket, context, 'all');
          for (const one of suggest(compiled, basket, context, evaluation)) {
            const candidate = candidates.find(({ rule }) => rule.promotion.id === one.promotion_id);
            expect(candidate?.closed).toBeNull();
            expect(one.line_ids.length).toBeGreaterThan(0);
            expect(one.groups.some(({ missing }) => missing > 0)).toBe(true);
            expect(one.groups.some(({ present }) => present > 0)).toBe(true);
            for (const { required, present, missing } of one.groups)
              expect(Math.max(0, required - present)).toBe(missing);
            expect(one.potential_discount ?? 1).toBeGreaterThan(0);
            const spends = one.groups.filter(({ counts }) => counts === 'spend');
            expect(spends.reduce((sum, { missing }) => sum + missing, 0)).toBe(one.missing_amount ?? 0);
          }
        }),
        RUNS,
      );
    },
    PROPERTY_TIMEOUT_MS,
  );

  /** Where the promotion is alone and has not applied, the next application is the whole evaluation. */
  it(
    'saves what it says when the cheapest units of its groups are added',
    () => {
      let checked = 0;
      fc.assert(
        fc.property(instances, ({ promotions, basket, context }) => {
          for (const promotion of promotions) {
            if (isBasketFamily(promotion.family)) continue;
            const compiled = compile([promotion]);
            const plain = basket.lines.filter((one) => one.parent_line_id === undefined);
            const before = { ...basket, lines: plain.map(({ weight_milli: _, ...rest }) => rest) };
            const evaluation = evaluate(compiled, before, context);
            const [own] = suggest(compiled, before, context, evaluation);
            const [candidate] = match(compiled, before, context, 'all');
            if (own?.potential_discount === undefined || evaluation.applied.length > 0) continue;
            if (candidate === undefined || promotion.groups.length > 1) continue;
            const missing = own.groups[0]?.missing ?? 0;
            const carriers = (candidate.lines[0] ?? []).flatMap((at) => {
              const one = before.lines[at];
              // Below its price a unit may be passed over, and a pack is more than one unit.
              return one === undefined || one.unit_price === 0 ? [] : [one];
            });
            if (carriers.some((one) => one.pack_size !== undefined)) continue;
            const isPlain = promotion.discount_type === 'percent' || promotion.discount_on === 'set';
            if (!isPlain || promotion.family === 'line_special') continue;
            const [cheapest] = [...carriers].sort((a, b) => a.unit_price - b.unit_price);
            const after = before.lines.map((one) =>
              one === cheapest ? { ...one, quantity: one.quantity + missing } : one,
            );
            const next = evaluate(compiled, { ...basket, lines: after }, context);
            checked++;
            expect(next.applied[0]?.discount ?? 0).toBe(own.potential_discount);
          }
        }),
        RUNS,
      );
      expect(checked).toBeGreaterThan(RUNS.numRuns / 20);
    },
    PROPERTY_TIMEOUT_MS,
  );
});
