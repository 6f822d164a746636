import { describe, expect, it } from 'vitest';
import { ScanPolicy } from '../config/scan_policy.ts';
import type { CodeLookup, ScanRules } from './resolution.ts';
import { resolve as resolveWith } from './resolve.ts';
import type { ScanInput } from './scan.ts';

interface Known {
  id: string;
  codes?: string[];
  gtins?: string[];
  epcs?: string[];
  sku?: string;
}

const RULES: ScanRules = {
  policy: ScanPolicy.parse({}),
  currency: 'GBP',
  now_local: '2026-11-28T13:00:00',
};
const resolve = (input: ScanInput, lookup: CodeLookup<Known>) => resolveWith(input, lookup, RULES);

function shelf(...items: Known[]): CodeLookup<Known> {
  return {
    byCode: (code) => items.filter((item) => item.codes?.includes(code)),
    byGtin14: (gtin) => items.filter((item) => item.gtins?.includes(gtin)),
    byEpc: (epc) => items.find((item) => item.epcs?.includes(epc)) ?? null,
    bySku: (sku) => items.filter((item) => item.sku === sku),
  };
}

const scan = (raw: string, more: Partial<ScanInput> = {}): ScanInput => ({ raw, source: 'camera', ...more });
const found = (id: string, more: object) => ({ ok: true, value: { item: { id }, ...more } });
const badCode = (detail: string) => ({ ok: false, error: { code: 'bad_code', detail } });
const unknown = { ok: false, error: { code: 'unknown_item' } };

const tea: Known = { id: 'tea', gtins: ['05901234123457'], codes: ['TEA-1', '4006381333932'] };
const pens: Known = { id: 'pens', gtins: ['00000004250005'] };
const gum: Known = { id: 'gum', gtins: ['00042000005005'] };
const TAG = '3035682EC80C0E4000001A85';

describe('hygiene', () => {
  it.each([
    ['empty', ''],
    ['empty', ' \r\n'],
    ['empty', ']E0'],
    ['too_long', 'x'.repeat(201)],
    ['control_characters', '59012\u000034123457'],
    ['control_characters', '5901234\n123457'],
    ['control_characters', '5901234\u0085123457'],
  ])('refuses (%s) %j', (detail, raw) => {
    expect(resolve(scan(raw), shelf(tea))).toMatchObject(badCode(detail));
  });

  it('takes the AIM identifier and the white space off', () => {
    expect(resolve(scan(' ]E05901234123457\r\n'), shelf(tea))).toMatchObject(
      found('tea', { gtin14: '05901234123457' }),
    );
    expect(resolve(scan('x'.repeat(200)), shelf(tea))).toMatchObject(unknown);
  });
});

describe('an exact code', () => {
  it('wins, even over a wrong check digit', () => {
    expect(resolve(scan('TEA-1'), shelf(tea))).toMatchObject(found('tea', { matched_by: 'raw' }));
    expect(resolve(scan('4006381333932'), shelf(tea))).toMatchObject(found('tea', { matched_by: 'raw' }));
    expect(resolve(scan('tea-1'), shelf(tea))).toMatchObject(unknown);
  });

  it('on two items is left to the shopper', () => {
    const two = shelf({ id: 'a', codes: ['X'] }, { id: 'b', codes: ['X'] });
    expect(resolve(scan('X'), two)).toMatchObject({
      ok: false,
      error: { code: 'bad_code', detail: 'ambiguous', candidates: [{ id: 'a' }, { id: 'b' }] },
    });
  });
});

describe('a GTIN', () => {
  it('is a bad code with a wrong check digit and an unknown item when nobody sells it', () => {
    expect(resolve(scan('5901234123456'), shelf(tea))).toMatchObject(badCode('check_digit'));
    expect(resolve(scan('4006381333931'), shelf(tea))).toMatchObject(unknown);
    expect(resolve(scan('5901234123457'), shelf(tea))).toMatchObject(
      found('tea', { matched_by: 'gtin14', gtin14: '05901234123457' }),
    );
  });

  it.each(['96385073', '036000291453', '15901234123455', '5901234123456'])(
    '%s is damaged in any source',
    (code) => {
      for (const source of ['camera', 'laser', 'typed', 'kiosk', 'nfc'] as const) {
        expect(resolve(scan(code, { source }), shelf(tea))).toMatchObject(badCode('check_digit'));
      }
    },
  );

  it('is not looked for in a Code 128 label, nor in odd lengths of interleaved 2 of 5', () => {
    expect(resolve(scan('5901234123457', { symbology: 'code_128' }), shelf(tea))).toMatchObject(unknown);
    expect(resolve(scan('5901234123456', { aim: ']C0' }), shelf(tea))).toMatchObject(unknown);
    expect(resolve(scan('036000291453', { symbology: 'itf' }), shelf(tea))).toMatchObject(unknown);
    expect(resolve(scan('1234567', {}), shelf(tea))).toMatchObject(unknown);
  });

  it('of a case falls back to its base unit, unless the case is sold itself', () => {
    expect(resolve(scan('15901234123454'), shelf(tea))).toMatchObject(
      found('tea', { gtin14: '05901234123457' }),
    );
    const crate: Known = { id: 'crate', gtins: ['15901234123454'] };
    expect(resolve(scan('15901234123454', { symbology: 'itf' }), shelf(tea, crate))).toMatchObject(
      found('crate', { gtin14: '15901234123454' }),
    );
  });
});

