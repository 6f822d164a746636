import { describe, expect, it } from 'vitest';
import { aliasesOf } from './aliases.ts';
import { resolve, resolveItem } from './resolve.ts';
import { type ScanInput, splitScan } from './scan.ts';
import { type Known, rulesOf, shelfOf } from './test_shelf.fixture.ts';

const scan = (raw: string, policy: unknown, shelf: Known[], more: Partial<ScanInput> = {}) =>
  resolve({ raw, source: 'camera', ...more }, shelfOf(...shelf), rulesOf(policy));
const unknown = { ok: false, error: { code: 'unknown_item' } };
const TAG = '3035682EC80C0E4000001A85';
const tea: Known = { id: 'tea', gtins: ['05901234123457'] };

describe('a number of produce', () => {
  const bananas: Known = { id: 'bananas', codes: ['plu:4011', 'plu:94011'] };

  it('is taken from people, never from a camera', () => {
    for (const source of ['typed', 'kiosk'] as const)
      for (const raw of ['4011', '94011'])
        expect(scan(raw, {}, [bananas], { source })).toMatchObject({
          value: { item: bananas, matched_by: 'plu' },
        });
    for (const source of ['camera', 'laser', 'nfc'] as const)
      expect(scan('4011', {}, [bananas], { source })).toMatchObject(unknown);
  });

  it('cannot be reached by the name of its space', () => {
    for (const raw of ['plu:4011', 'PLU:4011', 'sku:1', 'nfc:1', 'alias:1'])
      expect(scan(raw, {}, [bananas, { id: 'x', codes: ['sku:1', 'nfc:1', 'alias:1'] }])).toMatchObject(
        unknown,
      );
  });
});

describe('an issue of a magazine', () => {
  const weekly: Known = { id: 'weekly', gtins: ['09771234567003'] };

  it.each(['977123456700305', '9771234567003 05', '977123456700312345'])('%s keeps its add-on', (raw) => {
    expect(scan(raw, {}, [weekly], { aim: ']E3' })).toMatchObject({
      value: { item: weekly, supplement: raw.replace(' ', '').slice(13) },
    });
    expect(scan(`]E3${raw}`, {}, [weekly])).toMatchObject({ value: { item: weekly } });
  });

  it('is not named by its add-on alone', () => {
    expect(scan('05', {}, [weekly], { aim: ']E1' })).toMatchObject({ error: { detail: 'supplement_only' } });
  });
});

describe('an address', () => {
  const policy = {
    tag_url_prefixes: ['https://app.example.com/tag/'],
    nfc_label_prefixes: ['https://l.example/s/'],
  };

  it.each([
    `https://app.example.com/tag/${TAG}`,
    `HTTPS://APP.example.com/tag/${TAG.toLowerCase()}`,
    `httpsappexamplecomtag${TAG}`,
  ])('bears a tag: %s', (raw) => {
    expect(scan(raw, policy, [tea])).toMatchObject({ value: { item: tea, epc: TAG, serial: '6789' } });
    expect(scan(raw, {}, [tea])).toMatchObject(unknown);
  });

  it('bears a damaged tag', () => {
    expect(scan('https://app.example.com/tag/30', policy, [tea])).toMatchObject({
      error: { detail: 'bad_epc' },
    });
  });

  it('names the label of a shelf edge', () => {
    const label: Known = { id: 'tea', codes: ['nfc:A7'] };
    for (const raw of ['https://l.example/s/A7', 'httpslexamplesA7'])
      expect(scan(raw, policy, [label])).toMatchObject({ value: { item: label, matched_by: 'nfc' } });
    expect(scan('A7', policy, [label], { source: 'nfc' })).toMatchObject({ value: { item: label } });
    expect(scan('A7', policy, [label])).toMatchObject(unknown);
  });

  it('is a product code where the store says so, and then nothing else', () => {
    const raw = `https://app.example.com/tag/${TAG}`;
    const coded: Known = { id: 'print', codes: [raw] };
    const only = { ...policy, url_is_barcode: true };
    expect(scan(raw, only, [tea, coded])).toMatchObject({ value: { item: coded, matched_by: 'raw' } });
    expect(scan(raw, only, [tea])).toMatchObject(unknown);
  });
});

