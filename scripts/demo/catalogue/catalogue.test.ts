import { describe, expect, it } from 'vitest';
import { decodeSgtin96, Epc } from '../../../shared/catalog/epc.ts';
import { Gtin14 } from '../../../shared/catalog/gtin.ts';
import { categoryLevels, Item } from '../../../shared/catalog/item.ts';
import type { CodeLookup, ScanRules } from '../../../shared/catalog/resolution.ts';
import { resolveItem } from '../../../shared/catalog/resolve.ts';
import { DEFAULT_SCAN_POLICY } from '../../../shared/config/scan_policy.ts';
import { compile } from '../../../shared/promotion/compile.ts';
import { evaluate } from '../../../shared/promotion/evaluate.ts';
import { Promotion } from '../../../shared/promotion/schema.ts';
import { unwrap } from '../../../shared/result.ts';
import { taxOf, taxTable } from '../../../shared/tax/tax.ts';
import { generateCatalogue } from './generate.ts';

const catalogue = generateCatalogue(1);
const { items, tags, promotions, samples, store } = catalogue;
const byGtin = new Map(items.flatMap((item) => item.gtins.map((gtin) => [gtin, item])));
const byTag = new Map(tags.map(({ epc, item_id }) => [epc, items.find((item) => item.id === item_id)]));
const shelf: CodeLookup<Item> = {
  byCode: (code) => items.filter((item) => item.codes.includes(code)),
  byGtin14: (gtin) => [byGtin.get(gtin)].filter((item) => item !== undefined),
  byEpc: (epc) => byTag.get(epc) ?? null,
  bySku: (sku) => items.filter((item) => item.sku === sku),
};
const rules: ScanRules = { policy: DEFAULT_SCAN_POLICY, currency: 'EUR', now_local: '2026-11-28T12:00:00' };
const compiled = compile(promotions);
const discountOf = (item: Item, quantity: number, now_local?: string) => {
  const line = {
    line_id: 'l',
    sku: item.sku,
    quantity,
    unit_price: item.unit_price,
    mrp: item.mrp,
    categories: categoryLevels(item),
  };
  return evaluate(compiled, { currency: store.currency, lines: [line] }, { now_local }).discount_total;
};
const scanned = (raw: string) => unwrap(resolveItem({ raw, source: 'camera' }, shelf, rules)).item;
const unique = (values: readonly string[]) => new Set(values).size === values.length;

