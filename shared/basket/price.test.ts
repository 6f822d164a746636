import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Item } from '../catalog/item.ts';
import { compile } from '../promotion/compile.ts';
import { parsePromotion } from '../promotion/parse.ts';
import { unwrap } from '../result.ts';
import { type PricingRules, priceLines } from './price.ts';

const CATEGORIES = ['Food', 'Drink', 'Home'];
const TAX_CODES = ['standard', 'zero', 'split'];
const rules = (more: Partial<PricingRules>): PricingRules => ({
  currency: 'GBP',
  prices_include_tax: true,
  tax_rounding: 'line',
  tax_codes: [
    { code: 'standard', levels: [{ id: 'v', name: 'VAT', rate_ppm: 200_000 }] },
    { code: 'zero', levels: [] },
    {
      code: 'split',
      levels: [
        { id: 's', name: 'State', rate_ppm: 48_750 },
        { id: 'c', name: 'City', rate_ppm: 45_000 },
      ],
    },
  ],
  ...more,
});
const promotions = compile(
  [
    {
      id: 'a',
      title: 'Ten off food',
      discount_type: 'percent',
      discount_value: 1_000,
      groups: [group('Food', 1)],
      max_applications: 99,
    },
    {
      id: 'b',
      title: 'Two drinks',
      discount_type: 'amount',
      discount_value: 37,
      groups: [group('Drink', 2)],
      max_applications: 3,
    },
    {
      id: 'd',
      title: 'Cash for home',
      applies_as: 'cashback',
      discount_type: 'percent',
      discount_value: 500,
      groups: [group('Home', 1)],
      max_applications: 99,
    },
    {
      id: 'e',
      title: 'Members',
      availability: 'special',
      qualifiers: [{ id: 'gold' }],
      layer: 2,
      price_base: 'running',
      discount_type: 'percent',
      discount_value: 1_000,
      groups: [group('Home', 1)],
    },
    {
      id: 'c',
      title: 'Evening',
      discount_type: 'percent',
      discount_value: 333,
      groups: [group('Home', 1)],
      start_date_time: '2030-01-01T00:00:00',
    },
  ].map((document) => unwrap(parsePromotion(document))),
);

function group(category: string, minimum: number) {
  return { name: category, minimum, nodes: [{ node_id: category, node_type: 'c1' }] };
}

const line = fc.record({
  unit_price: fc.integer({ min: 0, max: 99_999 }),
  quantity: fc.integer({ min: 1, max: 9 }),
  category: fc.constantFrom(...CATEGORIES),
  tax_code: fc.constantFrom(...TAX_CODES),
});
const baskets = fc.array(line, { maxLength: 12 }).map((lines) =>
  lines.map(({ unit_price, quantity, category, tax_code }, i) => ({
    line_id: `lin_${i + 1}`,
    quantity,
    item: Item.parse({
      id: `itm_00000000-0000-7000-8000-${String(i).padStart(12, '0')}`,
      sku: `S${i}`,
      name: `Item ${i}`,
      gtins: [],
      codes: [],
      category: [category],
      unit_price,
      tax_code,
      sold_by: 'each',
      tagged: false,
    }),
  })),
);
const sum = (numbers: number[]) => numbers.reduce((a, b) => a + b, 0);

