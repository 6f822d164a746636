import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { unwrap } from '../result.ts';
import { baseUnitOf, checkDigit, expandUpcE, Gtin14, gtin14Of, hasCheckDigit } from './gtin.ts';

const VECTORS: string = '../../test/vectors/store.json';
const vectors = z
  .object({
    gtin_valid: z.array(z.string()),
    gtin_invalid: z.array(z.string()),
    gtin14: z.record(z.string(), z.string()),
    itf14: z.object({ case: z.string(), base_gtin14: z.string() }),
    upce: z.array(z.object({ upce8: z.string(), upca: z.string(), gtin14: z.string() })),
    ambiguous_8digit_count_ns0: z.number(),
  })
  .parse((await import(/* @vite-ignore */ VECTORS)).default);

const RUNS = { numRuns: 200, seed: 952 };
const digits = (n: number) =>
  fc.array(fc.integer({ min: 0, max: 9 }), { minLength: n, maxLength: n }).map((d) => d.join(''));

describe('GTIN', () => {
  it.each(vectors.gtin_valid)('accepts %s', (code) => {
    expect(gtin14Of(code)).toEqual({ ok: true, value: vectors.gtin14[code] });
    expect(Gtin14.safeParse(code.padStart(14, '0')).success).toBe(true);
  });

  it.each(vectors.gtin_invalid)('refuses %s and says the right digit', (code) => {
    const answer = gtin14Of(code);
    expect(answer).toMatchObject({ ok: false, error: { code: 'check_digit' } });
    if (!answer.ok && answer.error.code === 'check_digit') {
      expect(gtin14Of(code.slice(0, -1) + answer.error.expected).ok).toBe(true);
    }
    expect(Gtin14.safeParse(code.padStart(14, '0')).success).toBe(false);
  });

  it('reads UPC-A as the same key with and without its leading zero', () => {
    expect(unwrap(gtin14Of('036000291452'))).toBe('00036000291452');
    expect(unwrap(gtin14Of('0036000291452'))).toBe('00036000291452');
  });

  it.each(['', '1', '1234567', '12345678901', '123456789012345', '40063813339E1', ' 4006381333931'])(
    'is not fooled by %j',
    (text) => {
      expect(gtin14Of(text)).toEqual({ ok: false, error: { code: 'not_a_gtin' } });
    },
  );

  it('notices any single wrong digit', () => {
    fc.assert(
      fc.property(digits(13), fc.nat(13), fc.integer({ min: 1, max: 9 }), (body, at, by) => {
        const gtin = body + checkDigit(body);
        const wrong = (Number(gtin[at]) + by) % 10;
        expect(hasCheckDigit(gtin)).toBe(true);
        expect(hasCheckDigit(`${gtin.slice(0, at)}${wrong}${gtin.slice(at + 1)}`)).toBe(false);
      }),
      RUNS,
    );
  });

  it('finds the base unit of a case and of nothing else', () => {
    expect(baseUnitOf(Gtin14.parse(vectors.itf14.case))).toBe(vectors.itf14.base_gtin14);
    expect(baseUnitOf(Gtin14.parse(vectors.itf14.base_gtin14))).toBeNull();
    expect(baseUnitOf(Gtin14.parse('99506000134355'))).toBeNull();
  });
});

describe('UPC-E', () => {
  it.each(vectors.upce)('expands $upce8', ({ upce8, upca, gtin14 }) => {
    expect(unwrap(expandUpcE(upce8))).toBe(gtin14);
    expect(unwrap(gtin14Of(upca))).toBe(gtin14);
    if (upce8.startsWith('0')) expect(unwrap(expandUpcE(upce8.slice(1, 7)))).toBe(gtin14);
  });

  it('refuses another number system and a wrong check digit', () => {
    expect(expandUpcE('24252614')).toEqual({ ok: false, error: { code: 'not_a_gtin' } });
    expect(expandUpcE('04252615')).toEqual({ ok: false, error: { code: 'check_digit', expected: '4' } });
  });

  it('is an EAN-8 as well whenever the sixth digit is 5 to 9, and 58 % of the time overall', () => {
    // Every 97th code of number system 0 is sample enough.
    let both = 0;
    for (let six = 0; six < 1_000_000; six += 97) {
      const text = String(six).padStart(6, '0');
      const eight = `0${text}${unwrap(expandUpcE(text)).slice(13)}`;
      if (hasCheckDigit(eight)) both++;
      else expect(text.slice(5) < '5').toBe(true);
    }
    expect(both / Math.ceil(1_000_000 / 97)).toBeCloseTo(vectors.ambiguous_8digit_count_ns0 / 1_000_000, 2);
  });
});
