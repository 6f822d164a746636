import { describe, expect, it } from 'vitest';
import { unwrap } from '../../result.ts';
import { EVALUATE_LINES_MAX, EVALUATE_UNITS_MAX, EvaluateRequest } from './evaluate_request.ts';
import { asWritten } from './field_names.ts';
import { toEvaluation } from './to_evaluation.ts';

const item = (more: object = {}) => ({ line_id: 'L', sku: 'A', quantity: 1, unit_price: 100, ...more });
const request = (items: object[], more: object = {}) => ({ currency: 'GBP', basket: { items }, ...more });
/** Where a request is wrong, in the names it uses itself, each place once. */
const faultsOf = (body: unknown): string[] => {
  const parsed = EvaluateRequest.safeParse(body);
  const input = parsed.success ? toEvaluation(parsed.data) : null;
  const faults = input === null ? (parsed.error?.issues ?? []) : input.ok ? [] : input.error;
  return [...new Set(faults.map(({ path }) => pathOf(body, path)))];
};
const pathOf = (body: unknown, path: PropertyKey[]): string => asWritten(body, path).join('.');
const promotion = (more: object = {}) => ({
  id: 'P',
  family: 'e',
  promo_groups: [{ name: 'g1', qty_or_value_min: 1, promo_group_nodes: [{ node_id: 'A' }] }],
  ...more,
});

describe('a request', () => {
  it('may use the other documented names, with the same outcome', () => {
    const ours = request(
      [
        item({
          quantity: 2,
          categories: [{ name: 'c1', value: 'x' }],
        }),
      ],
      { special_promos: [{ program_name: 'X', group_qualifiers: [] }] },
    );
    const theirs = {
      version: 2,
      currency: 'GBP',
      special_promos_info: [{ program_name: 'X', group_qualifiers: [] }],
      basket: {
        pre_tax: 1,
        total: 'who knows',
        items: [{ id: 'L', sku: 'A', qty: 2, sp: 100, catgories: [{ name: 'c1', value: 'x' }], novel: 1 }],
      },
    };
    const read = (body: unknown) => unwrap(toEvaluation(EvaluateRequest.parse(body)));
    expect(read(theirs)).toEqual(read(ours));
    expect(read(ours).context.special_promos).toHaveLength(1);
    const both = { ...item(), id: 'other', item_id: 'other', qty: 9, sp: 9 };
    expect(read(request([both])).basket.lines[0]).toMatchObject({
      line_id: 'L',
      quantity: 1,
      unit_price: 100,
    });
    const byItem = request([{ item_id: 'I', sku: 'A', quantity: 1, unit_price: 1 }]);
    expect(read(byItem).basket.lines[0]?.line_id).toBe('I');
  });

  it('may have nulls for what it leaves out', () => {
    const nulls = {
      customer_id: null,
      store_id: null,
      now_local: null,
      promotions: null,
      special_promos: null,
      settings: null,
      include_suggestions: null,
      version: null,
    };
    const bare = { mrp: null, uom: null, pack_size: null, weight_milli: null, parent_line_id: null };
    const more = { categories: null, item_type: null, attributes: null, exclude_from_promotions: null };
    const { promotions, context } = unwrap(
      toEvaluation(EvaluateRequest.parse(request([item({ ...bare, ...more })], nulls))),
    );
    expect(promotions).toBeNull();
    expect(context.now_local).toBeUndefined();
  });

  it('passes settings on only as far as they are given', () => {
    const settingsOf = (settings: object) =>
      unwrap(toEvaluation(EvaluateRequest.parse(request([], { settings })))).context.settings;
    expect(settingsOf({})).toEqual({});
    const all = {
      one_basket_promo_per_layer: true,
      basket_percent_rounding: 'total',
      zero_discount: 'record',
      residual: 'last',
      node_budget: 7,
    };
    expect(settingsOf({ ...all, unknown: 1 })).toEqual(all);
  });

  it('knows inline promotions from stored ones, also when there are none', () => {
    const promotionsOf = (more: object) =>
      unwrap(toEvaluation(EvaluateRequest.parse(request([], more)))).promotions;
    expect(promotionsOf({})).toBeNull();
    expect(promotionsOf({ promotions: [] })).toEqual([]);
    expect(promotionsOf({ promotions: [promotion()] })).toMatchObject([{ id: 'P', family: 'easy' }]);
  });
});