describe('a tag of the shop’s own making', () => {
  const policy = { epc_windows: [{ match: { prefix_hex: '30A1B2C3' }, from: 32, to: 56 }] };

  it('is read through the shop’s window, unless it is bound', () => {
    const raw = '30A1B2C301E2400000000000';
    const cap: Known = { id: 'cap', sku: '123456' };
    expect(scan(raw, policy, [cap])).toMatchObject({ value: { item: cap, matched_by: 'epc', epc: raw } });
    const bound: Known = { id: 'bound', epcs: [raw] };
    expect(scan(raw, policy, [cap, bound])).toMatchObject({ value: { item: bound } });
    expect(scan(raw, {}, [cap])).toMatchObject({ ok: false });
  });
});

describe('a payload that is no item', () => {
  const BOARDING = 'M1DESMARAIS/LUC       EABC123 YULFRAAC 0834 326J001A0025 100';
  const header = 'eyJhbGciOiJFZERTQSIsInR5cCI6ImV4aXQtcGFzcytqd3QifQ';

  it('says what it is, and is refused by a basket for that', () => {
    const policy = {
      passes: [
        { kind: 'staff_pass', prefix: 'STAFF-' },
        { kind: 'loyalty', prefix: '6', length: 16 },
      ],
    };
    const cases = [
      ['STAFF-0042', 'staff_pass'],
      ['6001234567890123', 'loyalty'],
      ['9912345678909', 'coupon'],
      [BOARDING, 'boarding_pass'],
      [`${header}.${'e30'.repeat(200)}.c2ln`, 'exit_pass'],
    ] as const;
    for (const [raw, kind] of cases) {
      expect(scan(raw, policy, [tea])).toMatchObject({ ok: true, value: { kind } });
      expect(resolveItem({ raw, source: 'camera' }, shelfOf(tea), rulesOf(policy))).toEqual({
        ok: false,
        error: { code: 'no_item', kind },
      });
    }
  });

  it('of a flight is told without its traveller', () => {
    expect(scan(BOARDING, {}, [])).toEqual({
      ok: true,
      value: {
        kind: 'boarding_pass',
        fields: { legs: '1', from: 'YUL', to: 'FRA', carrier: 'AC', flight: '0834', day_of_year: '326' },
      },
    });
    expect(scan(BOARDING.slice(0, 59), {}, [])).toMatchObject(unknown);
  });

  it('is not taken for one that the catalogue sells', () => {
    const voucher: Known = { id: 'voucher', codes: ['9912345678909'] };
    expect(scan('9912345678909', {}, [voucher])).toMatchObject({ value: { item: voucher } });
    expect(scan('9912345678900', {}, [])).toMatchObject({ error: { detail: 'check_digit' } });
  });
});

describe('zeros and endings', () => {
  it('make further spellings when the shelf is taken in', () => {
    const item = { gtins: ['00036000291452'] as never[], codes: ['007', '0000', 'A-01'] };
    expect(aliasesOf(item, 'exact')).toEqual([]);
    expect(aliasesOf(item, 'strip')).toEqual(['36000291452', '7', '0']);
    expect(aliasesOf(item, 'pad13')).toEqual(['0036000291452', '0000000000007', '0000000000000']);
    const drum: Known = { id: 'drum', codes: ['alias:7'] };
    expect(scan('7', {}, [drum])).toMatchObject({ value: { item: drum, matched_by: 'alias' } });
  });

  it('are not guessed unless the store wants it: eight digits, one hit', () => {
    const old: Known = { id: 'old', codes: ['X1234512345678'] };
    expect(scan('512345678', {}, [old])).toMatchObject(unknown);
    const on = { legacy_suffix_match: true };
    expect(scan('512345678', on, [old])).toMatchObject({ value: { item: old, matched_by: 'legacy_suffix' } });
    expect(scan('512345678', on, [old, { id: 'b', codes: ['Y512345678'] }])).toMatchObject(unknown);
    expect(scan('2345678', on, [old])).toMatchObject(unknown);
    // A piece of another code's end sells nothing by default.
    expect(scan('4123457', {}, [tea])).toMatchObject(unknown);
  });
});

it('several codes in one scan are told apart where the store wants it', () => {
  const raw = '5901234123457, 4006381333931,';
  expect(splitScan(raw, null)).toEqual([raw]);
  expect(splitScan(raw, ',')).toEqual(['5901234123457', ' 4006381333931']);
  expect(splitScan('5901234123457,', ',')).toEqual(['5901234123457,']);
});
