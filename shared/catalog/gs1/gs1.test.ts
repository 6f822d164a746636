import { describe, expect, it } from 'vitest';
import { resolve } from '../resolve.ts';
import { type Known, rulesOf, shelfOf } from '../test_shelf.fixture.ts';
import { readDigitalLink } from './digital_link.ts';
import { readBracketed, readElementString } from './element_string.ts';
import { checkValue } from './elements.ts';
import { aiLength, allEntries, entryOf } from './entries.ts';
import { dateOf, fieldsOf } from './fields.ts';
import { LINTERS } from './linters.ts';

const GS = '\u001d';
const reason = (answer: { ok: boolean; error?: unknown; value?: unknown }) =>
  answer.ok ? 'ok' : (answer.error as { reason: string }).reason;
const raw = (text: string) => reason(readElementString(text.replaceAll('␝', GS)));

describe('the dictionary', () => {
  it('names no test that we do not have, and every AI has the length that two digits tell', () => {
    const named = [...allEntries().values()].flatMap(({ components }) =>
      components.flatMap((c) => c.linters),
    );
    expect([...new Set(named)].filter((name) => LINTERS[name] === undefined)).toEqual([]);
    for (const ai of allEntries().keys()) expect(aiLength(ai)).toBe(ai.length);
  });

  it('needs no separator after exactly those AIs whose length is predefined', () => {
    const predefined = [...allEntries().values()]
      .filter((entry) => entry.predefined)
      .map(({ ai }) => ai.slice(0, 2));
    expect([...new Set(predefined)].sort()).toEqual([
      ...['00', '01', '02', '03', '11', '12', '13', '15', '16', '17', '20'],
      ...['31', '32', '33', '34', '35', '36', '41'],
    ]);
    expect(entryOf('8001')?.components.map(({ max }) => max)).toEqual([4, 5, 3, 1, 1]);
    expect(entryOf('3105')?.title).toBe('NET WEIGHT (kg)');
    expect(entryOf('01')?.qualifiers).toEqual([['22', '10', '21'], ['235']]);
  });
});

describe('an element string', () => {
  it.each([
    ['ok', '0109506000134352'],
    ['ok', '010950600013435210AB12␝21SER123'],
    ['ok', '0109506000134352␝10AB12'],
    ['csum', '0109506000134353'],
    ['unknown_ai', '0109506000134352991␝05'],
    ['unknown_ai', '05'],
    ['too_short', '01095060001343'],
    ['too_long', '010950600013435221123456789012345678901'],
    ['characters', '010950600013435210AB 12'],
    ['yymmd0', '010950600013435217251301'],
    ['yymmd0', '010950600013435217250230'],
    ['ok', '010950600013435217250200'],
    ['ok', '010950600013435217240229'],
    ['too_short', '010950600013435210'],
    ['repeated', '010950600013435210A␝10B'],
    ['ok', '010950600013435210A␝10A'],
    ['missing_companion', '10AB12'],
    ['excluded_companion', '01095060001343523712'],
    ['excluded_companion', '019950600013435531030012503104012500'],
    ['missing_companion', '01095060001343523922749'],
    ['iso4217', '01995060001343553103001250393212312'],
    ['empty', ''],
  ])('is %s: %s', (verdict, text) => {
    expect(raw(text)).toBe(verdict);
  });

  it.each([
    ['ok', '(01)09506000134352(10)AB12(21)SER123'],
    ['ok', '(01)09506000134352(10)A\\(21)B'],
    ['bracket', '01)09506000134352'],
    ['csum', '(01)09506000134350'],
    ['unknown_ai', '(01)09506000134352(05)1'],
  ])('with brackets is %s: %s', (verdict, text) => {
    expect(reason(readBracketed(text))).toBe(verdict);
  });
});

describe('a test of the dictionary', () => {
  it.each([
    ['csumalpha', '1987654Ad4X4bL5ttr2310c2K', true],
    ['csumalpha', '1987654Ad4X4bL5ttr2310c2L', false],
    ['iban', 'GB82WEST12345698765432', true],
    ['iban', 'GB83WEST12345698765432', false],
    ['iban', 'XX82WEST12345698765432', false],
    ['hhmi', '2359', true],
    ['hhmi', '2360', false],
    ['pieceoftotal', '0102', true],
    ['pieceoftotal', '0302', false],
    ['pieceoftotal', '0002', false],
    ['posinseqslash', '2/3', true],
    ['posinseqslash', '4/3', false],
    ['pcenc', 'a%20b', true],
    ['pcenc', 'a%2', false],
    ['latitude', '1800000001', false],
    ['nozeroprefix', '0', true],
    ['nozeroprefix', '01', false],
    ['gcppos2', '10123A', true],
    ['gcppos2', '1012A', false],
    ['hasnondigit', '123', false],
    ['couponcode', '7123456', false],
    ['couponposoffer', '00012345000000000000', false],
  ])('%s of %s: %s', (name, text, passes) => {
    expect(LINTERS[name]?.(text)).toBe(passes);
  });

  it('is put to each component of a value', () => {
    const entry = entryOf('8006');
    expect(entry && checkValue(entry, '095060001343520102')).toBeNull();
    expect(entry && checkValue(entry, '095060001343520302')).toEqual({ reason: 'pieceoftotal', ai: '8006' });
  });
});

