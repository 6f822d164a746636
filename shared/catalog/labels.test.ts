import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ValueTemplate } from '../config/scan_policy.ts';
import { readMarkdownLabel } from './codes/markdown_label.ts';
import { priceVerifier } from './codes/price_verifier.ts';
import { readValueLabel } from './codes/value_label.ts';
import { checkDigit } from './gtin.ts';
import { resolve } from './resolve.ts';
import { type Known, rulesOf, shelfOf } from './test_shelf.fixture.ts';

const VECTORS: string = '../../test/vectors/store.json';
const vectors = z
  .object({
    embedded: z.array(
      z.object({
        tpl: z.string(),
        code: z.string(),
        item: z.string(),
        grams: z.number().optional(),
        price_minor: z.number().optional(),
        base_key: z.string(),
      }),
    ),
    price_verifier: z.record(z.string(), z.string()),
    rtc: z.array(
      z.object({
        type: z.string(),
        inner: z.string(),
        kind: z.enum(['A', 'P']),
        value_x100: z.number(),
        len25: z.string(),
        len24: z.string(),
      }),
    ),
    rtc_bad_check: z.string(),
  })
  .parse((await import(/* @vite-ignore */ VECTORS)).default);

const templates = vectors.embedded.map(({ tpl }) => tpl);
const scan = (raw: string, policy: unknown, ...items: Known[]) =>
  resolve({ raw, source: 'camera' }, shelfOf(...items), rulesOf(policy));

describe('a label with its value inside', () => {
  it.each(vectors.embedded)('$code by $tpl', ({ tpl, code, item, grams, price_minor, base_key }) => {
    expect(ValueTemplate.safeParse(tpl).success).toBe(true);
    const value = { item, key: base_key, ...(grams === undefined ? { price_minor } : { grams }) };
    expect(readValueLabel(code, tpl)).toEqual({ ok: true, value });
    const said = grams === undefined ? { price_minor } : { net_grams: grams };
    const apple: Known = { id: 'apple', gtins: [base_key.padStart(14, '0')] };
    const answer = { ok: true, value: { item: apple, matched_by: 'embedded', ...said } };
    expect(scan(code, { embedded_templates: templates }, apple)).toMatchObject(answer);
    // The key verbatim, or the retailer's own number, names it too.
    for (const known of [
      { id: 'apple', codes: [base_key] },
      { id: 'apple', sku: item },
    ])
      expect(scan(code, { embedded_templates: templates }, known)).toMatchObject({
        ok: true,
        value: { item: known, ...said },
      });
  });

  it.each(Object.entries(vectors.price_verifier))('the price %s is guarded by %s', (price, verifier) => {
    expect(priceVerifier(price)).toBe(verifier);
  });

  it('is nothing special without a template, and a code of the catalogue that begins like one is itself', () => {
    const code = vectors.embedded[0]?.code ?? '';
    expect(scan(code, {}, { id: 'apple', sku: '12345' })).toMatchObject({ error: { code: 'unknown_item' } });
    const jar: Known = { id: 'jar', gtins: [`0${code}`] };
    expect(scan(code, { embedded_templates: templates }, jar)).toMatchObject({
      value: { item: jar, matched_by: 'gtin14' },
    });
  });

  it('is refused with a wrong check digit and with a wrong verifier', () => {
    const apple: Known = { id: 'apple', sku: '01234' };
    expect(scan('2812345012504', { embedded_templates: templates }, apple)).toMatchObject({
      error: { detail: 'check_digit' },
    });
    const forged = '20123482875';
    expect(scan(`${forged}${checkDigit(forged)}`, { embedded_templates: templates }, apple)).toMatchObject({
      error: { detail: 'price_verifier' },
    });
  });

  it('is read as EAN-13 where the template is of a UPC-A, and the other way round', () => {
    const apple: Known = { id: 'apple', sku: '01234' };
    expect(scan('0201234928751', { embedded_templates: templates }, apple)).toMatchObject({
      value: { price_minor: 2875 },
    });
  });

  it('keeps item and value whatever they are', () => {
    fc.assert(
      fc.property(fc.nat(99_999), fc.nat(99_999), (item, grams) => {
        const body = `28${String(item).padStart(5, '0')}${String(grams).padStart(5, '0')}`;
        const read = readValueLabel(`${body}${checkDigit(body)}`, '28IIIIIWWWWWC');
        expect(read).toMatchObject({ ok: true, value: { item: body.slice(2, 7), grams } });
      }),
      { numRuns: 200, seed: 28 },
    );
  });

  it.each([
    'IIIIIWWWWWC',
    '28IIIIIWWWWW',
    '28IIIIIPPWWWC',
    '2XIIIIIPPPPPC',
    '28IIIIVPPPC',
    '28IIIWWWWWWWWWC',
  ])('has no template %s', (template) => {
    expect(ValueTemplate.safeParse(template).success).toBe(false);
  });
});

describe('a reduce-to-clear label', () => {
  it.each(vectors.rtc)('$len25 and $len24', ({ inner, kind, value_x100, len25, len24 }) => {
    const markdown = { mode: kind === 'A' ? 'fixed' : 'percent', value: value_x100 };
    for (const [text, length] of [
      [len25, 25],
      [len24, 24],
    ] as const) {
      expect(readMarkdownLabel(text, length)).toMatchObject({ ok: true, value: { inner, markdown } });
      const known: Known = { id: 'tea', codes: [inner] };
      expect(scan(text, { rtc: { length } }, known)).toMatchObject({
        ok: true,
        value: { item: known, matched_by: 'rtc', markdown },
      });
      expect(scan(text, { rtc: { length: 49 - length } }, known)).toMatchObject({
        error: { detail: 'rtc_invalid', why: 'layout' },
      });
    }
  });

  it.each([
    ['luhn', vectors.rtc_bad_check],
    ['padding', 'MP195901234123457A000150'],
    ['inner_check_digit', 'MP105901234123456A000150'],
    ['layout', 'MP605901234123457A0001509'],
    ['percent', 'MP105901234123457P010001'],
  ])('is refused for its %s: %s', (why, text) => {
    const digits = text.replace(/[^0-9]/g, '');
    const whole = text.length === 24 ? `${text}${luhnOf(digits)}` : text;
    expect(scan(whole, {}, { id: 'tea', gtins: ['05901234123457'] })).toMatchObject({
      ok: false,
      error: { code: 'bad_code', detail: 'rtc_invalid', why },
    });
  });

  it('counts hundredths of any currency', () => {
    const tea: Known = { id: 'tea', gtins: ['05901234123457'] };
    const priceIn = (currency: string) =>
      resolve(
        { raw: 'MP105901234123457A0001509', source: 'camera' },
        shelfOf(tea),
        rulesOf({}, { currency }),
      );
    expect(priceIn('KWD')).toMatchObject({ value: { markdown: { value: 1_500 } } });
    expect(priceIn('JPY')).toMatchObject({ value: { markdown: { value: 2 } } });
  });

  it('names what it read of a thing that nobody sells', () => {
    expect(scan('MP105901234123457A0001509', {})).toMatchObject({
      error: { code: 'unknown_item', read: { gtin14: '05901234123457', markdown: { value: 150 } } },
    });
  });
});

/** ISO/IEC 7812-1 written out: from the right, every second digit doubled, tens and ones added. */
function luhnOf(digits: string): string {
  const sum = [...digits].reverse().reduce((total, digit, i) => {
    const value = Number(digit) * (i % 2 === 0 ? 2 : 1);
    return total + Math.floor(value / 10) + (value % 10);
  }, 0);
  return String((10 - (sum % 10)) % 10);
}
