import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { unwrap } from '../result.ts';
import { type TaxTable, taxOf, taxTable } from './tax.ts';

const VECTORS: string = '../../test/vectors/store.json';
const vectors = z
  .object({ tax: z.record(z.string(), z.number()) })
  .parse((await import(/* @vite-ignore */ VECTORS)).default);

const table = taxTable([
  { code: 'standard', levels: [{ id: 'vat', name: 'VAT 20 %', rate_ppm: 200_000 }] },
  { code: 'nineteen', levels: [{ id: 'vat', name: 'VAT 19 %', rate_ppm: 190_000 }] },
  { code: 'zero', levels: [{ id: 'vat', name: 'VAT 0 %', rate_ppm: 0 }] },
  {
    code: 'gst-pst',
    levels: [
      { id: 'gst', name: 'GST 5 %', rate_ppm: 50_000 },
      { id: 'pst', name: 'PST 8 %', rate_ppm: 80_000 },
    ],
  },
  {
    code: 'state-city',
    levels: [
      { id: 'state', name: 'State 4 %', rate_ppm: 40_000 },
      { id: 'city', name: 'City 4.875 %', rate_ppm: 48_750 },
    ],
  },
]);
const lines = (tax_code: string, ...amounts: number[]) =>
  amounts.map((amount, i) => ({ line_id: `lin_${i + 1}`, tax_code, amount }));
const inclusive = { inclusive: true, rounding: 'line' } as const;
const exclusive = { inclusive: false, rounding: 'line' } as const;

describe('taxOf', () => {
  it('agrees with the published examples', () => {
    expect(unwrap(taxOf(lines('standard', 1000), table, exclusive)).tax).toBe(
      vectors.tax['exclusive 20% on 1000'],
    );
    expect(unwrap(taxOf(lines('standard', 1200), table, inclusive)).tax).toBe(
      vectors.tax['inclusive 20% in 1200'],
    );
    expect(unwrap(taxOf(lines('nineteen', 274 * 3 - 75), table, inclusive)).tax).toBe(
      vectors.tax['inclusive 19% in 274*3-75'],
    );
  });

  it('takes several levels out of an inclusive price together', () => {
    const taxes = unwrap(taxOf(lines('gst-pst', 11_300), table, inclusive));
    expect(taxes).toMatchObject({ net: 10_000, tax: 1_300, gross: 11_300 });
    expect(taxes.breakdown).toEqual([
      { tax_code: 'gst-pst', level_id: 'gst', name: 'GST 5 %', rate_ppm: 50_000, taxable: 10_000, tax: 500 },
      { tax_code: 'gst-pst', level_id: 'pst', name: 'PST 8 %', rate_ppm: 80_000, taxable: 10_000, tax: 800 },
    ]);
  });

  it('adds several levels to an exclusive price', () => {
    const taxes = unwrap(taxOf(lines('state-city', 2_000), table, exclusive));
    expect(taxes).toMatchObject({ net: 2_000, tax: 178, gross: 2_178 });
    expect(taxes.breakdown.map((row) => row.tax)).toEqual([80, 98]);
  });

  it('rounds once a line or once an invoice, as the store says', () => {
    const three = lines('standard', 333, 333, 333);
    expect(unwrap(taxOf(three, table, inclusive)).tax).toBe(165);
    const invoice = unwrap(taxOf(three, table, { inclusive: true, rounding: 'invoice' }));
    expect(invoice.tax).toBe(166);
    expect(invoice.lines.map((line) => line.tax)).toEqual([55, 55, 56]);
  });

  it('keeps the lines in their order and the codes apart', () => {
    const mixed = [...lines('standard', 1200), ...lines('zero', 300), ...lines('standard', 600)];
    const taxes = unwrap(taxOf(mixed, table, { inclusive: true, rounding: 'invoice' }));
    expect(taxes.lines.map((line) => line.net)).toEqual([1000, 300, 500]);
    expect(taxes.breakdown.map(({ tax_code, taxable, tax }) => [tax_code, taxable, tax])).toEqual([
      ['standard', 1500, 300],
      ['zero', 300, 0],
    ]);
  });

  it('refuses a code that the store does not know', () => {
    expect(
      taxOf([...lines('zero', 1), { line_id: 'lin_9', tax_code: 'toString', amount: 5 }], table, inclusive),
    ).toEqual({
      ok: false,
      error: { code: 'tax_code_unknown', tax_code: 'toString', line_id: 'lin_9' },
    });
    expect(unwrap(taxOf([], table, inclusive))).toEqual({
      net: 0,
      tax: 0,
      gross: 0,
      lines: [],
      breakdown: [],
    });
  });

  it('sums exactly in every direction and stays within the amounts', () => {
    const rate = fc.integer({ min: 0, max: 1_000_000 });
    const anyTable = fc
      .array(fc.array(rate, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 3 })
      .map(
        (codes): TaxTable =>
          taxTable(
            codes.map((rates, code) => ({
              code: String(code),
              levels: rates.map((rate_ppm, i) => ({ id: `l${i}`, name: `L${i}`, rate_ppm })),
            })),
          ),
      );
    const amount = fc.oneof(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 10 ** 9 }));
    fc.assert(
      fc.property(
        anyTable,
        fc.array(fc.tuple(fc.nat(2), amount), { maxLength: 12 }),
        fc.boolean(),
        fc.constantFrom('line' as const, 'invoice' as const),
        (anyCodes, picks, isInclusive, rounding) => {
          const basket = picks.map(([code, amount], i) => ({
            line_id: String(i),
            tax_code: String(code % anyCodes.size),
            amount,
          }));
          const taxes = unwrap(taxOf(basket, anyCodes, { inclusive: isInclusive, rounding }));
          const sum = (values: number[]) => values.reduce((a, b) => a + b, 0);
          expect(taxes.gross).toBe(taxes.net + taxes.tax);
          expect(sum(taxes.breakdown.map((row) => row.tax))).toBe(taxes.tax);
          for (const [i, line] of taxes.lines.entries()) {
            expect(line.gross).toBe(line.net + line.tax);
            expect(isInclusive ? line.gross : line.net).toBe(basket[i]?.amount);
            expect(sum(line.levels.map((level) => level.tax))).toBe(line.tax);
            expect(
              Math.min(line.net, line.tax, ...line.levels.map((level) => level.tax)),
            ).toBeGreaterThanOrEqual(0);
          }
          for (const field of ['net', 'tax', 'gross'] as const) {
            expect(sum(taxes.lines.map((line) => line[field]))).toBe(taxes[field]);
          }
          for (const code of anyCodes.keys()) {
            const own = taxes.lines.filter((line) => line.tax_code === code);
            for (const row of taxes.breakdown.filter((r) => r.tax_code === code)) {
              expect(
                sum(
                  own
                    .flatMap((line) => line.levels.filter((l) => l.level_id === row.level_id))
                    .map((l) => l.tax),
                ),
              ).toBe(row.tax);
              expect(row.taxable).toBe(sum(own.map((line) => line.net)));
            }
          }
        },
      ),
      { numRuns: 300, seed: 7 },
    );
  });
});