describe('a Digital Link', () => {
  const read = (text: string) => {
    const answer = readDigitalLink(text);
    return answer === null
      ? null
      : answer.ok
        ? answer.value.map(({ ai, value }) => ai + value).join(' ')
        : answer.error.reason;
  };

  it.each([
    ['https://id.gs1.org/01/09506000134352/21/SER123', '0109506000134352 21SER123'],
    ['http://shop.example:8443/some/path/01/09506000134352', '0109506000134352'],
    ['https://x.example/01/9506000134352', '0109506000134352'],
    ['https://x.example/01/09506000134352/22/2A/10/L1/21/S1', '0109506000134352 222A 10L1 21S1'],
    ['https://x.example/01/09506000134352/10/L1/22/2A', 'qualifier_order'],
    ['https://x.example/01/09506000134352/10/L1/235/2A', 'qualifier_order'],
    ['https://x.example/01/09506000134352/235/T1', '0109506000134352 235T1'],
    ['https://x.example/01/09506000134352?17=270131&linkType=gs1:pip#top', '0109506000134352 17270131'],
    ['https://x.example/01/09506000134352?17=270131;3103=000195', '0109506000134352 17270131 3103000195'],
    ['https://x.example/01/09506000134352?21=S1', 'not_an_attribute'],
    ['https://x.example/01/09506000134352?05=S1', 'unknown_ai'],
    ['https://x.example/01/09506000134353', 'csum'],
    ['https://x.example/01/09506000134352/21/a%2Fb', '0109506000134352 21a/b'],
    ['https://x.example/01/09506000134352/21/%E0%A4%A', 'address'],
    ['https://x.example/00/395011015300000011', '00395011015300000011'],
    ['https://x.example/10/L1', null],
    ['https://x.example/products/9506000134352', null],
    ['https://x.example', null],
    ['ftp://x.example/01/09506000134352', null],
  ])('%s', (text, elements) => {
    expect(read(text)).toBe(elements);
  });
});

describe('what elements say', () => {
  const rules = { currency: 'GBP', now_local: '2026-11-28T13:00:00' };
  const fields = (text: string, more: object = {}) => {
    const elements = readBracketed(text);
    return elements.ok ? fieldsOf(elements.value, { ...rules, ...more }) : elements;
  };

  it.each([
    [
      '(01)99506000134355(3103)001250(3922)0749(15)270131',
      { net_grams: 1_250, price_minor: 749, best_before: '2027-01-31' },
    ],
    ['(01)99506000134355(3203)001000(3922)0749', { net_grams: 454 }],
    ['(01)99506000134355(3103)001250(3932)826749', { price_minor: 749 }],
    ['(01)99506000134355(3103)001250(3920)7', { price_minor: 700 }],
    ['(01)99506000134355(3103)001250(3923)7495', { price_minor: 750 }],
    ['(01)09506000134352(17)270200', { expiry: '2027-02-28' }],
    ['(01)09506000134352(7003)2701311830', { expiry: '2027-01-31T18:30' }],
    ['(01)09506000134352(30)12', { count: 12 }],
  ])('%s', (text, said) => {
    expect(fields(text)).toMatchObject({ ok: true, value: said });
  });

  it('a price in other money is none here, and yen have no decimals', () => {
    expect(fields('(01)99506000134355(3103)001250(3932)978749')).toMatchObject({
      error: { reason: 'currency' },
    });
    expect(fields('(01)99506000134355(3103)001250(3930)392749', { currency: 'JPY' })).toMatchObject({
      value: { price_minor: 749 },
    });
    expect(fields('(01)99506000134355(3103)001250(3922)749', { currency: 'KWD' })).toMatchObject({
      value: { price_minor: 7_490 },
    });
  });

  it('a year of two digits lies from 49 years back to 50 ahead', () => {
    expect(dateOf('760101', '2026-11-28')).toBe('2076-01-01');
    expect(dateOf('770101', '2026-11-28')).toBe('1977-01-01');
    expect(dateOf('100101', '2070-11-28')).toBe('2110-01-01');
    expect(dateOf('240200', '2026-11-28')).toBe('2024-02-29');
  });
});

