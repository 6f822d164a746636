import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unwrap } from '../../result.ts';
import { parsePromotion } from '../parse.ts';
import type { ImportedPromotion } from './entry.ts';
import { CSV, importAll, importText, inPieces, OPTIONS, outcomes, utf8, utf16le } from './import.fixture.ts';
import { writeCsv } from './write_csv.ts';

const HEADER =
  'retailer_promotion_id,title,family,discount_type,discount_value,group,minimum,minimum_spend,items,item_discount_type,item_discount_value,target_group';
const importRows = (...rows: string[]) => importText('csv', [HEADER, ...rows].join('\n'));

describe('a CSV file of promotions', () => {
  it('reads quotes, breaks in cells, lists and several rows of one promotion', async () => {
    const imported = await importText('csv', CSV);
    expect(imported.entries.map(({ line, key }) => ({ line, key }))).toEqual([
      { line: 2, key: 'R-1' },
      { line: 3, key: 'R-2' },
    ]);
    expect(imported.entries[0]?.notes).toEqual([{ code: 'unknown_column', message: 'not read: shelf' }]);
    expect(imported.entries[1]?.notes).toEqual([]);
    expect(imported.entries[0]?.result).toMatchObject({ value: { store_codes: ['001', '014'] } });
    expect(outcomes(imported)).toMatchObject([
      {
        id: 'prm-R-1',
        title: 'שני חלב ב־"10"; כל סניף',
        discount_value: 1000,
        availability: 'special',
        qualifiers: [
          { id: 'gold', description: 'Gold|Blue' },
          { id: 'vip', description: '' },
        ],
        schedule: {
          start: '2026-01-01T08:00:00.000',
          active_days: [true, true, true, true, true, false, false],
        },
        groups: [
          {
            name: 'g1',
            minimum: 2,
            nodes: [
              { node_id: 'MILK', node_type: 'item', is_excluded: false },
              { node_id: 'SOY', node_type: 'item', is_excluded: false },
              { node_id: 'Drinks=Cold=x', node_type: 'c2', is_excluded: false },
              { node_id: 'OAT', node_type: 'item', is_excluded: true },
            ],
          },
        ],
      },
      {
        id: 'prm-R-2',
        title: 'line one\r\nline two',
        discount_value: 1250,
        max_discount: 3000,
        target_group: 'gift',
        groups: [
          { name: 'spend', minimum: 10_000, nodes: [{ node_id: 'ALL' }] },
          { name: 'gift', minimum: 1, nodes: [{ node_id: 'MUG' }, { node_id: 'CUP' }] },
        ],
      },
    ]);
  });

  it.each([
    ['commas', (text: string) => utf8(text.replace(/;/g, ','))],
    ['tabs and UTF-16', (text: string) => utf16le(text.replace(/;/g, '\t'))],
    ['plain line feeds', (text: string) => utf8(text.replace(/\r/g, ''))],
    ['a byte order mark', (text: string) => utf8(`\ufeff${text}`)],
  ])('reads the same with %s', async (_, change) => {
    const row = 'A;"a ""b""";easy;fixed;10.00;;;;TEA;;;\r\n';
    const plain = await importText('csv', `${HEADER.replace(/,/g, ';')}\r\n${row}`);
    const changed = await importAll('csv', inPieces(change(`${HEADER.replace(/,/g, ';')}\r\n${row}`)));
    expect(outcomes(plain)).toMatchObject([{ title: 'a "b"', discount_value: 1000 }]);
    expect(changed).toEqual(plain);
  });

  it.each([
    ['JPY', '1250', 1250],
    ['ILS', '12.5', 1250],
    ['ILS', '12', 1200],
    ['KWD', '1.250', 1250],
  ])('takes %s %s for %i minor units', async (currency, cell, minor) => {
    const text = `${HEADER}\nA,,easy,amount,${cell},,,,TEA`;
    const imported = await importAll('csv', inPieces(utf8(text)), { ...OPTIONS, currency });
    expect(outcomes(imported)).toMatchObject([{ discount_value: minor }]);
  });

  it.each([
    ['A,,easy,amount,"12,50",,,,TEA', ['discount_value:bad_amount']],
    ['A,,easy,amount,12.505,,,,TEA', ['discount_value:bad_amount']],
    ['A,,easy,amount,-1,,,,TEA', ['discount_value:bad_amount']],
    ['A,,easy,percent,12.555,,,,TEA', ['discount_value:bad_percent']],
    ['A,,easy,percent,101,,,,TEA', ['discount_value:custom']],
    ['A,,easy,percent,5,,two,,TEA', ['groups.0.minimum:bad_number']],
    ['A,,easy,percent,5,,,10.00,TEA', ['groups.0.minimum:bad_minimum']],
    ['A,,basket_threshold,percent,5,,10,,ALL', ['groups.0.minimum:bad_minimum']],
    ['A,,basket_threshold,percent,5,,,,ALL', ['groups.0.minimum:bad_minimum']],
    ['A,,easiest,percent,5,,,,TEA', ['family:invalid_value']],
    ['A,,easy,percent,5,,,,TEA,,,,extra', [':extra_cells']],
    ['A,"x"y,easy,percent,5,,,,TEA', [':bad_quote']],
    ['A,x"y,easy,percent,5,,,,TEA', [':bad_quote']],
    ['A,x,easy,percent,5,,,,TEA\nA,y,,,,,,,JAM', ['title:conflict']],
    ['A,x,easy,percent,5,,1,,TEA\nA,,,,,,2,,JAM', ['groups.0.minimum:conflict']],
    [',x,easy,percent,5,,,,TEA', ['retailer_promotion_id:missing_key']],
  ])('refuses %j and reads on', async (row, problems) => {
    const imported = await importRows('B,,easy,percent,5,,,,TEA', row, 'C,,easy,percent,5,,,,TEA');
    expect(outcomes(imported)).toEqual([
      expect.objectContaining({ id: 'prm-B' }),
      problems,
      expect.objectContaining({ id: 'prm-C' }),
    ]);
    expect(imported.summary.file_problem).toBeNull();
  });

  it('refuses a key that comes back after another', async () => {
    const row = (key: string): string => `${key},,easy,percent,5,,,,TEA`;
    const imported = await importRows(row('A'), row('B'), row('A'));
    expect(outcomes(imported)).toMatchObject([
      { id: 'prm-A' },
      { id: 'prm-B' },
      ['retailer_promotion_id:duplicate_key'],
    ]);
  });

  it('refuses a promotion of too many rows, and reads on', async () => {
    const row = (key: string): string => `${key},,easy,percent,5,,,,TEA`;
    const imported = await importRows(...Array.from({ length: 20_001 }, () => row('A')), row('B'));
    expect(outcomes(imported)).toMatchObject([[':entry_too_big'], { id: 'prm-B' }]);
  }, 60_000);

  it('counts the lines inside of cells', async () => {
    const imported = await importText('csv', 'retailer_promotion_id,title,items\nA,"1\n2\n3",TEA\n\nB,,TEA');
    expect(imported.entries.map((entry) => entry.line)).toEqual([2, 6]);
  });

  it('keeps a carriage return that ends no line', async () => {
    const imported = await importText('csv', 'retailer_promotion_id,title,items\r\nA,x\ry,TEA\r\nB,z\r,TEA');
    expect(outcomes(imported)).toMatchObject([{ title: 'x\ry' }, { title: 'z' }]);
  });

  it('refuses a cell whose column has no name', async () => {
    const imported = await importText('csv', 'retailer_promotion_id,,items\nA,lost,TEA\nB,,TEA');
    expect(outcomes(imported)).toMatchObject([[':extra_cells'], { id: 'prm-B' }]);
  });

  it('refuses a promotion of too many groups', async () => {
    const rows = Array.from({ length: 65 }, (_, i) => `A,,combo,percent,5,g${i},,,TEA`);
    expect(outcomes(await importRows(...rows))).toEqual([['groups:too_many_groups']]);
  });

  it('refuses amounts in another currency than the import', async () => {
    const text = 'retailer_promotion_id,currency,items\nA,EUR,TEA\nB,ILS,TEA';
    expect(outcomes(await importText('csv', text))).toMatchObject([
      ['currency:wrong_currency'],
      { id: 'prm-B' },
    ]);
  });

  it('gives nodes the discount of their row', async () => {
    const imported = await importRows(
      'A,,line_special,,,g1,1,,PEN,fixed,3.00,',
      'A,,,,,g1,,,INK|PAPER,percent,20,',
    );
    expect(outcomes(imported)).toMatchObject([
      {
        groups: [
          {
            nodes: [
              { node_id: 'PEN', discount_type: 'fixed', discount_value: 300 },
              { node_id: 'INK', discount_type: 'percent', discount_value: 2000 },
              { node_id: 'PAPER', discount_type: 'percent', discount_value: 2000 },
            ],
          },
        ],
      },
    ]);
  });

  it.each([
    ['', 'empty_file'],
    ['title,items\nx,TEA', 'no_header'],
    ['retailer_promotion_id,items,items\nA,TEA,TEA', 'no_header'],
    [`retailer_promotion_id${','.repeat(1_000)}`, 'no_header'],
    [`${HEADER}\nB,,easy,percent,5,,,,TEA\nA,"open\nC,,easy,percent,5,,,,TEA`, 'unclosed_quote'],
  ])('ends %j with %s', async (text, code) => {
    expect((await importText('csv', text)).summary.file_problem?.code).toBe(code);
  });
});

