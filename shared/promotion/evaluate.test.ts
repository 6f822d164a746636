import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unwrap } from '../result.ts';
import type { PromotionLine } from './basket.ts';
import { compile } from './compile.ts';
import { evaluate } from './evaluate.ts';
import { parsePromotion } from './parse.ts';

const compiled = (...documents: object[]) =>
  compile(documents.map((document) => unwrap(parsePromotion(document))));
const line = (line_id: string, quantity: number, unit_price: number, more: Partial<PromotionLine> = {}) => ({
  line_id,
  sku: line_id,
  quantity,
  unit_price,
  categories: [],
  ...more,
});
const basket = (...lines: PromotionLine[]) => ({ currency: 'GBP', lines });
const on = (...ids: string[]) => ids.map((node_id) => ({ node_id }));
const easy = (id: string, minimum: number, nodes: object[], more: object = {}) => ({
  id,
  family: 'e',
  title: `Offer ${id}`,
  discount_type: 'p',
  discount_value: 1000,
  discount_value_on: 's',
  max_application_limit: 100,
  promo_groups: [{ name: 'g1', qty_or_value_min: minimum, promo_group_nodes: nodes }],
  ...more,
});
const spend = (id: string, threshold: number, more: object = {}) => ({
  ...easy(id, threshold, on('ALL'), { discount_value_on: 'f' }),
  family: 'b',
  ...more,
});

describe('compile', () => {
  it('names a second promotion under one id and leaves inactive ones out', () => {
    const promotions = compiled(
      easy('ok', 1, on('A')),
      easy('off', 1, on('A'), { is_active: false }),
      easy('ok', 2, on('A')),
    );
    expect(promotions.findings).toEqual([{ promotion_id: 'ok', code: 'duplicate_id', detail: 'ok' }]);
    expect(evaluate(promotions, basket(line('A', 2, 100))).applied.map((p) => p.promotion_id)).toEqual([
      'ok',
    ]);
  });
});

