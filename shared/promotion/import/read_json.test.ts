import { describe, expect, it } from 'vitest';
import { ENTRY_CHARACTERS_MAX } from './entry.ts';
import { importText, JSON_ARRAY, JSON_LINES, JSON_WRAPPED, outcomes } from './import.fixture.ts';

const promotion = (key: string, extra: object = {}): string =>
  JSON.stringify({
    retailer_promotion_id: key,
    groups: [{ name: 'g1', minimum: 1, nodes: [{ node_id: 'TEA' }] }],
    ...extra,
  });

const fileProblem = async (text: string) =>
  (await importText('json', text)).summary.file_problem?.code ?? null;

describe('a JSON file of promotions', () => {
  it('reads our own words and the documented ones', async () => {
    const { entries, summary } = await importText('json', JSON_LINES);
    expect(summary).toEqual({ entries: 2, accepted: 2, refused: 0, notes: 1, file_problem: null });
    expect(entries[0]).toMatchObject({
      line: 1,
      key: 'R-1',
      notes: [],
      result: { value: { promotion: { id: 'prm-R-1', discount_value: 1000 }, store_codes: ['001', '014'] } },
    });
    expect(entries[1]).toMatchObject({
      line: 2,
      key: 'R-2',
      notes: [{ code: 'unknown_field', message: 'not read: house_field' }],
      result: {
        value: { promotion: { family: 'basket_threshold', discount_value: 1250 }, store_codes: null },
      },
    });
  });

  it('reads the same from a line each, an array and a wrapped array', async () => {
    const lines = await importText('json', JSON_LINES);
    for (const [text, places] of [
      [JSON_ARRAY, [2, 24]],
      [JSON_WRAPPED, [3, 25]],
    ] as const) {
      const listed = await importText('json', text);
      expect(outcomes(listed)).toEqual(outcomes(lines));
      expect(listed.entries.map((entry) => entry.line)).toEqual(places);
    }
  });

  it.each([
    ['a line each', `${promotion('A')}\n{"retailer_promotion_id": "B",\n\n${promotion('C')}`, [1, 2, 4]],
    ['an array', `[\n${promotion('A')},\n{"retailer_promotion_id": B},\n${promotion('C')}\n]`, [2, 3, 4]],
  ])('reports a broken entry of %s and reads on', async (_, text, lines) => {
    const imported = await importText('json', text);
    expect(outcomes(imported)).toMatchObject([{ id: 'prm-A' }, [':bad_json'], { id: 'prm-C' }]);
    expect(imported.entries.map((entry) => entry.line)).toEqual(lines);
    expect(imported.summary).toMatchObject({ accepted: 2, refused: 1, file_problem: null });
  });

  it('finds the end of an entry behind brackets in strings', async () => {
    const imported = await importText('json', `[${promotion('A', { title: ']},{ "\\' })},${promotion('B')}]`);
    expect(outcomes(imported)).toMatchObject([{ title: ']},{ "\\' }, { id: 'prm-B' }]);
  });

  it.each([
    ['null', [':not_an_object']],
    ['7', [':not_an_object']],
    ['', [':bad_json']],
    [promotion(''), ['retailer_promotion_id:missing_key']],
    [promotion('A'), ['retailer_promotion_id:duplicate_key']],
    [promotion('K'.repeat(256)), ['retailer_promotion_id:key_too_long']],
    [promotion('B', { stores: '001' }), ['stores:bad_stores']],
    [promotion('B', { stores: [1] }), ['stores:bad_stores']],
    [promotion('B', { groups: [] }), ['groups:too_small', 'groups:custom']],
  ])('refuses the entry %j', async (entry, problems) => {
    expect(outcomes(await importText('json', `[${promotion('A')},${entry}]`))).toEqual([
      expect.objectContaining({ id: 'prm-A' }),
      problems,
    ]);
  });

  it('names what stands in for a missing key of the retailer', async () => {
    const { entries } = await importText(
      'json',
      promotion('', { retailer_promotion_id: null, ksuid: '1srOrx2' }),
    );
    expect(entries).toMatchObject([
      { key: '1srOrx2', result: { ok: true, value: { promotion: { id: 'prm-1srOrx2' } } } },
    ]);
  });

  it('derives the id from the key of the retailer, whatever ids the entry has', async () => {
    expect(
      outcomes(await importText('json', `{"id":"a","ksuid":"b",${promotion('K').slice(1)}`)),
    ).toMatchObject([{ id: 'prm-K', retailer_promotion_id: 'K' }]);
  });

  it('leaves deleted links to stores out, and says so', async () => {
    const stores = [
      { store_id: '1', deleted_at: null },
      { store_id: '2', deleted_at: '2026-01-01' },
    ];
    const { entries } = await importText('json', promotion('A', { stores }));
    expect(entries).toMatchObject([
      { result: { value: { store_codes: ['1'] } }, notes: [{ code: 'deleted_store' }] },
    ]);
  });

  it('names unknown fields of groups, ten of them at most', async () => {
    const groups = [{ name: 'g1', minimum: 1, nodes: [{ node_id: 'TEA' }], colour: 'red' }];
    const many = Object.fromEntries(Array.from({ length: 11 }, (_, i) => [`x${i}`, 1]));
    const { entries } = await importText('json', promotion('A', { groups, ...many }));
    expect(entries[0]?.notes).toEqual([
      { code: 'unknown_field', message: 'not read: x0, x1, x2, x3, x4, x5, x6, x7, x8, x9 and 2 more' },
    ]);
  });

  it.each([
    ['', 'empty_file'],
    [' \n\t', 'empty_file'],
    ['hello', 'not_json'],
    ['[', 'unexpected_end'],
    [`[${promotion('A')}`, 'unexpected_end'],
    [`[${promotion('A')}] x`, 'text_after_list'],
    ['{"promotions": [] , "more": 1}', 'text_after_list'],
    ['{"promotions": []', 'unexpected_end'],
    ['{\n  "retailer_promotion_id": "A"\n}', 'not_a_list'],
    ['[]', null],
    ['{"promotions" : [ ] }\n', null],
  ])('ends %j with %s', async (text, code) => {
    expect(await fileProblem(text)).toBe(code);
  });

  it('keeps what came before the file broke', async () => {
    const imported = await importText(
      'json',
      `[${promotion('A')},\n${promotion('B').slice(0, -1)},${promotion('C')}]`,
    );
    expect(outcomes(imported)).toMatchObject([{ id: 'prm-A' }]);
    expect(imported.summary.file_problem?.message).toMatch(/^line 2: /);
  });

  it.each([
    ['a line', '\n', '', ''],
    ['an array', ',', '[', ']'],
  ])(
    'refuses an entry that is too large for %s, and reads on',
    async (_, between, opening, closing) => {
      const large = promotion('B', { description: 'x'.repeat(ENTRY_CHARACTERS_MAX) });
      const text = `${opening}${promotion('A')}${between}${large}${between}${promotion('C')}${closing}`;
      const imported = await importText('json', text);
      expect(outcomes(imported)).toMatchObject([{ id: 'prm-A' }, [':entry_too_big'], { id: 'prm-C' }]);
    },
    60_000,
  );
});