describe('a CSV file that breaks', () => {
  it('gives out as refused the promotion of which rows may be lost', async () => {
    const row = (key: string, title: string): string => `${key},${title},easy,percent,5,,,,TEA`;
    const imported = await importRows(row('A', ''), row('B', ''), row('B', '"open'));
    expect(outcomes(imported)).toMatchObject([{ id: 'prm-A' }, [':cut_off']]);
    expect(imported.summary).toMatchObject({
      accepted: 1,
      refused: 1,
      file_problem: { code: 'unclosed_quote' },
    });
  });

  it('keeps what stood before a byte that is no text', async () => {
    const rows = `${HEADER}\nA,,easy,percent,5,,,,TEA\nB,,easy,percent,5,,,,TEA\n`;
    const imported = await importAll(
      'csv',
      inPieces(Uint8Array.from([...utf8(rows), 0xff]), [rows.length, 1]),
    );
    expect(outcomes(imported)).toMatchObject([{ id: 'prm-A' }, [':cut_off']]);
    expect(imported.summary.file_problem?.code).toBe('bad_encoding');
  });
});

const word = fc.string({
  unit: fc.constantFrom('a', 'ש', '"', ',', ';', '|', '=', '\\', '\n', ' ', '€'),
  maxLength: 8,
});
const name = word.map((text) => `n${text}n`);
const discount = fc.oneof(
  fc.record({ discount_type: fc.constant('percent'), discount_value: fc.integer({ min: 0, max: 10_000 }) }),
  fc.record({ discount_type: fc.constantFrom('amount', 'fixed'), discount_value: fc.nat() }),
);
const node = fc.oneof(
  fc
    .tuple(fc.record({ node_id: name, node_type: fc.constantFrom('item', 'c1', 'c7') }), fc.option(discount))
    .map(([fields, own]) => ({ ...fields, ...own })),
  fc.record({ node_id: name, node_type: fc.constantFrom('item', 'c2'), is_excluded: fc.constant(true) }),
);
const promotions = fc.array(
  fc.record(
    {
      title: name,
      description: name,
      short_code: name,
      family: fc.constantFrom('line_special', 'basket_threshold_target'),
      layer: fc.integer({ min: 1, max: 9 }),
      priority: fc.nat(),
      criteria: fc.constantFrom('priority', 'best_discount'),
      discount,
      max_applications: fc.integer({ min: 1, max: 100_000 }),
      max_discount: fc.nat(),
      selection: fc.constantFrom('highest_first', 'lowest_of_each_set'),
      availability: fc.constant('all'),
      qualifiers: fc.array(fc.record({ id: name, description: fc.oneof(name, fc.constant('')) })),
      stackable: fc.boolean(),
      exclusive: fc.boolean(),
      applies_as: fc.constantFrom('cashback', 'tender'),
      schedule: fc.record({
        active_days: fc.array(fc.boolean(), { minLength: 7, maxLength: 7 }),
        is_happy_hour: fc.boolean(),
      }),
      nodes: fc.array(node, { minLength: 1, maxLength: 6 }),
      stores: fc.option(fc.array(name, { minLength: 1 })),
    },
    { requiredKeys: ['family', 'availability', 'discount', 'nodes', 'stores'] },
  ),
  { maxLength: 4 },
);