describe('evaluate', () => {
  it('answers an empty basket with nothing', () => {
    expect(evaluate(compiled(spend('s', 0)), basket())).toMatchObject({
      discount_total: 0,
      lines: [],
      applied: [],
    });
  });

  it('tells each line which promotion saved how much', () => {
    const promotions = compiled(
      easy('tea', 1, [{ node_id: 'Tea', node_type: 'c2' }]),
      spend('five', 1000, { discount_type: 'v', discount_value: 300 }),
    );
    const tea = line('A', 2, 500, { categories: [{ name: 'c2', value: 'Tea' }] });
    expect(evaluate(promotions, basket(tea, line('B', 1, 600)))).toMatchObject({
      discount_total: 400,
      cashback_total: 0,
      tender_total: 0,
      lines: [
        {
          line_id: 'A',
          unit_discounts: [140, 140],
          discount: 280,
          promotions: [
            { promotion_id: 'tea', title: 'Offer tea', discount: 100 },
            { promotion_id: 'five', title: 'Offer five', discount: 180 },
          ],
        },
        {
          line_id: 'B',
          unit_discounts: [120],
          discount: 120,
          promotions: [{ promotion_id: 'five', title: 'Offer five', discount: 120 }],
        },
      ],
      applied: [
        {
          promotion_id: 'tea',
          family: 'easy',
          layer: 1,
          discount: 100,
          applications: 2,
          units: [
            { line_id: 'A', unit_index: 0, role: 'target', discount: 50, application: 0 },
            { line_id: 'A', unit_index: 1, role: 'target', discount: 50, application: 1 },
          ],
        },
        {
          promotion_id: 'five',
          family: 'basket_threshold',
          layer: 100,
          discount: 300,
          applications: 1,
          units: [
            { line_id: 'A', unit_index: 0, role: 'target', discount: 90, application: 0 },
            { line_id: 'A', unit_index: 1, role: 'target', discount: 90, application: 0 },
            { line_id: 'B', unit_index: 0, role: 'target', discount: 120, application: 0 },
          ],
        },
      ],
      optimality: { status: 'proved' },
    });
  });

  it('matches level and value together, and exclusion wins', () => {
    const nodes = [
      { node_id: 'Tea', node_type: 'c2' },
      { node_id: 'Loose', node_type: 'c3', is_excluded: true },
      { node_id: 'B', is_excluded: true },
    ];
    const promotions = compiled(easy('tea', 1, nodes));
    const at = (name: string, value: string) => ({ categories: [{ name, value }] });
    const answer = evaluate(
      promotions,
      basket(
        line('A', 1, 100, at('c2', 'Tea')),
        line('B', 1, 100, at('c2', 'Tea')),
        line('C', 1, 100, at('c1', 'Tea')),
        line('D', 1, 100, {
          categories: [
            { name: 'c2', value: 'Tea' },
            { name: 'c3', value: 'Loose' },
          ],
        }),
        line('E', 1, 100, { ...at('c2', 'Tea'), exclude_from_promotions: true }),
        line('Tea', 1, 100),
      ),
    );
    expect(answer.lines.filter((l) => l.discount > 0).map((l) => l.line_id)).toEqual(['A']);
    const nobody = compiled(easy('none', 1, [...on('ALL'), { node_id: 'ALL', is_excluded: true }]));
    expect(evaluate(nobody, basket(line('A', 1, 100))).discount_total).toBe(0);
  });

  it('goes by priority, then by id, and a missing priority is last', () => {
    const rivals = [
      easy('z', 1, on('A'), { discount_value: 1000 }),
      easy('y', 1, on('A'), { discount_value: 2000, evaluate_priority: 7 }),
      easy('x', 1, on('A'), { discount_value: 3000, evaluate_priority: 7 }),
    ];
    const applied = (...documents: object[]) =>
      evaluate(compiled(...documents), basket(line('A', 1, 1000))).applied.map((p) => p.promotion_id);
    expect(applied(...rivals)).toEqual(['x']);
    expect(applied(...rivals.slice(0, 2))).toEqual(['y']);
    expect(applied(...rivals.slice(0, 1))).toEqual(['z']);
  });

  it('does not touch a unit that an exclusive promotion took, except for the basket', () => {
    const promotions = compiled(
      easy('first', 1, on('A'), { exclusive: true }),
      easy('second', 1, on('A', 'B'), { layer: 2 }),
      spend('all', 0),
    );
    const answer = evaluate(promotions, basket(line('A', 1, 1000), line('B', 1, 1000)));
    expect(answer.lines.map((l) => l.promotions.map((p) => p.promotion_id))).toEqual([
      ['first', 'all'],
      ['second', 'all'],
    ]);
  });

  it('keeps a non-stackable spend discount off the units that are discounted already', () => {
    const promotions = compiled(
      easy('a', 1, on('A')),
      spend('all', 1500, { apply_on_discounted_items: false }),
    );
    const answer = evaluate(promotions, basket(line('A', 1, 1000), line('B', 1, 1000)));
    expect(answer.lines.map((l) => l.discount)).toEqual([100, 100]);
  });

  it('rounds a percentage off the basket per unit or once', () => {
    const promotions = compiled(spend('half', 0, { discount_value: 5000 }));
    const three = basket(line('A', 3, 5));
    expect(evaluate(promotions, three).discount_total).toBe(9);
    const once = evaluate(promotions, three, { settings: { basket_percent_rounding: 'total' } });
    expect(once.discount_total).toBe(8);
    expect(once.lines[0]?.unit_discounts).toEqual([3, 3, 2]);
  });

  it('sells the basket for a fixed price when that is less', () => {
    const promotions = compiled(spend('flat', 0, { discount_type: 'f', discount_value: 1000 }));
    expect(evaluate(promotions, basket(line('A', 1, 900), line('B', 1, 900))).discount_total).toBe(800);
    expect(evaluate(promotions, basket(line('A', 1, 900))).applied).toEqual([]);
  });

  it('never gives more than the cap', () => {
    const capped = { discount_value: 5000, max_discount: 70 };
    const two = basket(line('A', 2, 100));
    expect(evaluate(compiled(easy('e', 1, on('A'), capped)), two).lines[0]?.unit_discounts).toEqual([50, 20]);
    expect(evaluate(compiled(spend('b', 0, capped)), two).lines[0]?.unit_discounts).toEqual([35, 35]);
    expect(evaluate(compiled(spend('b', 0, { ...capped, max_discount: 0 })), two).applied).toEqual([]);
  });

  it('leaves a special promotion to those who bring its qualifier', () => {
    const promotions = compiled(
      easy('gold', 1, on('A'), {
        availability: 's',
        special_promo_info: [{ group_qualifier_id: 'gold' }],
        max_application_limit: 5,
      }),
    );
    const applications = (...limits: (number | undefined)[]) => {
      const group_qualifiers = limits.map((max_application_limit, i) => ({
        input: String(i),
        qualifier_ids: ['gold'],
        max_application_limit,
      }));
      const context = { special_promos: [{ program_name: 'LOYALTY', group_qualifiers }] };
      return evaluate(promotions, basket(line('A', 9, 100)), context).applied[0]?.applications ?? 0;
    };
    expect([
      applications(),
      applications(undefined),
      applications(2),
      applications(2, 1),
      applications(0),
    ]).toEqual([0, 5, 2, 3, 0]);
  });

  it('treats a malformed basket as a bug', () => {
    const none = compiled();
    expect(() => evaluate(none, basket(line('A', 0, 100)))).toThrow(RangeError);
    expect(() => evaluate(none, basket(line('A', 1, 0.5)))).toThrow(RangeError);
    expect(() => evaluate(none, basket(line('A', 1, -1)))).toThrow(RangeError);
    expect(() => evaluate(none, basket(line('A', 10 ** 9, 1)))).toThrow(RangeError);
    expect(() => evaluate(none, basket(line('A', 1, 1), line('A', 1, 1)))).toThrow(RangeError);
    expect(() => evaluate(none, basket(line('A', 1, 1)), { now_local: 'noon' })).toThrow();
  });
});