describe('a field that is not valid is named', () => {
  const addon = (more: object = {}) => item({ line_id: 'X', parent_line_id: 'L', ...more });
  it.each<[string, unknown, string[]]>([
    ['no object', [], ['']],
    ['no currency', { basket: { items: [] } }, ['currency']],
    ['a currency of two letters', request([], { currency: 'GB' }), ['currency']],
    ['no basket', { currency: 'GBP' }, ['basket']],
    ['no items', { currency: 'GBP', basket: {} }, ['basket.items']],
    ['an item that is none', { currency: 'GBP', basket: { items: [3] } }, ['basket.items.0']],
    ['no id', request([{ sku: 'A', quantity: 1, unit_price: 1 }]), ['basket.items.0.line_id']],
    ['no sku', request([item({ sku: '' })]), ['basket.items.0.sku']],
    ['half a unit', request([item({ quantity: 1.5 })]), ['basket.items.0.quantity']],
    [
      'half a unit by another name',
      request([{ id: 'L', sku: 'A', qty: 0.5, sp: 1 }]),
      ['basket.items.0.qty'],
    ],
    ['no unit', request([item({ quantity: 0 })]), ['basket.items.0.quantity']],
    ['a unit less', request([item({ quantity: -1 })]), ['basket.items.0.quantity']],
    ['quantity as text', request([item({ quantity: '1' })]), ['basket.items.0.quantity']],
    ['a price below nothing', request([item({ unit_price: -1 })]), ['basket.items.0.unit_price']],
    ['a price in fractions', request([{ id: 'L', sku: 'A', qty: 1, sp: 9.99 }]), ['basket.items.0.sp']],
    ['a price as text', request([item({ unit_price: '9.99' })]), ['basket.items.0.unit_price']],
    [
      'an unsafe price',
      request([item({ unit_price: 2 ** 53 })]),
      ['basket.items.0.unit_price', 'basket.items'],
    ],
    ['a list price in fractions', request([item({ mrp: 0.5 })]), ['basket.items.0.mrp']],
    ['no pack', request([item({ pack_size: 0 })]), ['basket.items.0.pack_size']],
    [
      'a category without level',
      request([item({ catgories: [{ value: 'x' }] })]),
      ['basket.items.0.catgories.0.name'],
    ],
    ['an unknown kind', request([item({ item_type: 'BOX' })]), ['basket.items.0.item_type']],
    ['an attribute of parts', request([item({ attributes: { a: {} } })]), ['basket.items.0.attributes.a']],
    ['two lines of one id', request([item(), item()]), ['basket.items.1.line_id']],
    ['a weight twice', request([item({ weight_milli: 5, quantity: 2 })]), ['basket.items.0.quantity']],
    ['too heavy a line', request([item({ weight_milli: 1e9 })]), ['basket.items.0.weight_milli']],
    ['a weighed pack', request([item({ weight_milli: 5, pack_size: 2 })]), ['basket.items.0.pack_size']],
    ['an add-on of nothing', request([item({ item_type: 'ADDON' })]), ['basket.items.0.parent_line_id']],
    ['an add-on of a stranger', request([addon()]), ['basket.items.0.parent_line_id']],
    ['an add-on of two', request([item({ quantity: 2 }), addon()]), ['basket.items.1.parent_line_id']],
    ['an add-on of itself', request([item({ parent_line_id: 'L' })]), ['basket.items.0.parent_line_id']],
    [
      'an add-on of an add-on',
      request([item(), addon(), addon({ line_id: 'Y', parent_line_id: 'X' })]),
      ['basket.items.2.parent_line_id'],
    ],
    [
      'too many lines',
      request(Array.from({ length: EVALUATE_LINES_MAX + 1 }, (_, n) => item({ line_id: `L${n}` }))),
      ['basket.items'],
    ],
    [
      'too many units',
      request([item({ quantity: EVALUATE_UNITS_MAX }), item({ line_id: 'M' })]),
      ['basket.items'],
    ],
    [
      'too many units in packs',
      request([item({ quantity: EVALUATE_UNITS_MAX / 2 + 1, pack_size: 2 })]),
      ['basket.items'],
    ],
    ['more money than there is', request([item({ quantity: 2, unit_price: 2 ** 53 - 1 })]), ['basket.items']],
    ['a day that is none', request([], { now_local: '2026-02-30T12:00' }), ['now_local']],
    ['a local time with a zone', request([], { now_local: '2026-02-03T12:00Z' }), ['now_local']],
    ['a moment without a zone', request([], { evaluated_at: '2026-02-03T12:00:00' }), ['evaluated_at']],
    ['an unknown setting', request([], { settings: { residual: 'first' } }), ['settings.residual']],
    ['too large a search', request([], { settings: { node_budget: 1e9 } }), ['settings.node_budget']],
    [
      'a program without a name',
      request([], { special_promos_info: [{ group_qualifiers: [] }] }),
      ['special_promos_info.0.program_name'],
    ],
  ])('%s', (_, body, paths) => {
    expect(faultsOf(body)).toEqual(paths);
  });
});

