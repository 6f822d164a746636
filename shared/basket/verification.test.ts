import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Item } from '../catalog/item.ts';
import type { HeldLine } from './lines.ts';
import { coveredBy, covers, isNeeded, isSampled, rejectedLines, verificationNeed } from './verification.ts';

const RULES = { categories: ['Knives'], sample_per_100k: 0 };
const BASKET = 'bsk_00000000-0000-7000-8000-000000000001';

const line = (n: number, more: object = {}, quantity = 1): HeldLine => ({
  line_id: `lin_${n}`,
  quantity,
  epc: null,
  item: Item.parse({
    id: `itm_00000000-0000-7000-8000-${String(n).padStart(12, '0')}`,
    sku: `S${n}`,
    name: `Item ${n}`,
    gtins: [],
    codes: [],
    category: ['Shop'],
    unit_price: 100,
    tax_code: 'standard',
    sold_by: 'each',
    tagged: false,
    ...more,
  }),
});
const wine = line(1, { age_restriction: 18 });
const spirits = line(2, { age_restriction: 21 });
const razor = line(3, { requires_approval: true });
const knife = line(4, { category: ['Kitchen', 'Knives'] });
const bread = line(5);
const needOf = (...lines: HeldLine[]) => verificationNeed(lines, RULES, BASKET);

describe('what staff must look at', () => {
  it('is the highest age, items and categories that the store named, each once', () => {
    expect(needOf(bread)).toEqual({ minimum_age: 0, reasons: [] });
    expect(needOf(wine, spirits, wine, razor, razor, knife)).toEqual({
      minimum_age: 21,
      reasons: [
        { kind: 'age', minimum_age: 21 },
        { kind: 'item', item_id: razor.item.id, name: 'Item 3' },
        { kind: 'category', category: 'Knives' },
      ],
    });
    expect(isNeeded(needOf(bread))).toBe(false);
  });

  it('is one basket in so many by chance, and never an empty one', () => {
    const ids = Array.from({ length: 20_000 }, (_, i) => `bsk_${i}`);
    const picked = ids.filter((id) => isSampled(id, 5_000)).length;
    expect(picked).toBeGreaterThan(800);
    expect(picked).toBeLessThan(1_200);
    expect([ids.some((id) => isSampled(id, 0)), ids.every((id) => isSampled(id, 100_000))]).toEqual([
      false,
      true,
    ]);
    const all = { categories: [], sample_per_100k: 100_000 };
    expect(verificationNeed([bread], all, BASKET).reasons).toEqual([{ kind: 'sample' }]);
    expect(isNeeded(verificationNeed([], all, BASKET))).toBe(false);
  });
});

describe('an approval', () => {
  const given = (...lines: HeldLine[]) => coveredBy(needOf(...lines), lines);
  const holds = (before: HeldLine[], after: HeldLine[]) => covers(given(...before), needOf(...after), after);

  it('holds for its age and below, and for the reasons that were seen', () => {
    expect(holds([wine], [wine, bread])).toBe(true);
    expect(holds([wine], [wine, spirits])).toBe(false);
    expect(holds([spirits], [wine])).toBe(true);
    expect(holds([wine], [wine, razor])).toBe(false);
    expect(holds([knife], [knife, wine])).toBe(false);
    expect(holds([knife, wine], [knife])).toBe(true);
  });

  it('of a basket that chance picked holds for the units that were there', () => {
    const all = { categories: [], sample_per_100k: 100_000 };
    const before = [line(1, {}, 3), bread];
    const covered = coveredBy(verificationNeed(before, all, BASKET), before);
    const still = (...after: HeldLine[]) => covers(covered, verificationNeed(after, all, BASKET), after);
    expect([still(line(1, {}, 2)), still(line(1, {}, 4)), still(line(1, {}, 3), line(9))]).toEqual([
      true,
      false,
      false,
    ]);
  });

  it('never ends because something was taken out', () => {
    const pool = [wine, spirits, razor, knife, bread];
    const some = fc.array(fc.constantFrom(...pool), { maxLength: 6 });
    fc.assert(
      fc.property(some, fc.array(fc.boolean(), { minLength: 6, maxLength: 6 }), (before, keeps) => {
        const after = before.filter((_, i) => keeps[i] === true);
        expect(holds(before, after)).toBe(true);
      }),
      { seed: 71, numRuns: 200 },
    );
  });
});

it('a rejection takes out what was restricted, or only what is for the oldest', () => {
  const lines = [wine, spirits, razor, knife, bread];
  const ids = (reject_policy: 'all_restricted' | 'highest_age_only', of = lines) =>
    rejectedLines(of, { categories: ['Knives'], reject_policy }).map(({ line_id }) => line_id);
  expect(ids('all_restricted')).toEqual(['lin_1', 'lin_2', 'lin_3', 'lin_4']);
  expect(ids('highest_age_only')).toEqual(['lin_2']);
  expect(ids('highest_age_only', [razor, bread])).toEqual(['lin_3']);
});
