import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LINE_QUANTITY_MAX } from '../api/basket.ts';
import { Item } from '../catalog/item.ts';
import { BASKET_LINES_MAX, BASKET_UNITS_MAX } from './limits.ts';
import { addition, change, type HeldLine } from './lines.ts';

const item = (n: number, max_quantity?: number): Item =>
  Item.parse({
    id: `itm_00000000-0000-7000-8000-${String(n).padStart(12, '0')}`,
    sku: `S${n}`,
    name: `Item ${n}`,
    gtins: [],
    codes: [],
    category: [],
    unit_price: 100,
    tax_code: 'a',
    sold_by: 'each',
    tagged: false,
    ...(max_quantity === undefined ? {} : { max_quantity }),
  });
const line = (n: number, what: Item, quantity: number, epc: string | null = null): HeldLine => ({
  line_id: `lin_${n}`,
  item: what,
  quantity,
  epc,
});

describe('an addition', () => {
  it('grows the untagged line of its item, whatever else there is', () => {
    const lines = [line(1, item(1), 1, 'EPC'), line(2, item(1), 2), line(3, item(2), 1)];
    expect(addition(lines, { item: item(1), epc: null, quantity: 3 })).toEqual({
      ok: true,
      value: { kind: 'merge', line_id: 'lin_2', quantity: 5 },
    });
    expect(addition(lines, { item: item(3), epc: null, quantity: 3 })).toMatchObject({
      value: { kind: 'new' },
    });
    expect(addition(lines, { item: item(1), epc: 'OTHER', quantity: 1 })).toMatchObject({
      value: { kind: 'new' },
    });
  });

  it('is refused for the tag that is there, for two of one tag, and beyond the limits', () => {
    const code = (lines: HeldLine[], what: Item, quantity: number, epc: string | null = null) => {
      const verdict = addition(lines, { item: what, epc, quantity });
      return verdict.ok ? 'ok' : verdict.error.code;
    };
    expect(code([line(1, item(1), 1, 'EPC')], item(1), 1, 'EPC')).toBe('epc_in_basket');
    expect(code([], item(1), 2, 'EPC')).toBe('quantity_fixed');
    // The item's own limit counts over tagged and untagged lines.
    const three = [line(1, item(1, 4), 1, 'EPC'), line(2, item(1, 4), 2)];
    expect([code(three, item(1, 4), 1), code(three, item(1, 4), 2), code(three, item(1, 4), 1, 'X')]).toEqual(
      ['ok', 'quantity_limit', 'ok'],
    );
    expect(code([line(1, item(1), LINE_QUANTITY_MAX)], item(1), 1)).toBe('quantity_limit');
    const full = Array.from({ length: BASKET_LINES_MAX }, (_, i) => line(i, item(i), 1));
    expect([code(full, item(7), 1), code(full, item(777), 1)]).toEqual(['ok', 'basket_full']);
    const heavy = Array.from({ length: 11 }, (_, i) =>
      line(i, item(i), i < 10 ? 999 : BASKET_UNITS_MAX - 9_990),
    );
    expect(code(heavy, item(99), 1)).toBe('quantity_limit');
  });
});

describe('a change', () => {
  it('sets an absolute quantity and never less than the rules allow', () => {
    const lines = [line(1, item(1, 5), 3), line(2, item(2), 1, 'EPC')];
    const code = (id: string, quantity: number) => {
      const verdict = change(lines, id, quantity);
      return verdict.ok ? verdict.value.line_id : verdict.error.code;
    };
    expect([0, 1, 5, 6].map((quantity) => code('lin_1', quantity))).toEqual([
      'lin_1',
      'lin_1',
      'lin_1',
      'quantity_limit',
    ]);
    expect([0, 1, 2].map((quantity) => code('lin_2', quantity))).toEqual([
      'lin_2',
      'lin_2',
      'quantity_fixed',
    ]);
    expect(code('lin_9', 1)).toBe('not_found');
  });

  it('that takes away is allowed even where a limit was lowered meanwhile', () => {
    expect(change([line(1, item(1, 2), 5)], 'lin_1', 4)).toMatchObject({ ok: true });
  });
});

it('additions keep the invariants of the lines, whatever is scanned', () => {
  const scans = fc.record({
    n: fc.integer({ min: 1, max: 4 }),
    epc: fc.option(fc.constantFrom('A', 'B', 'C')),
    quantity: fc.integer({ min: 1, max: 5 }),
  });
  fc.assert(
    fc.property(fc.array(scans, { maxLength: 30 }), (sequence) => {
      let lines: HeldLine[] = [];
      for (const { n, epc, quantity } of sequence) {
        const scanned = { item: item(n, 6), epc, quantity };
        const verdict = addition(lines, scanned);
        if (!verdict.ok) continue;
        const place = verdict.value;
        lines =
          place.kind === 'merge'
            ? lines.map((one) => (one.line_id === place.line_id ? { ...one, quantity: place.quantity } : one))
            : [...lines, line(lines.length + 1, scanned.item, quantity, epc)];
        const untagged = lines.filter((one) => one.epc === null).map((one) => one.item.id);
        const tags = lines.flatMap((one) => one.epc ?? []);
        expect(new Set(untagged).size).toBe(untagged.length);
        expect(new Set(tags).size).toBe(tags.length);
        for (const own of lines.filter((one) => one.epc !== null)) expect(own.quantity).toBe(1);
        for (let i = 1; i <= 4; i++) {
          const units = lines
            .filter((one) => one.item.sku === `S${i}`)
            .reduce((sum, one) => sum + one.quantity, 0);
          expect(units).toBeLessThanOrEqual(6);
        }
      }
    }),
    { seed: 5, numRuns: 200 },
  );
});