describe('an inline promotion that is not valid is named', () => {
  const inline = (...promotions: unknown[]) => request([], { promotions });
  const group = promotion().promo_groups[0];
  it.each<[string, unknown, string[]]>([
    ['no promotion', inline('x'), ['promotions.0']],
    ['no id', inline(promotion({ id: undefined })), ['promotions.0.id']],
    ['no family', inline(promotion(), promotion({ id: 'Q', family: null })), ['promotions.1.family']],
    ['no groups', inline(promotion({ promo_groups: undefined })), ['promotions.0.promo_groups']],
    ['an unknown letter', inline(promotion({ family: 'q' })), ['promotions.0.family']],
    [
      'a letter in a documented field',
      inline(promotion({ discount_value_on: 'q' })),
      ['promotions.0.discount_value_on'],
    ],
    ['a word in our own field', inline(promotion({ price_base: 'q' })), ['promotions.0.price_base']],
    ['an id twice', inline(promotion(), promotion()), ['promotions.1.id']],
    [
      'a legacy id twice',
      inline(promotion(), promotion({ id: undefined, ksuid: 'P' })),
      ['promotions.1.ksuid'],
    ],
    [
      'a bad minimum',
      inline(promotion({ promo_groups: [{ ...group, qty_or_value_min: 0.5 }] })),
      ['promotions.0.promo_groups.0.qty_or_value_min'],
    ],
    [
      'a bad node',
      inline(promotion({ promo_groups: [{ ...group, promo_group_nodes: [{ node_id: 'A' }, {}] }] })),
      ['promotions.0.promo_groups.0.promo_group_nodes.1.node_id'],
    ],
    [
      'a bad node in our names',
      inline({ id: 'P', family: 'easy', groups: [{ name: 'g', minimum: 1, nodes: [{}] }] }),
      ['promotions.0.groups.0.nodes.0.node_id'],
    ],
    ['a bad start', inline(promotion({ start_date_time: 'soon' })), ['promotions.0.start_date_time']],
    [
      'a bad end in a schedule',
      inline(promotion({ schedule: { end: 'late' } })),
      ['promotions.0.schedule.end'],
    ],
    [
      'too large an amount',
      inline(promotion({ discount_type: 'v', discount_value: 2 ** 40 })),
      ['promotions.0.discount_value'],
    ],
    [
      'too large an amount of a node',
      inline(
        promotion({
          family: 'l',
          promo_groups: [
            { ...group, promo_group_nodes: [{ node_id: 'A', discount_type: 'v', discount_value: 2 ** 40 }] },
          ],
        }),
      ),
      ['promotions.0.promo_groups.0.promo_group_nodes.0.discount_value'],
    ],
    ...[
      { discount_value: 2 ** 40, discount_type: 'v' },
      promotion({ discount_value: 2 ** 40, discount_type: 'v' }),
    ].map((promo_override): [string, unknown, string[]] => [
      'too large an override',
      request([], {
        special_promos: [
          { program_name: 'X', group_qualifiers: [{ input: 'y', qualifier_ids: ['q'], promo_override }] },
        ],
      }),
      ['special_promos.0.group_qualifiers.0.promo_override.discount_value'],
    ]),
    ['a bad percentage', inline(promotion({ discount_value: 10_001 })), ['promotions.0.discount_value']],
    [
      'a bad override',
      request([], {
        special_promos: [
          {
            program_name: 'X',
            group_qualifiers: [
              {
                input: 'y',
                promo_override: { family: 'e', promo_groups: [{ ...group, qty_or_value_min: -1 }] },
              },
            ],
          },
        ],
      }),
      ['special_promos.0.group_qualifiers.0.promo_override.promo_groups.0.qty_or_value_min'],
    ],
  ])('%s', (_, body, paths) => {
    expect(faultsOf(body)).toEqual(paths);
  });
});