describe('writeCsv', () => {
  it('writes what reads back as the same promotions, in any currency', async () => {
    await fc.assert(
      fc.asyncProperty(promotions, fc.constantFrom('ILS', 'JPY', 'KWD'), async (made, currency) => {
        const before: ImportedPromotion[] = made.map(({ nodes, stores, discount: worth, ...fields }, i) => ({
          promotion: unwrap(
            parsePromotion({
              ...fields,
              ...worth,
              id: `prm-K${i}`,
              retailer_promotion_id: `K${i}`,
              target_group: 'two',
              groups: [
                { name: 'one', minimum: 1250, nodes },
                { name: 'two', minimum: 2, nodes },
              ],
            }),
          ),
          store_codes: stores,
        }));
        const text = unwrap(writeCsv(before, currency));
        const { entries, summary } = await importAll('csv', inPieces(utf8(text)), { ...OPTIONS, currency });
        expect(summary.file_problem).toBeNull();
        expect(entries.map(({ result, notes }) => [unwrap(result), notes])).toEqual(
          before.map((one) => [one, []]),
        );
      }),
      { numRuns: 200, seed: 12 },
    );
  }, 60_000);

  it.each([
    ['missing_key', { retailer_promotion_id: undefined }, null],
    ['filters', { filters: [{ attribute: 'size', op: 'eq', value: 'L' }] }, null],
    ['outer_space', { title: ' x' }, null],
    ['no_stores', {}, []],
    [
      'excluded_discount',
      {
        groups: [
          {
            name: 'g1',
            minimum: 1,
            nodes: [{ node_id: 'TEA', is_excluded: true, discount_type: 'amount', discount_value: 1 }],
          },
        ],
      },
      null,
    ],
  ])('refuses %s rather than write something else', (code, change, store_codes) => {
    const document = {
      id: 'P',
      retailer_promotion_id: 'K',
      groups: [{ name: 'g1', minimum: 1, nodes: [{ node_id: 'T' }] }],
    };
    const promotion = unwrap(parsePromotion({ ...document, ...change }));
    expect(writeCsv([{ promotion, store_codes }], 'ILS')).toMatchObject({ ok: false, error: [{ code }] });
  });
});
