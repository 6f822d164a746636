import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ScanExplanation } from '../api/scan_test.ts';
import { Item } from '../catalog/item.ts';
import type { CodeLookup } from '../catalog/resolution.ts';
import { resolve } from '../catalog/resolve.ts';
import type { ScanInput } from '../catalog/scan.ts';
import { rulesOf } from '../catalog/test_shelf.fixture.ts';
import { explainScan } from './explain_scan.ts';

const item = (n: number, name: string, more: Partial<Item>): Item =>
  Item.parse({
    id: `itm_00000000-0000-7000-8000-${String(n).padStart(12, '0')}`,
    sku: `S${n}`,
    name,
    gtins: [],
    codes: [],
    category: [],
    unit_price: 400,
    tax_code: 'a',
    sold_by: 'each',
    tagged: false,
    ...more,
  });
const items = [
  item(1, 'Tea', { gtins: ['05901234123457'] as never[] }),
  item(2, 'Apples', { sku: '12345', sold_by: 'weight', unit_price: 799 }),
  item(3, 'Pens', { gtins: ['00000004250005'] as never[] }),
  item(4, 'Gum', { gtins: ['00042000005005'] as never[] }),
];
const shelf: CodeLookup<Item> = {
  byCode: (code) => items.filter((one) => one.codes.includes(code)),
  byGtin14: (gtin) => items.filter((one) => one.gtins.includes(gtin)),
  byEpc: () => null,
  bySku: (sku) => items.filter((one) => one.sku === sku),
};
const rules = rulesOf({ embedded_templates: ['28IIIIIWWWWWC'] });
const explain = (raw: string, more: Partial<ScanInput> = {}) =>
  ScanExplanation.parse(explainScan({ raw, source: 'camera', ...more }, shelf, rules));

describe('an explanation', () => {
  it('tells each attempt up to the one that decides, and what it asked', () => {
    const told = explain(' ]E05901234123457 ');
    expect(told.reading).toEqual({ text: '5901234123457', kind: 'unknown', aim: ']E0' });
    expect(told.steps.map(({ step, verdict }) => [step, verdict])).toEqual([
      ['exact_code', 'passed'],
      ['pass', 'passed'],
      ['tag', 'passed'],
      ['markdown_label', 'passed'],
      ['element_string', 'passed'],
      ['value_code', 'passed'],
      ['gtin', 'recognised'],
    ]);
    expect(told.steps.at(-1)?.lookups).toEqual([
      { by: 'gtin', key: '05901234123457', items: [{ id: items[0]?.id, sku: 'S1', name: 'Tea' }] },
    ]);
    expect(told.outcome).toEqual({ kind: 'item', sentence: 'Tea for £4.00.' });
    expect(told.fields).toEqual([{ name: 'GTIN', value: '05901234123457' }]);
  });

  it('prices what a label says', () => {
    expect(explain('2812345012505')).toMatchObject({
      outcome: { sentence: 'Apples for £9.99.' },
      item: { line_price: 999, unit_price: 799, sold_by: 'weight' },
      fields: [{ name: 'Weight', value: '1250 g' }],
    });
    expect(explain('MP105901234123457P0025003')).toMatchObject({
      item: { line_price: 300 },
      fields: [{ name: 'GTIN' }, { name: 'Reduced', value: 'by 25 %' }],
    });
    expect(explain('2812345000007')).toMatchObject({
      outcome: { kind: 'refused', problem: { code: 'bad_code', detail: 'value_zero' } },
    });
  });

  it('says in a sentence why a code is refused', () => {
    expect(explain('5901234123456').outcome).toEqual({
      kind: 'refused',
      problem: { code: 'bad_code', detail: 'check_digit' },
      sentence: 'The check digit does not match: it was misread or mistyped.',
    });
    expect(explain('04250005').outcome.sentence).toContain('They are: Pens, Gum.');
    expect(explain('(01)05901234123457(17)251301').outcome.sentence).toContain('(17) yymmd0');
    expect(explain('(01)05901234123457(17)250101').outcome).toMatchObject({
      problem: { code: 'item_expired', detail: '2025-01-01' },
    });
    expect(explain(']E0').reading).toBeNull();
    expect(explain('9912345678909').outcome).toMatchObject({
      kind: 'no_item',
      problem: { detail: 'coupon' },
    });
  });

  it('shows the elements of a string and the bits of a tag, sold or not', () => {
    expect(explain('(01)05901234123457(10)L1').elements).toEqual([
      { ai: '01', title: 'GTIN', value: '05901234123457' },
      { ai: '10', title: 'BATCH/LOT', value: 'L1' },
    ]);
    const tag = explain('30364433400D1EC000000190', { source: 'rfid' });
    expect(tag.outcome.problem).toEqual({ code: 'unknown_item' });
    expect(tag.fields).toContainEqual({ name: 'GTIN', value: '09506000134352' });
    expect(tag.tag).toMatchObject({ scheme: 'sgtin-96', uri: 'urn:epc:id:sgtin:9506000.013435.400' });
    expect(tag.tag?.segments.map(({ name, bits }) => [name, bits])).toEqual([
      ['header', 8],
      ['filter', 3],
      ['partition', 3],
      ['company_prefix', 24],
      ['reference', 20],
      ['serial', 38],
    ]);
    expect(explain('307C257BF46DB64000001A85').tag).toMatchObject({ scheme: null });
  });

  it('says what the resolver says, whatever the text', () => {
    const any = fc.oneof(
      fc.string({ maxLength: 60 }),
      fc.stringMatching(/^[0-9]{0,30}$/),
      fc.stringMatching(/^[0-9A-F]{24,60}$/),
      fc.stringMatching(/^(MP|28|01|\]C101|https:\/\/x\.example\/01\/|urn:epc:id:sgtin:)[0-9A-Z/.]{0,40}$/),
    );
    const source = fc.constantFrom('camera', 'laser', 'rfid', 'nfc', 'typed', 'kiosk');
    fc.assert(
      fc.property(any, source, (raw, from) => {
        const input = { raw, source: from };
        const answer = resolve(input, shelf, rules);
        const told = ScanExplanation.parse(explainScan(input, shelf, rules));
        if (!answer.ok) expect(told.outcome.problem?.code).toBe(answer.error.code);
        else if (answer.value.kind === 'item') expect(told.item?.id).toBe(answer.value.item.id);
        else expect(told.outcome.kind).toBe('no_item');
      }),
      { numRuns: 1_000, seed: 7 },
    );
  });
});
