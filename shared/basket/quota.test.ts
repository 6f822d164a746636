import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { QuotaPolicy } from '../config/basket_policy.ts';
import { ItemId } from '../ids/index.ts';
import { fitsQuota, type QuotaGoods, quotaParts, quotaPeriod, travellerOf } from './quota.ts';

/** `shared` knows no platform, its tests ask for what they need. */
const { process } = z
  .object({ process: z.object({ env: z.object({ LONG: z.string().optional() }) }) })
  .parse(globalThis);
const RUNS = process.env.LONG === undefined ? 500 : 50_000;

const SPIRITS = QuotaPolicy.parse({
  ...{ id: 'spirits', period: 'daily', limit: 4_000, unit: 'ml' },
  items: [
    { skus: ['MINI'], units_per_item: 50 },
    { categories: ['Spirits'], units_per_item: 1_000 },
  ],
});
const goods = (n: number, sku: string, category: string[], quantity: number): QuotaGoods => ({
  item_id: ItemId.parse(`itm_00000000-0000-7000-8000-${String(n).padStart(12, '0')}`),
  ...{ sku, category, quantity },
});
const litres = (quantity: number) => goods(1, 'RUM', ['Drinks', 'Spirits'], quantity);

describe('a quota', () => {
  it('counts what its rules speak of, the first of them', () => {
    const parts = quotaParts(SPIRITS, [litres(2), goods(2, 'MINI', ['Spirits'], 3), goods(3, 'TEA', [], 1)]);
    expect(parts.map(({ units_per_item, quantity }) => [units_per_item, quantity])).toEqual([
      [1_000, 2],
      [50, 3],
    ]);
  });

  it('of 4 000 ml of which 1 500 are used lets two of three litre bottles pass', () => {
    expect(fitsQuota(SPIRITS, 1_500, quotaParts(SPIRITS, [litres(3)]))).toEqual({
      ok: false,
      error: {
        ...{ quota_id: 'spirits', unit: 'ml', limit: 4_000 },
        ...{ used: 1_500, requested: 3_000, allowed: 2 },
      },
    });
    expect(fitsQuota(SPIRITS, 1_500, quotaParts(SPIRITS, [litres(2)])).ok).toBe(true);
    expect(fitsQuota(SPIRITS, 9_000, quotaParts(SPIRITS, [litres(1)]))).toMatchObject({
      error: { allowed: 0 },
    });
  });

  it('lets pass just as many as it says', () => {
    fc.assert(
      fc.property(fc.nat({ max: 5_000 }), fc.integer({ min: 1, max: 9 }), (used, quantity) => {
        const fits = fitsQuota(SPIRITS, used, quotaParts(SPIRITS, [litres(quantity)]));
        if (fits.ok) return;
        const { allowed } = fits.error;
        expect(allowed).toBeLessThan(quantity);
        expect(used + 1_000 * (allowed + 1)).toBeGreaterThan(4_000);
        if (allowed > 0) expect(used + 1_000 * allowed).toBeLessThanOrEqual(4_000);
      }),
      { seed: 5, numRuns: RUNS },
    );
  });

  it('counts by the store`s day, month or year', () => {
    const of = (period: QuotaPolicy['period']) => quotaPeriod({ ...SPIRITS, period }, '2026-07-09');
    expect([of('daily'), of('monthly'), of('yearly')]).toEqual(['2026-07-09', '2026-07', '2026']);
  });
});

describe('a traveller', () => {
  const pass = (day: string, name = 'DOE/JANE', booking = 'ABC123') =>
    `M1${name.padEnd(20)}E${booking.padEnd(7)}LHRCPHSK 0501 ${day}Y012C0007 100`;

  it('is the name and the booking of the pass, on whatever flight', () => {
    expect(travellerOf(pass('190'), '2026-07-09')).toEqual({ ok: true, value: 'DOE/JANE\nABC123' });
    expect(travellerOf(pass('190', 'DOE/JOHN'), '2026-07-09')).toEqual({
      ok: true,
      value: 'DOE/JOHN\nABC123',
    });
  });

  it('flies within two days of the store`s, over the end of a year too', () => {
    const refused = { ok: false, error: { code: 'other_day' } };
    expect(['188', '192'].map((day) => travellerOf(pass(day), '2026-07-09').ok)).toEqual([true, true]);
    expect(travellerOf(pass('187'), '2026-07-09')).toEqual(refused);
    expect(travellerOf(pass('193'), '2026-07-09')).toEqual(refused);
    expect(travellerOf(pass('002'), '2026-12-31').ok).toBe(true);
    expect(travellerOf(pass('364'), '2027-01-01').ok).toBe(true);
    expect(travellerOf(pass('000'), '2027-01-01')).toEqual(refused);
    expect(travellerOf('no pass', '2026-07-09')).toEqual({ ok: false, error: { code: 'unreadable' } });
  });
});