describe('the demo catalogue', () => {
  it('is the same for the same seed and another for another', () => {
    expect(generateCatalogue(1)).toEqual(catalogue);
    const other = generateCatalogue(2);
    expect(other.retailer.id).not.toBe(catalogue.retailer.id);
    expect(other.items.map((item) => item.id)).not.toContain(items[0]?.id);
    expect(other.samples.codes.length).toBe(samples.codes.length);
  });

  it('is plain data that the shared schemas accept unchanged', () => {
    expect(JSON.parse(JSON.stringify(catalogue))).toEqual(catalogue);
    for (const item of items) expect(Item.parse(item)).toEqual(item);
    for (const promotion of promotions) expect(Promotion.parse(promotion)).toEqual(promotion);
    for (const id of promotions.map((promotion) => promotion.id)) expect(id).toMatch(/^prm_[0-9a-f-]{36}$/);
  });

  it('sells enough, each thing once', () => {
    expect(items.length).toBeGreaterThanOrEqual(1_000);
    expect(new Set(items.map((item) => item.category[0])).size).toBeGreaterThanOrEqual(12);
    for (const field of ['id', 'sku', 'name'] as const)
      expect(unique(items.map((item) => item[field])), field).toBe(true);
    expect(unique(items.flatMap((item) => item.gtins))).toBe(true);
  });

  it('uses example GTINs of its own companies, with their check digits', () => {
    for (const gtin of items.flatMap((item) => item.gtins)) {
      expect(Gtin14.safeParse(gtin).success).toBe(true);
      expect(gtin.startsWith('0952')).toBe(true);
      expect(store.company_prefixes).toContain(gtin.slice(1, 8));
    }
  });

  it('taxes every item at a rate of the store', () => {
    const lines = items.map((item) => ({
      line_id: item.id,
      tax_code: item.tax_code,
      amount: item.unit_price,
    }));
    const taxes = unwrap(
      taxOf(lines, taxTable(store.tax_codes), {
        inclusive: store.prices_include_tax,
        rounding: store.tax_rounding,
      }),
    );
    expect(new Set(taxes.breakdown.map((row) => row.rate_ppm))).toEqual(new Set([0, 50_000, 200_000]));
    expect(Math.min(...items.map((item) => item.unit_price))).toBeGreaterThan(0);
    for (const { mrp, unit_price } of items) expect(mrp ?? unit_price).toBeGreaterThanOrEqual(unit_price);
  });

  it('has tags that decode to the item they are bound to', () => {
    expect(tags).toHaveLength(300);
    expect(unique(tags.map((tag) => tag.epc))).toBe(true);
    expect(new Set(tags.map((tag) => tag.item_id)).size).toBeGreaterThanOrEqual(30);
    const serials = tags.map(({ epc, item_id }) => {
      const sgtin = unwrap(decodeSgtin96(Epc.parse(epc)));
      expect(sgtin.companyPrefix).toMatch(/^952\d{4}$/);
      const item = byGtin.get(sgtin.gtin14);
      expect(item).toMatchObject({ id: item_id, tagged: true });
      return String(sgtin.serial);
    });
    expect(unique(serials)).toBe(true);
    const withTags = new Set(tags.map((tag) => tag.item_id));
    for (const item of items) expect(withTags.has(item.id)).toBe(item.tagged);
  });

  it('has live promotions that each touch something, and none everything', () => {
    expect(compiled.findings).toEqual([]);
    expect(promotions.length).toBeGreaterThanOrEqual(11);
    expect(new Set(promotions.map(({ family }) => family))).toEqual(
      new Set(['easy', 'basket_threshold', 'combo', 'requisite']),
    );
    const everyLine = items.map((item) => ({
      line_id: item.id,
      sku: item.sku,
      quantity: 6,
      unit_price: item.unit_price,
      categories: categoryLevels(item),
    }));
    const lunchTime = { now_local: '2026-03-04T12:00:00' };
    const { applied, lines } = evaluate(compiled, { currency: store.currency, lines: everyLine }, lunchTime);
    expect(new Set(applied.map((promotion) => promotion.promotion_id))).toEqual(
      new Set(promotions.map((p) => p.id)),
    );
    for (const { id } of promotions) {
      const touched = lines.filter((line) =>
        line.promotions.some((promotion) => promotion.promotion_id === id),
      );
      expect(touched.length).toBeGreaterThan(0);
      expect(touched.length).toBeLessThan(items.length / 4);
    }
  });
});

