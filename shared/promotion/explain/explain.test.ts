import { describe, expect, it } from 'vitest';
import { unwrap } from '../../result.ts';
import type { EvaluationContext, PromotionLine } from '../basket.ts';
import { compile } from '../compile.ts';
import { evaluate } from '../evaluate.ts';
import { parsePromotion } from '../parse.ts';
import { explain } from './explain.ts';
import { explanationText, promotionText, reasonText } from './text.ts';

const line = (line_id: string, quantity: number, unit_price: number, more: Partial<PromotionLine> = {}) => ({
  line_id,
  sku: line_id,
  quantity,
  unit_price,
  categories: [{ name: 'c1', value: line_id < 'M' ? 'Snacks' : 'Household' }],
  ...more,
});
const group = (minimum: number, ...skus: string[]) => ({
  name: `of ${skus.join('')}`,
  minimum,
  nodes: skus.map((node_id) => ({ node_id })),
});
const SNACKS = { name: 'g1', minimum: 1, nodes: [{ node_id: 'Snacks', node_type: 'c1' }] };
const offer = (id: string, more: object) => ({
  id,
  title: `Offer ${id}`,
  family: 'easy',
  discount_type: 'amount',
  discount_value: 50,
  max_applications: 10,
  ...more,
});
const best = { criteria: 'best_discount' };
const spend = (id: string, minimum: number, more: object = {}) =>
  offer(id, {
    family: 'basket_threshold',
    price_base: 'running',
    max_applications: 1,
    groups: [{ name: 'g1', minimum, nodes: [{ node_id: 'ALL' }] }],
    ...more,
  });

function told(documents: object[], lines: PromotionLine[], context: EvaluationContext = {}) {
  const compiled = compile(documents.map((document) => unwrap(parsePromotion(document))));
  const basket = { currency: 'GBP', lines };
  return explain(compiled, basket, context, evaluate(compiled, basket, context));
}

/** What decided against a promotion, and the sentence that says it. */
function reasonOf(id: string, documents: object[], lines: PromotionLine[], context?: EvaluationContext) {
  const explanation = told(documents, lines, context);
  const promotion = explanation.promotions.find(({ promotion_id }) => promotion_id === id);
  if (promotion === undefined) throw new Error(`nothing is said of ${id}`);
  return [promotion.reason, promotionText(promotion, explanation, { currency: 'GBP' })];
}

/** The same of one unit of a line. */
function passedOver(id: string, unit: [string, number], documents: object[], lines: PromotionLine[]) {
  const explanation = told(documents, lines);
  const [line_id, place] = unit;
  const units = explanation.lines.find((one) => one.line_id === line_id)?.units ?? [];
  const own = units.find(({ from, count }) => place >= from && place < from + count);
  const reason = own?.passed.find(({ promotion_id }) => promotion_id === id)?.reason;
  if (reason === undefined) throw new Error(`nothing is said of ${id} at ${line_id} ${place}`);
  return [reason, reasonText({ title: `Offer ${id}` }, reason, explanation, { currency: 'GBP' })];
}

