import fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import { z } from 'zod';
import { checkDigit, expandUpcE, Gtin14, gtin14Of, hasCheckDigit } from '../../shared/catalog/gtin.ts';
import { resolve } from '../../shared/catalog/resolve.ts';
import { type Known, rulesOf, shelfOf } from '../../shared/catalog/test_shelf.fixture.ts';

const VECTORS: string = '../vectors/store.json';
const vectors = z
  .object({ ambiguous_8digit_count_ns0: z.number() })
  .parse((await import(/* @vite-ignore */ VECTORS)).default);
const LONG = process.env['LONG'] !== undefined;
const RUNS = LONG ? 20_000 : 500;
// A busy machine is not a failure.
vi.setConfig({ testTimeout: 600_000 });

const digits = (count: number) => fc.stringMatching(new RegExp(`^[0-9]{${count}}$`));

it('more than half of all UPC-E codes pass as EAN-8, and every one whose sixth digit is 5 to 9', () => {
  // Whether a code does depends on its digits one by one, so one code in a hundred tells the share exactly.
  const step = LONG ? 1 : 101;
  let [counted, both] = [0, 0];
  for (let n = 0; n < 1_000_000; n += step) {
    const six = String(n).padStart(6, '0');
    const upcA = expandUpcE(six);
    if (!upcA.ok) throw new Error(six);
    const eight = `0${six}${upcA.value.slice(-1)}`;
    counted++;
    const isBoth = hasCheckDigit(eight);
    if (isBoth) both++;
    else if (/[5-9]$/.test(six)) throw new Error(`${eight} is no EAN-8`);
  }
  const share = both / counted;
  if (LONG) expect(both).toBe(vectors.ambiguous_8digit_count_ns0);
  else expect(Math.abs(share - vectors.ambiguous_8digit_count_ns0 / 1_000_000)).toBeLessThan(0.01);
});

it('every length of a GTIN has one key, which is its own', () => {
  fc.assert(
    fc.property(fc.constantFrom(7, 11, 12, 13).chain(digits), (body) => {
      const code = `${body}${checkDigit(body)}`;
      const key = gtin14Of(code);
      if (!key.ok) throw new Error(code);
      expect(Gtin14.parse(key.value)).toBe(code.padStart(14, '0'));
      expect(gtin14Of(key.value)).toEqual(key);
      if (code.length === 12) expect(gtin14Of(`0${code}`)).toEqual(key);
    }),
    { numRuns: RUNS, seed: 14 },
  );
});

it('a code without a symbology sells one thing, both named, or nothing: never the wrong one', () => {
  fc.assert(
    fc.property(digits(6), fc.boolean(), fc.boolean(), (six, sellsEan, sellsUpc) => {
      const upcA = expandUpcE(six);
      if (!upcA.ok) throw new Error(six);
      const eight = `0${six}${upcA.value.slice(-1)}`;
      const ean: Known = { id: 'ean', gtins: [eight.padStart(14, '0')] };
      const upc: Known = { id: 'upc', gtins: [upcA.value] };
      const shelf = shelfOf(...(sellsEan ? [ean] : []), ...(sellsUpc ? [upc] : []));
      const scan = (aim?: string) => {
        const answer = resolve({ raw: eight, source: 'laser', aim }, shelf, rulesOf());
        if (!answer.ok) return answer.error.code === 'bad_code' ? answer.error.detail : answer.error.code;
        return answer.value.kind === 'item' ? answer.value.item.id : answer.value.kind;
      };
      const isEan = hasCheckDigit(eight);
      const eans = sellsEan && isEan;
      expect(scan()).toBe(eans && sellsUpc ? 'ambiguous' : eans ? 'ean' : sellsUpc ? 'upc' : 'unknown_item');
      expect(scan(']E0')).toBe(sellsUpc ? 'upc' : 'unknown_item');
      expect(scan(']E4')).toBe(isEan ? (sellsEan ? 'ean' : 'unknown_item') : 'check_digit');
    }),
    { numRuns: RUNS, seed: 8 },
  );
});