describe('a scan of one', () => {
  const tea: Known = { id: 'tea', gtins: ['09506000134352'] };
  const scan = (text: string, policy: unknown = {}, ...items: Known[]) =>
    resolve({ raw: text.replaceAll('␝', GS), source: 'camera' }, shelfOf(tea, ...items), rulesOf(policy));

  it.each([
    ']C1010950600013435210AB12␝21SER123',
    ']d2␝010950600013435210AB12␝21SER123',
    '010950600013435210AB12␝21SER123',
    '(01)09506000134352(10)AB12(21)SER123',
    'https://shop.example/01/09506000134352/10/AB12/21/SER123',
  ])('names item, lot and unit: %s', (text) => {
    expect(scan(text)).toMatchObject({
      ok: true,
      value: { item: tea, matched_by: 'gs1', gtin14: '09506000134352', lot: 'AB12', serial: 'SER123' },
    });
  });

  it('finds variable goods under indicator 9 and then under the plain article', () => {
    const text = ']e00199506000134355310300125039220749␝15270131';
    const plain: Known = { id: 'plain', gtins: ['09506000134352'] };
    const variable: Known = { id: 'variable', gtins: ['99506000134355'] };
    expect(scan(text)).toMatchObject({ value: { item: plain && tea, net_grams: 1_250, price_minor: 749 } });
    expect(scan(text, {}, variable)).toMatchObject({ value: { item: variable } });
  });

  it('of a tagged unit names its tag, whatever filter and prefix length it was written with', () => {
    const text = '01036084391234502127487790694';
    const shoe: Known = { id: 'shoe', epcs: ['30396062C37AF64666666666'] };
    expect(scan(text, {}, shoe)).toMatchObject({
      value: { item: shoe, epc: '30396062C37AF64666666666', serial: '27487790694', gtin14: '03608439123450' },
    });
    expect(scan(text, {}, { id: 'shoe', gtins: ['03608439123450'] })).toMatchObject({
      value: { serial: '27487790694' },
    });
    expect(scan(text)).toMatchObject({ error: { code: 'unknown_item', read: { serial: '27487790694' } } });
  });

  it('refuses what is past its use-by date, from the next day or minute on', () => {
    const verdict = (text: string, now_local: string, policy: unknown = {}) => {
      const answer = resolve({ raw: text, source: 'camera' }, shelfOf(tea), rulesOf(policy, { now_local }));
      if (!answer.ok) return answer.error.code;
      return answer.value.kind === 'item' && answer.value.best_before_passed === true ? 'flagged' : 'ok';
    };
    const use = '(01)09506000134352(17)261128';
    expect(verdict(use, '2026-11-28T23:59:59')).toBe('ok');
    expect(verdict(use, '2026-11-29T00:00:00')).toBe('item_expired');
    const minute = '(01)09506000134352(7003)2611281300';
    expect(verdict(minute, '2026-11-28T13:00:59')).toBe('ok');
    expect(verdict(minute, '2026-11-28T13:01:00')).toBe('item_expired');
    const best = '(01)09506000134352(15)261127';
    expect(verdict(best, '2026-11-28T00:00:00')).toBe('flagged');
    expect(verdict(best, '2026-11-27T23:59:59')).toBe('ok');
    expect(verdict(best, '2026-11-28T00:00:00', { best_before_passed: 'refuse' })).toBe('item_expired');
  });

  it('may be announced and then be the GTIN alone', () => {
    expect(scan(']e009506000134352')).toMatchObject({ value: { item: tea, matched_by: 'gtin14' } });
  });

  it('of 24 digits is no tag, unless it is bound as one', () => {
    const text = '010950600013435217270131';
    expect(scan(text)).toMatchObject({ value: { item: tea, expiry: '2027-01-31' } });
    expect(scan(text, {}, { id: 'coat', epcs: [text] })).toMatchObject({ value: { matched_by: 'epc' } });
  });

  it('says what is wrong with it, and which AI', () => {
    expect(scan(']C1010950600013435217251301')).toMatchObject({
      error: { code: 'bad_code', detail: 'gs1_syntax', why: '(17) yymmd0' },
    });
    expect(scan('(01)09506000134352(3103)000100(3932)978749')).toMatchObject({
      error: { detail: 'currency' },
    });
    expect(scan('https://shop.example/01/09506000134353')).toMatchObject({ error: { why: '(01) csum' } });
  });

  it('is a coupon or a pallet as well as an item', () => {
    expect(scan(']C1255950110153000100000')).toMatchObject({ ok: false });
    expect(scan(']C12559501101530003')).toMatchObject({
      value: { kind: 'coupon', fields: { 255: '9501101530003' } },
    });
    expect(scan(']C100395011015300000011')).toMatchObject({ error: { code: 'unknown_item' } });
  });

  it('is not seen where nothing announces it and no whole GTIN begins it', () => {
    expect(scan('010950600013435')).toMatchObject({ error: { code: 'unknown_item' } });
    expect(scan('10AB12')).toMatchObject({ error: { code: 'unknown_item' } });
    expect(scan('https://x.example/01/09506000134352', { url_is_barcode: true })).toMatchObject({
      error: { code: 'unknown_item' },
    });
  });
});