describe('what decides against a promotion', () => {
  it('outbid: its units give more elsewhere', () => {
    const two = [
      offer('a', { ...best, groups: [group(2, 'A')], discount_value: 80 }),
      offer('b', { ...best, groups: [group(1, 'A')], discount_value: 30 }),
    ];
    expect(reasonOf('b', two, [line('A', 2, 100)])).toEqual([
      { code: 'outbid', by: ['a'], would_save: 60, saved: 80 },
      'Offer b would have saved £0.60 on the same items; Offer a saves £0.80.',
    ]);
    const chain = [
      offer('a', { ...best, groups: [group(2, 'A', 'B')], discount_value: 60 }),
      offer('b', { ...best, groups: [group(2, 'B', 'C')], discount_value: 100 }),
      offer('c', { ...best, groups: [group(2, 'C', 'D')], discount_value: 60 }),
    ];
    expect(
      reasonOf('b', chain, [line('A', 1, 100), line('B', 1, 100), line('C', 1, 100), line('D', 1, 100)]),
    ).toEqual([
      { code: 'outbid', by: ['a', 'c'], would_save: 100, saved: 120 },
      'Offer b would have saved £1 on the same items; Offer a and Offer c together save £1.20.',
    ]);
  });

  it('already used, by priority', () => {
    const two = [
      offer('a', { priority: 1, groups: [group(1, 'A')] }),
      offer('b', { priority: 2, groups: [group(1, 'A')], discount_value: 90 }),
    ];
    expect(reasonOf('b', two, [line('A', 1, 100)])).toEqual([
      { code: 'already_used', by: ['a'] },
      'Offer b: its items already count for Offer a.',
    ]);
  });

  it('locked and already discounted, by an earlier layer', () => {
    const first = (more: object) => offer('a', { groups: [group(1, 'A')], ...more });
    const later = (more: object) => offer('b', { layer: 2, groups: [group(1, 'A')], ...more });
    expect(reasonOf('b', [first({ exclusive: true }), later({})], [line('A', 1, 100)])).toEqual([
      { code: 'locked', by: ['a'] },
      'Offer b cannot be combined with Offer a.',
    ]);
    expect(reasonOf('b', [first({}), later({ stackable: false })], [line('A', 1, 100)])).toEqual([
      { code: 'already_discounted', by: ['a'] },
      'Offer b is not for items already reduced by Offer a.',
    ]);
    expect(reasonOf('s', [first({}), spend('s', 0, { stackable: false })], [line('A', 1, 100)])).toEqual([
      { code: 'already_discounted', by: ['a'] },
      'Offer s is not for items already reduced by Offer a.',
    ]);
  });

  it('too few units, each counted for one group', () => {
    expect(reasonOf('a', [offer('a', { groups: [{ ...SNACKS, minimum: 3 }] })], [line('A', 2, 100)])).toEqual(
      [
        { code: 'too_few', group: 'g1', what: 'snacks', required: 3, present: 2, missing: 1, saves: 50 },
        'Add 1 more from snacks to save £0.50.',
      ],
    );
    const combo = offer('c', {
      family: 'combo',
      discount_type: 'percent',
      groups: [group(1, 'A', 'B'), group(2, 'B')],
    });
    expect(reasonOf('c', [combo], [line('B', 2, 100)])).toEqual([
      { code: 'too_few', group: 'of B', what: null, required: 2, present: 1, missing: 1, saves: null },
      'Add 1 more item for Offer c.',
    ]);
    const gift = spend('t', 50, {
      family: 'basket_threshold_target',
      groups: [group(50, 'A'), group(2, 'Z')],
      target_group: 'of Z',
    });
    expect(reasonOf('t', [gift], [line('A', 1, 100)])[1]).toBe('Add 2 items to save £0.50.');
  });

  it('below the threshold, after what others took off', () => {
    const household = {
      groups: [{ name: 'g1', minimum: 1000, nodes: [{ node_id: 'Household', node_type: 'c1' }] }],
    };
    const four = spend('s', 0, { ...household, discount_value: 400 });
    expect(reasonOf('s', [four], [line('W', 1, 660)])).toEqual([
      { code: 'below_threshold', what: 'household', required: 1000, spent: 660, missing: 340, saves: 400 },
      'Spend £3.40 more on household to save £4.',
    ]);
    const off = offer('a', { groups: [group(1, 'W')], discount_value: 200 });
    const [reason, text] = reasonOf('s', [off, { ...four, discount_type: 'percent' }], [line('W', 1, 1100)]);
    expect(reason).toMatchObject({ spent: 900, missing: 100, saves: null });
    expect(text).toBe('Spend £1 more on household for Offer s.');
  });

  it('closed: schedule, qualifier, limit, override', () => {
    const lines = [line('A', 1, 100)];
    const now_local = '2025-06-30T12:00:00';
    const evening = { start: '2025-06-01T18:00', end: '2025-12-31T20:00', is_happy_hour: true };
    const happy = offer('h', { groups: [group(1, 'A')], schedule: evening });
    const [reason, text] = reasonOf('h', [happy], lines, { now_local });
    expect(reason).toMatchObject({ code: 'outside_schedule', opens: '2025-06-30T18:00:00.000' });
    expect(text).toBe('Offer h is not on now: 18:00 to 20:00, 1 Jun 2025 to 31 Dec 2025.');
    const over = offer('o', { groups: [group(1, 'A')], schedule: { end: '2025-06-01T00:00' } });
    expect(reasonOf('o', [over], lines, { now_local })[0]).toMatchObject({ opens: null });

    const club = offer('c', {
      groups: [group(1, 'A')],
      availability: 'special',
      qualifiers: [{ id: 'gold', description: 'a gold card' }, { id: 'x' }],
    });
    expect(reasonOf('c', [club], lines)).toEqual([
      { code: 'needs_qualifier', descriptions: ['a gold card'] },
      'Offer c needs a gold card.',
    ]);
    const brings = (more: object) => ({
      special_promos: [
        { program_name: 'card', group_qualifiers: [{ input: '1', qualifier_ids: ['gold'], ...more }] },
      ],
    });
    expect(reasonOf('c', [club], lines, brings({ max_application_limit: 0 }))).toEqual([
      { code: 'limit_reached', limit: 0 },
      'Offer c is used up.',
    ]);
    expect(reasonOf('c', [club], lines, brings({ override: { is_active: false } }))).toEqual([
      { code: 'switched_off' },
      'Offer c is switched off.',
    ]);
  });

  it('nothing to gain, or units that cannot carry it', () => {
    const percent = offer('p', { groups: [group(1, 'A')], discount_type: 'percent', discount_value: 10 });
    expect(reasonOf('p', [percent], [line('A', 1, 100)])).toEqual([
      { code: 'no_gain', by: [] },
      'Offer p takes nothing off here.',
    ]);
    const each = offer('e', { groups: [group(2, 'A')], discount_on: 'unit', discount_value: 150 });
    expect(reasonOf('e', [each], [line('A', 2, 100)])).toEqual([
      { code: 'cannot_carry', group: 'of A', required: 2, present: 0, by: [] },
      'Offer e is not for items that cost so little.',
    ]);
    const free = offer('f', { groups: [group(1, 'A')], discount_value: 100 });
    const after = offer('z', { groups: [group(1, 'A')], layer: 2 });
    expect(reasonOf('z', [free, after], [line('A', 1, 100)])).toEqual([
      { code: 'no_gain', by: ['f'] },
      'Offer z takes nothing more off after Offer f.',
    ]);
  });

  it('looks past what could not have helped', () => {
    // Free of charge from the start, and so invisible to all.
    const wide = offer('b', { priority: 2, groups: [group(1, 'A', 'F')] });
    const first = offer('a', { priority: 1, groups: [group(1, 'A')] });
    expect(reasonOf('b', [first, wide], [line('A', 1, 100), line('F', 3, 0)])[0]).toEqual({
      code: 'already_used',
      by: ['a'],
    });
    const tiny = spend('s', 0, { discount_type: 'percent', discount_value: 1, stackable: false });
    expect(reasonOf('s', [first, tiny], [line('A', 1, 100)])[0]).toEqual({ code: 'no_gain', by: [] });
  });

  it('a spend that must reach what is taken off', () => {
    expect(reasonOf('s', [spend('s', 100, { discount_value: 300 })], [line('A', 1, 200)])[0]).toMatchObject({
      code: 'below_threshold',
      required: 300,
      missing: 100,
    });
  });

  it('a cap of nothing', () => {
    expect(
      reasonOf('a', [offer('a', { groups: [group(1, 'A')], max_discount: 0 })], [line('A', 1, 100)]),
    ).toEqual([{ code: 'cap_reached', max_discount: 0 }, 'Offer a saves £0 at most.']);
  });

  it('another threshold', () => {
    const lines = [line('A', 1, 1000)];
    expect(
      reasonOf('b', [spend('a', 0, { ...best, discount_value: 90 }), spend('b', 0, best)], lines),
    ).toEqual([
      { code: 'not_best_threshold', by: ['a'], would_save: 50, saved: 90 },
      'Offer b would have saved £0.50; Offer a saves £0.90, and only one of them counts.',
    ]);
    const settings = { one_basket_promo_per_layer: true };
    expect(reasonOf('b', [spend('a', 0), spend('b', 0)], lines, { settings })).toEqual([
      { code: 'one_per_layer', by: ['a'] },
      'Offer b is not given together with Offer a.',
    ]);
  });
});