it('every part sums exactly to its whole, in integers', () => {
  fc.assert(
    fc.property(
      baskets,
      fc.boolean(),
      fc.constantFrom<'line' | 'invoice'>('line', 'invoice'),
      (lines, inclusive, rounding) => {
        const store = rules({ prices_include_tax: inclusive, tax_rounding: rounding });
        const priced = unwrap(priceLines(lines, promotions, store, '2026-03-01T12:00:00', []));
        expect(priced.subtotal).toBe(sum(lines.map(({ item, quantity }) => item.unit_price * quantity)));
        expect(priced.discount).toBe(sum(priced.lines.map((one) => one.discount)));
        expect(priced.total).toBe(priced.subtotal - priced.discount + (inclusive ? 0 : priced.tax));
        expect(priced.tax).toBe(sum(priced.taxes.map((one) => one.tax)));
        const deducted = priced.promotions.filter((one) => one.applies_as === undefined);
        expect(sum(deducted.map((one) => one.discount))).toBe(priced.discount);
        for (const one of priced.promotions)
          expect(one.applies_as === 'cashback').toBe(one.promotion_id === 'd');
        for (const [i, one] of priced.lines.entries()) {
          const { item, quantity } = lines[i] ?? { item: { unit_price: 0 }, quantity: 0 };
          expect(one.total).toBe(item.unit_price * quantity - one.discount);
          expect(one.total).toBeGreaterThanOrEqual(0);
          expect(sum(one.promotions.map((promotion) => promotion.discount))).toBe(one.discount);
        }
        const amounts = [
          priced.subtotal,
          priced.discount,
          priced.tax,
          priced.total,
          ...priced.lines.map((one) => one.total),
        ];
        expect(amounts.every(Number.isSafeInteger)).toBe(true);
      },
    ),
    { seed: 9, numRuns: 300 },
  );
});

it('promotions do apply, and taxes follow what is left', () => {
  fc.assert(
    fc.property(baskets, (lines) => {
      const priced = unwrap(priceLines(lines, promotions, rules({}), '2026-03-01T12:00:00', []));
      const food = lines.some(({ item }) => item.category[0] === 'Food' && item.unit_price >= 10);
      expect(priced.discount > 0 || !food).toBe(true);
      expect(priced.promotions.some((promotion) => promotion.promotion_id === 'c')).toBe(false);
      const taxable = lines.some(
        ({ item }, i) => item.tax_code !== 'zero' && (priced.lines[i]?.total ?? 0) >= 20,
      );
      expect(priced.tax > 0 || !taxable).toBe(true);
    }),
    { seed: 10, numRuns: 100 },
  );
});

const item = (sku: string, category: string, unit_price: number) =>
  Item.parse({
    id: 'itm_00000000-0000-7000-8000-000000000001',
    sku,
    name: sku,
    gtins: [],
    codes: [],
    category: [category],
    unit_price,
    tax_code: 'standard',
    sold_by: 'each',
    tagged: false,
  });
const priceOf = (category: string, quantity: number, programs: Parameters<typeof priceLines>[4] = []) =>
  unwrap(
    priceLines(
      [{ line_id: 'lin_1', item: item('X', category, 1_000), quantity }],
      promotions,
      rules({}),
      '2026-03-01T12:00:00',
      programs,
    ),
  );

it('a cashback is shown and changes no price, no tax and no total', () => {
  expect(priceOf('Home', 2)).toMatchObject({
    subtotal: 2_000,
    discount: 0,
    total: 2_000,
    tax: 333,
    promotions: [{ promotion_id: 'd', title: 'Cash for home', discount: 100, applies_as: 'cashback' }],
    lines: [{ discount: 0, total: 2_000, promotions: [] }],
  });
});

it('a program unlocks its promotion', () => {
  const gold = { program_name: 'CLUB', group_qualifiers: [{ input: 'card', qualifier_ids: ['gold'] }] };
  expect(priceOf('Home', 1, [gold])).toMatchObject({ discount: 100, total: 900 });
  expect(priceOf('Home', 1)).toMatchObject({ discount: 0, total: 1_000 });
});

it('what is missing for a promotion is suggested, in a sentence', () => {
  expect(priceOf('Drink', 1).suggestions).toEqual([
    {
      promotion_id: 'b',
      title: 'Two drinks',
      text: 'Two drinks: add 1 more to save £0.37',
      groups: [{ name: 'Drink', counts: 'units', required: 2, present: 1, missing: 1 }],
      potential_discount: 37,
      free_item_missing: false,
      line_ids: ['lin_1'],
    },
  ]);
  expect(priceOf('Drink', 2).suggestions).toEqual([]);
});

it('an item with a tax code that the store lacks has no price', () => {
  const [one] = fc.sample(
    baskets.filter((lines) => lines.length > 0),
    { seed: 1, numRuns: 1 },
  );
  const priced = priceLines(one ?? [], promotions, rules({ tax_codes: [] }), '2026-03-01T12:00:00', []);
  expect(priced).toMatchObject({ ok: false, error: { code: 'tax_code_unknown' } });
});