describe('properties', () => {
  const sku = fc.constantFrom('A', 'B', 'C', 'D');
  const price = fc.oneof(
    fc.constant(0),
    fc.integer({ min: 1, max: 20 }),
    fc.integer({ min: 1, max: 100_000 }),
  );
  const nodes = fc.array(
    fc.record({ node_id: fc.constantFrom('A', 'B', 'C', 'ALL'), is_excluded: fc.boolean() }),
    {
      minLength: 1,
      maxLength: 4,
    },
  );
  const promotion = fc.record({
    family: fc.constantFrom('e', 'b'),
    evaluate_priority: fc.option(fc.nat(3)),
    layer: fc.integer({ min: 1, max: 3 }),
    discount_type: fc.constantFrom('p', 'v', 'f'),
    discount_type_strategy: fc.constantFrom('a', 'e'),
    discount_value: fc.integer({ min: 0, max: 10_000 }),
    discount_value_on: fc.constantFrom('m', 's', 'f'),
    max_application_limit: fc.integer({ min: 1, max: 5 }),
    discounted_group_item_selection_criteria: fc.constantFrom('l', 'lc', 'm', 'x'),
    apply_on_discounted_items: fc.boolean(),
    exclusive: fc.boolean(),
    max_discount: fc.option(fc.nat(500)),
    promo_groups: fc
      .record({
        name: fc.constant('g1'),
        qty_or_value_min: fc.integer({ min: 1, max: 4 }),
        promo_group_nodes: nodes,
      })
      .map((g) => [g]),
  });
  const promotions = fc
    .array(promotion, { maxLength: 6 })
    .map((list) => list.map((p, i) => ({ ...p, id: `P${i}` })));
  const lines = fc
    .array(
      fc.record({
        sku,
        quantity: fc.integer({ min: 1, max: 6 }),
        unit_price: price,
        mrp: fc.option(price, { nil: undefined }),
        exclude_from_promotions: fc.boolean(),
      }),
      { maxLength: 6 },
    )
    .map((list) => list.map((l, i) => ({ ...l, line_id: `L${i}`, categories: [] })));
  const settings = fc.record({
    one_basket_promo_per_layer: fc.boolean(),
    basket_percent_rounding: fc.constantFrom('unit' as const, 'total' as const),
  });
  const RUNS = { numRuns: 400, seed: 41 };
  const sum = (values: number[]) => values.reduce((a, b) => a + b, 0);

  it('a unit never costs less than nothing, and every sum is exact', () => {
    fc.assert(
      fc.property(promotions, lines, settings, (offers, own, chosen) => {
        const answer = evaluate(compiled(...offers), { currency: 'GBP', lines: own }, { settings: chosen });
        expect(answer.lines.map((l) => l.line_id)).toEqual(own.map((l) => l.line_id));
        for (const [i, { quantity, unit_price, exclude_from_promotions }] of own.entries()) {
          const result = answer.lines[i];
          expect(result?.unit_discounts).toHaveLength(quantity);
          for (const discount of result?.unit_discounts ?? []) {
            expect(Number.isSafeInteger(discount) && discount >= 0 && discount <= unit_price).toBe(true);
          }
          expect(sum(result?.unit_discounts ?? [])).toBe(result?.discount);
          expect(sum((result?.promotions ?? []).map((p) => p.discount))).toBe(result?.discount);
          if (exclude_from_promotions) expect(result?.discount).toBe(0);
        }
        expect(sum(answer.lines.map((l) => l.discount))).toBe(answer.discount_total);
        expect(sum(answer.applied.map((p) => p.discount))).toBe(answer.discount_total);
        for (const { promotion_id, discount, applications } of answer.applied) {
          const offer = offers.find((o) => o.id === promotion_id);
          expect(discount).toBeGreaterThan(0);
          expect(discount).toBeLessThanOrEqual(offer?.max_discount ?? Number.MAX_SAFE_INTEGER);
          expect(applications).toBeLessThanOrEqual(offer?.max_application_limit ?? 0);
          const perLine = answer.lines.flatMap((l) =>
            l.promotions.filter((p) => p.promotion_id === promotion_id),
          );
          expect(sum(perLine.map((p) => p.discount))).toBe(discount);
        }
      }),
      RUNS,
    );
  });

  it('the same basket has the same answer, whatever order the promotions come in', () => {
    fc.assert(
      fc.property(promotions, lines, (offers, own) => {
        const forward = compiled(...offers);
        const answer = evaluate(forward, { currency: 'GBP', lines: own });
        expect(evaluate(forward, { currency: 'GBP', lines: own })).toEqual(answer);
        expect(evaluate(compiled(...[...offers].reverse()), { currency: 'GBP', lines: own })).toEqual(answer);
      }),
      { ...RUNS, numRuns: 150 },
    );
  });
});