describe('why a promotion that applied passed a unit over', () => {
  it('limit, cap, maximum and what is left of full sets', () => {
    const twice = offer('a', { groups: [group(1, 'A')], max_applications: 2 });
    expect(passedOver('a', ['A', 2], [twice], [line('A', 3, 100)])).toEqual([
      { code: 'limit_reached', limit: 2 },
      'Offer a is limited to 2 a basket.',
    ]);
    const capped = offer('a', { groups: [group(1, 'A')], max_discount: 50 });
    expect(passedOver('a', ['A', 1], [capped], [line('A', 2, 100)])).toEqual([
      { code: 'cap_reached', max_discount: 50 },
      'Offer a saves £0.50 at most.',
    ]);
    const upTo = offer('a', {
      family: 'easy_plus',
      discount_on: 'unit',
      groups: [{ ...group(2, 'A'), maximum: 3 }],
    });
    expect(passedOver('a', ['A', 3], [upTo], [line('A', 4, 100)])).toEqual([
      { code: 'maximum_reached', maximum: 3 },
      'Offer a is for 3 items at most.',
    ]);
    const sets = offer('a', { groups: [group(3, 'A')] });
    expect(passedOver('a', ['A', 4], [sets], [line('A', 5, 100)])).toEqual([
      { code: 'remainder', left: 2, required: 3 },
      'Offer a takes full sets of 3: 2 left over.',
    ]);
    const rate = offer('a', {
      family: 'easy_plus',
      discount_type: 'fixed',
      discount_value: 100,
      groups: [group(2, 'A', 'B')],
    });
    expect(passedOver('a', ['B', 0], [rate], [line('A', 3, 100), line('B', 1, 40)])[0]).toEqual({
      code: 'cannot_carry',
      group: 'of AB',
      required: 2,
      present: 3,
      by: [],
    });
  });

  it('what only counts towards a spend', () => {
    const gift = spend('t', 500, {
      family: 'basket_threshold_target',
      groups: [group(500, 'A'), group(1, 'Z')],
      target_group: 'of Z',
      max_applications: 5,
    });
    const lines = [line('A', 1, 700), line('Z', 2, 100)];
    expect(passedOver('t', ['A', 0], [gift], lines)).toEqual([
      { code: 'spend_only' },
      'This counts towards Offer t.',
    ]);
    expect(passedOver('t', ['Z', 1], [gift], lines)).toEqual([
      { code: 'below_threshold', what: null, required: 1000, spent: 700, missing: 300, saves: 50 },
      'Spend £3 more to save £0.50.',
    ]);
  });
});