describe('eight digits', () => {
  const both = '04250005';

  it('are what the scanner says', () => {
    for (const told of [{ symbology: 'EAN-8' }, { symbology: 'ean_8' }, { aim: ']E4' }]) {
      expect(resolve(scan(both, told), shelf(pens, gum))).toMatchObject(
        found('pens', { gtin14: '00000004250005' }),
      );
    }
    for (const told of [{ symbology: 'UPC-E' }, { symbology: 'upc_e' }, { aim: ']E0' }]) {
      expect(resolve(scan(both, told), shelf(pens, gum))).toMatchObject(
        found('gum', { gtin14: '00042000005005' }),
      );
    }
  });

  it('are otherwise what the store sells', () => {
    expect(resolve(scan(both), shelf(pens))).toMatchObject(found('pens', { gtin14: '00000004250005' }));
    expect(resolve(scan(both), shelf(gum))).toMatchObject(found('gum', { gtin14: '00042000005005' }));
    expect(resolve(scan(both), shelf(tea))).toMatchObject(unknown);
  });

  it('are ambiguous when it sells both, but not when both are one item', () => {
    expect(resolve(scan(both), shelf(pens, gum))).toMatchObject({
      ok: false,
      error: { code: 'bad_code', detail: 'ambiguous', candidates: [{ id: 'pens' }, { id: 'gum' }] },
    });
    const one: Known = { id: 'one', gtins: ['00000004250005', '00042000005005'] };
    expect(resolve(scan(both), shelf(one))).toMatchObject(found('one', { matched_by: 'gtin14' }));
  });

  it('that are valid as neither are damaged', () => {
    expect(resolve(scan('04252615'), shelf(gum))).toMatchObject(badCode('check_digit'));
    expect(resolve(scan('04252614', { symbology: 'ean8' }), shelf(gum))).toMatchObject(
      badCode('check_digit'),
    );
  });

  it('may come as the six digits of a UPC-E', () => {
    expect(resolve(scan('425000'), shelf(gum))).toMatchObject(found('gum', { gtin14: '00042000005005' }));
    expect(resolve(scan('425261'), shelf(gum))).toMatchObject(unknown);
  });
});

describe('a tag', () => {
  it('is read in any spelling', () => {
    const spellings = [
      TAG,
      TAG.toLowerCase(),
      'urn:epc:tag:sgtin-96:1.5901234.012345.6789',
      'urn:epc:id:sgtin:5901234.012345.6789',
    ];
    for (const raw of spellings) {
      expect(resolve(scan(raw, { source: 'rfid' }), shelf(tea))).toMatchObject(
        found('tea', { matched_by: 'epc', epc: TAG, gtin14: '05901234123457', serial: '6789' }),
      );
    }
  });

  it('belongs to the item it is bound to, whatever it decodes to', () => {
    const coat: Known = { id: 'coat', epcs: [TAG, 'E2801160600002054D5A1B2C'] };
    expect(resolve(scan(TAG), shelf(tea, coat))).toMatchObject(found('coat', { epc: TAG, serial: '6789' }));
    expect(resolve(scan('e2801160600002054d5a1b2c'), shelf(tea, coat))).toMatchObject(
      found('coat', { epc: 'E2801160600002054D5A1B2C' }),
    );
  });

  it('named by its pure identity is found under the filter it bears', () => {
    const bound = '3074257BF46DB64000001A85';
    const coat: Known = { id: 'coat', epcs: [bound] };
    expect(resolve(scan('urn:epc:id:sgtin:0614141.112345.6789'), shelf(coat))).toMatchObject(
      found('coat', { epc: bound }),
    );
  });

  it('is unknown when it is sound and nobody sells it', () => {
    expect(resolve(scan(TAG), shelf(gum))).toMatchObject(unknown);
    expect(resolve(scan('E2801160600002054D5A1B2C'), shelf(gum))).toMatchObject(unknown);
  });

  it.each([
    ['bad_epc', '303C682EC80C0E4000001A85', 'laser'],
    ['bad_epc', 'urn:epc:id:sgtin:5901234.12345.6789', 'typed'],
    ['bad_epc', '3035682EC80C0E4000001A8', 'rfid'],
    ['bad_epc', '5901234123457', 'rfid'],
    ['unsupported', 'urn:epc:id:sscc:0614141.1234567890', 'camera'],
  ] as const)('is refused (%s): %s from %s', (detail, raw, source) => {
    expect(resolve(scan(raw, { source }), shelf(tea))).toMatchObject(badCode(detail));
  });
});
