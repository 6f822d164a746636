import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Item } from '../catalog/item.ts';
import type { Resolution } from '../catalog/resolution.ts';
import { compile } from '../promotion/compile.ts';
import { unwrap } from '../result.ts';
import { chargeOf, type LineCharge } from './charge.ts';
import { addition, change } from './lines.ts';
import { type PricingRules, priceLines, promotionBasket } from './price.ts';

const item = (unit_price: number, more: Partial<Item> = {}): Item =>
  Item.parse({
    id: 'itm_00000000-0000-7000-8000-000000000001',
    sku: 'S1',
    name: 'Apples',
    gtins: [],
    codes: [],
    category: [],
    unit_price,
    tax_code: 'zero',
    sold_by: 'each',
    tagged: false,
    ...more,
  });
const found = (what: Item, more: Partial<Resolution<Item>> = {}): Resolution<Item> => ({
  kind: 'item',
  item: what,
  matched_by: 'embedded',
  normaliser_version: 2,
  ...more,
});
const terms = { markdown_promotable: false };
const priceOf = (resolution: Resolution<Item>, scale_grams?: number) => {
  const charge = chargeOf(resolution, { ...terms, scale_grams });
  return charge.ok ? (charge.value?.unit_price ?? 'shelf') : charge.error.detail;
};
const fixed = (value: number) => ({ markdown: { mode: 'fixed' as const, value } });
const percent = (value: number) => ({ markdown: { mode: 'percent' as const, value } });

describe('what a line costs', () => {
  it('by weight: grams by the price of a kilogram, a half goes up', () => {
    const apples = item(799, { sold_by: 'weight' });
    expect(priceOf(found(apples, { net_grams: 1_250 }))).toBe(999);
    expect(priceOf(found(apples, { matched_by: 'plu' }), 1_250)).toBe(999);
    expect(priceOf(found(apples, { matched_by: 'plu' }))).toBe('weight_needed');
    expect(priceOf(found(apples, { net_grams: 0 }))).toBe('value_zero');
  });

  it('by label: what the label says, whatever the shelf says', () => {
    expect(priceOf(found(item(799), { price_minor: 749 }))).toBe(749);
    expect(priceOf(found(item(799), { price_minor: 0 }))).toBe('value_zero');
    expect(priceOf(found(item(799, { sold_by: 'weight' }), { price_minor: 749 }))).toBe(749);
  });

  it('by markdown: the lower of label and shelf', () => {
    const rtc = (price: number, markdown: object) =>
      priceOf(found(item(price), { matched_by: 'rtc', ...markdown }));
    expect(rtc(400, percent(2_500))).toBe(300);
    expect(rtc(499, percent(3_333))).toBe(333);
    expect(rtc(199, percent(5_000))).toBe(100);
    expect(rtc(400, fixed(150))).toBe(150);
    expect(rtc(120, fixed(150))).toBe(120);
    expect(rtc(400, percent(10_000))).toBe(0);
  });

  it('by markdown on goods by weight needs the weight only where the label is a percentage', () => {
    const cheese = item(2_000, { sold_by: 'weight' });
    expect(priceOf(found(cheese, { matched_by: 'rtc', ...fixed(150) }))).toBe(150);
    expect(priceOf(found(cheese, { matched_by: 'rtc', ...percent(5_000) }))).toBe('weight_needed');
    expect(priceOf(found(cheese, { matched_by: 'rtc', ...percent(5_000), net_grams: 250 }))).toBe(250);
  });

  it('by the shelf: when the code says nothing of price, or only weighs a pack that always weighs that', () => {
    expect(priceOf(found(item(799), { matched_by: 'gtin14' }))).toBe('shelf');
    expect(priceOf(found(item(799), { matched_by: 'gs1', net_grams: 500 }))).toBe('shelf');
    const variable = { matched_by: 'gs1' as const, net_grams: 500, gtin14: '99506000134355' as never };
    expect(priceOf(found(item(799), variable))).toBe('not_sold_by_weight');
    expect(priceOf(found(item(799), { net_grams: 500 }))).toBe('not_sold_by_weight');
  });

  it('is never above the shelf’s price with a markdown, and never negative', () => {
    fc.assert(
      fc.property(fc.nat(10_000_000), fc.nat(10_000), (price, value) => {
        const charged = priceOf(found(item(price), { matched_by: 'rtc', ...percent(value) }));
        expect(charged).toBeLessThanOrEqual(price);
        expect(charged).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: 200, seed: 25 },
    );
  });
});

describe('a line with a charge', () => {
  const apples = item(400);
  const held = (charge: LineCharge | null, n = 1) => ({
    line_id: `lin_${n}`,
    item: apples,
    quantity: 1,
    epc: null,
    charge,
  });
  const marked: LineCharge = { unit_price: 300, by: 'markdown', promotable: false };

  it('never merges, neither with the shelf’s units nor with its like, and stands for one unit', () => {
    const place = (charge: LineCharge | null, quantity = 1) =>
      addition([held(marked), held(null, 2)], { item: apples, epc: null, quantity, charge });
    expect(place(marked)).toEqual({ ok: true, value: { kind: 'new', quantity: 1 } });
    expect(place(null)).toEqual({ ok: true, value: { kind: 'merge', line_id: 'lin_2', quantity: 2 } });
    expect(place(marked, 2)).toMatchObject({ error: { code: 'quantity_fixed' } });
    expect(change([held(marked)], 'lin_1', 2)).toMatchObject({ error: { code: 'quantity_fixed' } });
    expect(change([held(marked)], 'lin_1', 0).ok).toBe(true);
  });

  it('for one certain unit is there once', () => {
    const unit: LineCharge = { unit_price: 400, by: 'serial', promotable: true, serial: 'S1' };
    const place = (serial: string) =>
      addition([held(unit)], { item: apples, epc: null, quantity: 1, charge: { ...unit, serial } });
    expect(place('S1')).toMatchObject({ error: { code: 'unit_in_basket' } });
    expect(place('S2')).toMatchObject({ value: { kind: 'new' } });
  });

  it('is priced by it, and a marked-down one is in no promotion', () => {
    const promotions = compile([
      {
        id: 'half',
        title: 'Half',
        family: 'easy',
        discount_type: 'percent_off',
        discount_value: 5_000,
        groups: [{ name: 'g', minimum: 1, nodes: [{ node_id: 'S1', node_type: 'item' }] }],
      } as never,
    ]);
    const rules: PricingRules = {
      currency: 'GBP',
      prices_include_tax: true,
      tax_rounding: 'line',
      tax_codes: [{ code: 'zero', levels: [{ id: 'v', name: 'VAT', rate_ppm: 0 }] }],
    };
    const priced = unwrap(
      priceLines([held(marked), held(null, 2)], promotions, rules, '2026-11-28T12:00:00', []),
    );
    expect(priced.lines[0]).toMatchObject({ unit_price: 300, discount: 0, total: 300 });
    expect(priced.subtotal).toBe(700);
  });

  it('weighed, tells the promotions its grams and its list price by weight', () => {
    const cheese = item(2_000, { sold_by: 'weight', mrp: 2_400 });
    const charge: LineCharge = { unit_price: 500, by: 'weight', weight_grams: 250, promotable: true };
    expect(
      promotionBasket([{ line_id: 'l', item: cheese, quantity: 1, charge }], 'GBP').lines[0],
    ).toMatchObject({ unit_price: 500, mrp: 600, weight_milli: 250 });
  });
});