describe('what a special promotion would save alone', () => {
  const special = {
    availability: 'special',
    qualifiers: [{ id: 'club' }],
    max_applications: 1,
    groups: [group(1, 'A')],
  };
  const saved = (...inputs: object[]) =>
    told([offer('c', special)], [line('A', 3, 100)], {
      special_promos: inputs.map((more) => ({
        program_name: 'club',
        group_qualifiers: [{ input: '1', qualifier_ids: ['club'], ...more }],
      })),
    }).promotions[0]?.would_save;

  it('is as often as the programs allow, and by its own limit while it is closed', () => {
    expect(saved({ max_application_limit: 3 })).toBe(150);
    expect(saved({}, {})).toBe(100);
    expect(saved()).toBe(50);
    expect(saved({ max_application_limit: 0 })).toBe(50);
  });
});

describe('lines and units', () => {
  it('tells what took each unit, in what part, and who came second', () => {
    const threeForTwo = {
      id: 'r',
      title: '3 for 2 on crisps',
      family: 'requisite',
      ...best,
      target_quantity: 1,
      discount_value: 10_000,
      groups: [{ ...SNACKS, minimum: 3 }],
    };
    const tenOff = {
      id: 'e',
      title: '10% off snacks',
      ...best,
      discount_value: 1000,
      max_applications: 9,
      groups: [SNACKS],
    };
    const explanation = told([threeForTwo, tenOff], [line('A', 3, 300)]);
    const taken = {
      promotion_id: 'r',
      title: '3 for 2 on crisps',
      layer: 1,
      application: 0,
      applies_as: 'discount',
    };
    const passed = [{ promotion_id: 'e', reason: { code: 'outbid', by: ['r'], would_save: 90, saved: 300 } }];
    expect(explanation.lines).toEqual([
      {
        line_id: 'A',
        barred: false,
        units: [
          { from: 0, count: 1, discount: 300, taken: [{ ...taken, role: 'target', discount: 300 }], passed },
          { from: 1, count: 2, discount: 0, taken: [{ ...taken, role: 'trigger', discount: 0 }], passed },
        ],
      },
    ]);
    expect(explanationText(explanation, { currency: 'GBP' })).toEqual([
      '3 for 2 on crisps: −£3. 10% off snacks would have saved £0.90 on the same items.',
    ]);
  });

  it('sums up the pieces of a pack, says nothing of barred lines and calls the untitled by what they do', () => {
    const explanation = told(
      [
        {
          id: 'a',
          discount_type: 'amount',
          discount_value: 10,
          max_applications: 2,
          groups: [group(1, 'A')],
        },
      ],
      [line('A', 1, 300, { pack_size: 3 }), line('B', 2, 100, { exclude_from_promotions: true })],
    );
    const [pack, barred] = explanation.lines;
    expect(pack?.units[0]?.taken.map(({ application, discount }) => [application, discount])).toEqual([
      [0, 10],
      [1, 10],
    ]);
    expect(pack?.units[0]?.discount).toBe(20);
    expect(barred).toEqual({
      line_id: 'B',
      barred: true,
      units: [{ from: 0, count: 2, discount: 0, taken: [], passed: [] }],
    });
    expect(explanation.promotions[0]?.title).toBe('£0.10 off item A');
  });

  it('puts the promotion that would have saved most first', () => {
    const offers = [
      offer('a', { priority: 1, groups: [group(1, 'A')] }),
      offer('b', { priority: 2, groups: [group(1, 'A')], discount_value: 60 }),
      offer('c', { priority: 3, groups: [group(1, 'A')], discount_value: 90 }),
      offer('d', { priority: 4, groups: [group(2, 'A')], discount_value: 90 }),
    ];
    const explanation = told(offers, [line('A', 1, 100)]);
    expect(explanation.lines[0]?.units[0]?.passed.map(({ promotion_id }) => promotion_id)).toEqual([
      'c',
      'b',
      'd',
    ]);
  });

  it('tells cashback apart, and what a percentage passed to an add-on', () => {
    const back = {
      id: 'b',
      title: 'Back',
      applies_as: 'cashback',
      discount_type: 'percent',
      discount_value: 1000,
      groups: [group(1, 'A')],
    };
    const lines = [line('A', 1, 1000), line('B', 1, 100, { parent_line_id: 'A' })];
    const explanation = told([back], lines);
    expect(explanation.lines.map(({ units }) => units[0]?.taken[0]?.discount)).toEqual([100, 10]);
    expect(explanation.lines.map(({ units }) => units[0]?.discount)).toEqual([0, 0]);
    expect(explanationText(explanation, { currency: 'GBP' })).toEqual(['Back: £1.10 cashback.']);
    // The price stays, so a later layer finds it whole.
    const later = offer('z', { layer: 2, max_applications: 1, groups: [group(1, 'A')] });
    const all = { ...back, discount_value: 10_000, max_applications: 9 };
    expect(passedOver('z', ['A', 1], [all, later], [line('A', 2, 100)])[0]).toEqual({
      code: 'limit_reached',
      limit: 1,
    });
  });
});