describe('the offers', () => {
  const shelfOf = (name: string) => items.filter((item) => item.category[1] === name);
  const dearest = (name: string) => shelfOf(name).toSorted((a, b) => b.unit_price - a.unit_price)[0];
  const taken = (...bought: [Item | undefined, number][]) => {
    const lines = bought.flatMap(([item, quantity], n) =>
      item === undefined
        ? []
        : [
            {
              line_id: `l${n}`,
              sku: item.sku,
              quantity,
              unit_price: item.unit_price,
              categories: categoryLevels(item),
            },
          ],
    );
    const { applied, discount_total } = evaluate(
      compiled,
      { currency: store.currency, lines },
      { now_local: '2026-03-07T20:00:00' },
    );
    return { titles: applied.map(({ title }) => title).sort(), saved: discount_total };
  };
  const price = (...bought: (Item | undefined)[]) =>
    bought.reduce((sum, item) => sum + (item?.unit_price ?? 0), 0);

  it('sell a meal for £5', () => {
    const meal = [dearest('Sandwiches'), dearest('Crisps'), dearest('Water')];
    const { titles, saved } = taken(...meal.map((item): [Item | undefined, number] => [item, 1]));
    expect(titles).toEqual(['Meal deal: a sandwich, crisps and a drink for £5']);
    expect(price(...meal) - saved).toBe(500);
  });

  it('give every third chocolate, the cheapest, for free', () => {
    const [cheap, dear] = [
      shelfOf('Chocolate').toSorted((a, b) => a.unit_price - b.unit_price)[0],
      dearest('Chocolate'),
    ];
    expect(taken([dear, 1], [cheap, 2]).saved).toBe(cheap?.unit_price);
    expect(taken([dear, 1], [cheap, 1]).saved).toBe(0);
  });

  it('halve the price of a conditioner beside a shampoo', () => {
    const [shampoo, conditioner] = ['Shampoo', 'Conditioner'].map((kind) =>
      shelfOf('Hair Care').find(({ name }) => name.includes(` ${kind},`)),
    );
    expect(taken([shampoo, 1], [conditioner, 1]).saved).toBe(
      Math.floor(((conditioner?.unit_price ?? 0) + 1) / 2),
    );
    expect(taken([conditioner, 2]).saved).toBe(0);
  });

  it('compete for the best discount on pizzas', () => {
    const [pizza, ice] = [dearest('Pizza'), dearest('Ice Cream')];
    const [pair, night] = ['2 pizzas for £6', 'Pizza night: 20% off a pizza with ice cream'];
    expect(taken([pizza, 2])).toEqual({ titles: [pair], saved: price(pizza, pizza) - 600 });
    expect(taken([pizza, 1], [ice, 1]).titles).toEqual([night]);
    expect(taken([pizza, 2], [ice, 1]).titles).toEqual([pair]);
    expect(taken([pizza, 3], [ice, 1]).titles).toEqual([pair, night]);
  });
});

describe('the samples', () => {
  const isPlain = { tagged: false, stock: null, age_restriction: undefined, max_quantity: undefined };

  it('scan to plain items that no promotion touches', () => {
    expect(samples.codes.length).toBeGreaterThanOrEqual(20);
    expect(unique(samples.codes)).toBe(true);
    for (const code of samples.codes) {
      expect(code).toMatch(/^952\d{10}$/);
      const item = scanned(code);
      expect({ ...isPlain, ...item }).toMatchObject(isPlain);
      expect(discountOf(item, 50)).toBe(0);
    }
  });

  it('scan to plain items whose single unit is reduced at any hour', () => {
    expect(samples.promoted_codes.length).toBeGreaterThanOrEqual(5);
    expect(unique([...samples.codes, ...samples.promoted_codes])).toBe(true);
    for (const code of samples.promoted_codes) {
      const item = scanned(code);
      expect({ ...isPlain, ...item }).toMatchObject(isPlain);
      for (const now of ['2026-03-04T03:00:00', '2026-03-04T12:00:00', '2026-03-08T23:59:59']) {
        expect(discountOf(item, 1, now)).toBeGreaterThan(0);
      }
    }
  });

  it('have tags of the store and of somebody else', () => {
    expect(samples.epcs.length).toBeGreaterThanOrEqual(20);
    for (const epc of samples.epcs) {
      expect(scanned(epc.toLowerCase())).toMatchObject({ tagged: true });
      expect(scanned(epc).age_restriction).toBeUndefined();
    }
    expect(unique(samples.foreign_epcs)).toBe(true);
    expect(samples.foreign_epcs).toHaveLength(5);
    for (const epc of samples.foreign_epcs) {
      const sgtin = unwrap(decodeSgtin96(Epc.parse(epc)));
      expect(sgtin.companyPrefix.startsWith('952')).toBe(false);
      expect(store.company_prefixes).not.toContain(sgtin.companyPrefix);
      expect(resolveItem({ raw: epc, source: 'rfid' }, shelf, rules)).toMatchObject({
        ok: false,
        error: { code: 'unknown_item' },
      });
    }
  });
});
