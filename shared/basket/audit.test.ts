import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { AuditRow } from '../api/audit.ts';
import { Item } from '../catalog/item.ts';
import { compile } from '../promotion/compile.ts';
import { parsePromotion } from '../promotion/parse.ts';
import { unwrap } from '../result.ts';
import { checkAudit, packRows, payable, unpackRows } from './audit.ts';
import { settleChildren } from './children.ts';
import type { LineToPrice } from './line_price.ts';
import { lineId, type PlacedLine } from './lines.ts';
import { type PricingRules, priceLines } from './price.ts';

const NOW = '2026-03-01T12:00:00';
const rules = (more: Partial<PricingRules> = {}): PricingRules => ({
  currency: 'GBP',
  prices_include_tax: true,
  tax_rounding: 'line',
  tax_codes: [
    { code: 'standard', levels: [{ id: 'v', name: 'VAT', rate_ppm: 200_000 }] },
    { code: 'pfand', levels: [{ id: 'v', name: 'VAT', rate_ppm: 190_000 }] },
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

const item = (sku: string, unit_price: number, more: Partial<Item> = {}): Item =>
  Item.parse({
    id: `itm_00000000-0000-7000-8000-${sku.charCodeAt(0).toString(16).padStart(12, '0')}`,
    sku,
    name: sku,
    gtins: [],
    codes: [],
    category: ['Food'],
    unit_price,
    tax_code: 'standard',
    sold_by: 'each',
    tagged: false,
    ...more,
  });
const line = (n: number, of: Item, quantity: number, more: Partial<PlacedLine> = {}): PlacedLine => ({
  n,
  line_id: lineId(n),
  item: of,
  quantity,
  gtin: null,
  epc: null,
  charge: null,
  ...more,
});
const promotions = (...documents: object[]) =>
  compile(documents.map((document) => unwrap(parsePromotion(document))));
const nodes = (node_id: string) => [{ node_id, node_type: 'item' }];
const priced = (lines: readonly LineToPrice[], offers = promotions(), of = rules()) =>
  unwrap(priceLines(lines, offers, of, NOW, []));
const by = (rows: readonly AuditRow[], line_id: string) => rows.filter((row) => row.line_id === line_id);
const sum = (rows: readonly AuditRow[], field: 'modified' | 'savings' | 'original' | 'tax') =>
  rows.reduce((total, row) => total + row[field], 0);

const offers = promotions(
  {
    id: 'off',
    title: 'One off',
    discount_type: 'amount',
    discount_value: 100,
    groups: [{ name: 'g', minimum: 2, nodes: nodes('A') }],
  },
  {
    id: 'three',
    title: 'Three for two',
    family: 'requisite',
    discount_type: 'percent',
    discount_value: 10_000,
    target_group: 't',
    target_quantity: 1,
    groups: [
      { name: 'g', minimum: 2, nodes: nodes('B') },
      { name: 't', minimum: 1, nodes: nodes('B') },
    ],
  },
  {
    id: 'five',
    title: 'Five off all',
    family: 'basket_threshold',
    layer: 2,
    price_base: 'running',
    discount_type: 'percent',
    discount_value: 500,
    groups: [{ name: 'g', minimum: 0, nodes: [{ node_id: 'ALL', node_type: 'item' }] }],
  },
);

describe('the worked basket', () => {
  const lines = [line(1, item('A', 574), 2), line(2, item('B', 199), 3), line(3, item('C', 1_299), 1)];

  it('comes to 26.08, of which its lines are 9.96, 3.78 and 12.34', () => {
    const { rows, subtotal, total } = priced(lines, offers);
    expect([subtotal, total]).toEqual([3_044, 2_608]);
    expect(['lin_1', 'lin_2', 'lin_3'].map((id) => sum(by(rows, id), 'modified'))).toEqual([996, 378, 1_234]);
    expect(sum(rows, 'savings')).toBe(100 + 199 + 137);
    expect(payable(rows, true)).toBe(2_608);
  });

  it('says of each unit what took it first', () => {
    const { rows } = priced(lines, offers);
    expect(by(rows, 'lin_1')).toMatchObject([{ class: 'group', count: 2, promotions: ['off', 'five'] }]);
    expect(by(rows, 'lin_2').map((row) => [row.class, row.count, row.modified])).toEqual([
      ['group', 1, 0],
      ['basket', 2, 378],
    ]);
    expect(by(rows, 'lin_3')).toMatchObject([{ class: 'basket', count: 1, savings: 65 }]);
    expect(priced(lines).rows.map((row) => row.class)).toEqual(['nopromo', 'nopromo', 'nopromo']);
  });
});

describe('a deposit', () => {
  const bottle = item('1154505', 249, {
    deposit: { name: 'Pfand', sku: '1661890', amount: 25, tax_code: 'pfand', containers: 1 },
  });
  const { lines } = settleChildren([line(1, bottle, 3)], 1);
  const tenth = promotions({
    id: 'tenth',
    title: 'A tenth off',
    discount_type: 'percent',
    discount_value: 1_000,
    max_applications: 99,
    groups: [{ name: 'g', minimum: 1, nodes: [...nodes('1154505'), ...nodes('1661890')] }],
  });

  it('is paid beside its item: three of 2.49 and 0.25 are 8.22', () => {
    const { total, rows, taxes } = priced(lines);
    expect(total).toBe(822);
    expect(rows.map((row) => [row.line_id, row.count, row.modified])).toEqual([
      ['lin_1', 3, 747],
      ['lin_2', 3, 75],
    ]);
    expect(taxes.map(({ tax_code }) => tax_code)).toEqual(['standard', 'pfand']);
  });

  it('is never discounted: a tenth off is off the 7.47 alone', () => {
    const { discount, total } = priced(lines, tenth);
    expect([discount, total]).toEqual([75, 747]);
  });
});

it('units of a pack are priced one by one and fold back: two packs of 5.99 are 11.98', () => {
  const pack = item('P', 599, { units_per_pack: 6 });
  const plain = priced([line(1, pack, 2)]);
  expect([plain.total, plain.rows.length]).toEqual([1_198, 1]);
  const twelve = promotions({
    id: 'twelve',
    title: 'A dozen',
    discount_type: 'amount',
    discount_value: 100,
    groups: [{ name: 'g', minimum: 12, nodes: nodes('P') }],
  });
  expect(priced([line(1, pack, 1)], twelve).discount).toBe(0);
  const dozen = priced([line(1, pack, 2)], twelve);
  expect([dozen.discount, dozen.total, sum(dozen.rows, 'modified')]).toEqual([100, 1_098, 1_098]);
});

it('a price that staff set is out of every promotion, and the row keeps what it was', () => {
  const [row] = priced(
    [line(1, item('A', 574), 2, { override: { unit_price: 500, reason: 'scratched' } })],
    offers,
  ).rows.filter((one) => one.class === 'nopromo');
  expect(row).toMatchObject({ original: 1_148, override: 148, savings: 0, modified: 1_000 });
});

const anyLine = fc.record({
  sku: fc.constantFrom('A', 'B', 'C', 'D'),
  unit_price: fc.integer({ min: 0, max: 5_000 }),
  quantity: fc.integer({ min: 1, max: 7 }),
  tax_code: fc.constantFrom('standard', 'split'),
  deposit: fc.option(fc.integer({ min: 0, max: 300 }), { nil: undefined }),
  units_per_pack: fc.option(fc.integer({ min: 2, max: 6 }), { nil: undefined }),
  override: fc.option(fc.integer({ min: 0, max: 6_000 }), { nil: null }),
});
const baskets = fc.array(anyLine, { minLength: 1, maxLength: 8 }).map((drafts) => {
  const own = drafts.map(({ sku, unit_price, quantity, tax_code, deposit, units_per_pack, override }, i) =>
    line(
      i + 1,
      item(sku, unit_price, {
        tax_code,
        ...(units_per_pack === undefined ? {} : { units_per_pack }),
        ...(deposit === undefined
          ? {}
          : { deposit: { name: 'Deposit', amount: deposit, tax_code: 'pfand', containers: 2 } }),
      }),
      quantity,
      override === null ? {} : { override: { unit_price: override, reason: 'agreed' } },
    ),
  );
  return settleChildren(own, own.length).lines;
});
const regimes = fc.record({
  prices_include_tax: fc.boolean(),
  tax_rounding: fc.constantFrom<'line' | 'invoice'>('line', 'invoice'),
});
const { process } = z
  .object({ process: z.object({ env: z.object({ LONG: z.string().optional() }) }) })
  .parse(globalThis);
const runs = process.env.LONG === undefined ? 200 : 5_000;

it('rows, lines and totals agree for every basket, to the minor unit', () => {
  fc.assert(
    fc.property(baskets, regimes, (lines, regime) => {
      const of = rules(regime);
      const { rows, ...shown } = priced(lines, offers, of);
      expect(checkAudit(rows, lines, shown, of)).toEqual([]);
      expect(payable(rows, regime.prices_include_tax)).toBe(shown.total);
      expect(unpackRows(packRows(rows))).toEqual(rows);
      expect(rows.filter((row) => row.count < 1)).toEqual([]);
    }),
    { seed: 51, numRuns: runs },
  );
});

it('a row that is changed by one, lost or doubled never passes', () => {
  const change = fc.constantFrom<(row: AuditRow) => AuditRow[]>(
    () => [],
    (row) => [row, row],
    (row) => [{ ...row, count: row.count + 1 }],
    (row) => [{ ...row, modified: row.modified + 1 }],
    (row) => [{ ...row, savings: row.savings + 1 }],
    (row) => [{ ...row, original: row.original + 1 }],
    (row) => [{ ...row, override: row.override + 1 }],
    (row) => [{ ...row, tax: row.tax + 1 }],
    (row) => [{ ...row, modified: row.modified + 1, original: row.original + 1 }],
    (row) => [{ ...row, line_id: 'lin_999' }],
  );
  fc.assert(
    fc.property(baskets, regimes, change, fc.nat(), (lines, regime, damage, at) => {
      const of = rules(regime);
      const { rows, ...shown } = priced(lines, offers, of);
      const damaged = rows.flatMap((row, i) => (i === at % rows.length ? damage(row) : [row]));
      expect(checkAudit(damaged, lines, shown, of)).not.toEqual([]);
    }),
    { seed: 52, numRuns: runs },
  );
});
