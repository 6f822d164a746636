import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  amountOverLines,
  type HeldLine,
  leftOf,
  paidShare,
  refundTaxes,
  repricedAmounts,
} from './line_amounts.ts';
import { type RefundableLine, refundableLines } from './refundable_lines.ts';

const RUNS = { seed: 20261128, numRuns: 500 };

const VAT = { tax_code: 'standard', level_id: 'vat', name: 'VAT', rate_ppm: 200_000 };
const line = (more: Partial<RefundableLine> = {}): RefundableLine => ({
  line_id: 'lin_1',
  quantity: 3,
  paid: 1000,
  deposit: 0,
  taxes: [{ ...VAT, tax: 167 }],
  epc: null,
  refundable: true,
  parent_line_id: null,
  ...more,
});

/** Refunds portion after portion of a line and holds what went back. */
function inPortions(of: RefundableLine, portions: readonly number[], mode: 'proportional' | 'price_based') {
  const held: HeldLine[] = [];
  for (const quantity of portions) {
    const { share, amount } = paidShare(of, held, quantity);
    const taxes = refundTaxes(of, held, amount, mode);
    held.push({ line_id: of.line_id, quantity, share, amount, taxes });
  }
  return held;
}
const amounts = (held: readonly HeldLine[]) => held.map(({ amount }) => amount);
const total = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

describe('what was paid for units', () => {
  it('is rounded cumulatively: 10.00 for three are 3.33, 3.34 and 3.33', () => {
    expect(amounts(inPortions(line(), [1, 1, 1], 'proportional'))).toEqual([333, 334, 333]);
    expect(amounts(inPortions(line(), [2, 1], 'proportional'))).toEqual([667, 333]);
  });

  it('is 1.26 for each of three that cost 3.78', () => {
    expect(amounts(inPortions(line({ paid: 378 }), [1, 1, 1], 'proportional'))).toEqual([126, 126, 126]);
  });

  it('contains the deposit of each unit whole: 3 × 2.49 + 0.75', () => {
    const bottles = line({ paid: 822, deposit: 75 });
    expect(amounts(inPortions(bottles, [1, 1, 1], 'proportional'))).toEqual([274, 274, 274]);
    // 10 % off the goods alone: 7.47 is 6.72, and the deposit stays.
    const cheaper = line({ paid: 672 + 75, deposit: 75 });
    expect(amounts(inPortions(cheaper, [1, 1, 1], 'proportional'))).toEqual([224 + 25, 224 + 25, 224 + 25]);
  });

  it('is what a share of the basket’s promotion left of it: 5.00 off 30.00, 15.00 and 5.01', () => {
    // The engine spreads the promotion; its lines come with what they were sold for.
    const sold = refundableLines(
      [2700, 1350, 451].map((left, i) => ({
        line_id: `lin_${i + 1}`,
        quantity: 1,
        total: left,
        tax_code: 'standard',
        epc: null,
      })),
      {
        subtotal: 5001,
        discount: 500,
        total: 4501,
        taxes: [{ ...VAT, tax: 750, taxable: 3751 }],
      },
    );
    expect(sold.map((one) => paidShare(one, [], 1).amount)).toEqual([2700, 1350, 451]);
    expect(total(sold.flatMap(({ taxes }) => taxes.map(({ tax }) => tax)))).toBe(750);
  });

  it('is given to the next unit where an earlier refund of one failed', () => {
    const [first, , third] = inPortions(line(), [1, 1, 1], 'proportional');
    const held = [first, third].flatMap((one) => one ?? []);
    expect(paidShare(line(), held, 1).amount).toBe(334);
  });

  it('sums to the line in any portions, with its taxes', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 12 }),
        fc.integer({ min: 0, max: 10_000_000 }),
        fc.integer({ min: 0, max: 50 }),
        fc.nat(),
        (portions, goods, each, seed) => {
          const quantity = total(portions);
          const deposit = each * quantity;
          const paid = goods + deposit;
          const tax = paid === 0 ? 0 : seed % (paid + 1);
          const of = line({ quantity, paid, deposit, taxes: [{ ...VAT, tax }] });
          const held = inPortions(of, portions, 'proportional');
          expect(total(amounts(held))).toBe(paid);
          expect(total(held.flatMap(({ taxes }) => taxes.map((level) => level.tax)))).toBe(tax);
          for (const one of held) {
            const exact = (goods * one.quantity) / quantity + each * one.quantity;
            expect(Math.abs(one.amount - exact)).toBeLessThanOrEqual(1);
          }
        },
      ),
      RUNS,
    );
  });
});

it('of a line of which more went back than there was nothing is left', () => {
  const twice = [1, 2].map(() => ({ line_id: 'lin_1', quantity: 3, share: 1000, amount: 1000, taxes: [] }));
  expect(leftOf(line(), twice)).toEqual({ quantity: 0, amount: 0 });
  expect(paidShare(line(), twice, 0)).toEqual({ share: 0, amount: 0 });
});

describe('a sum over all lines', () => {
  it('never takes more of a line than is left of it', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 5_000 }), fc.integer({ min: 0, max: 5_000 })), {
          minLength: 1,
          maxLength: 10,
        }),
        fc.nat(),
        (pairs, seed) => {
          const lines = pairs.map(([left, gone], i) => line({ line_id: `lin_${i + 1}`, paid: left + gone }));
          const held = pairs.map(([, gone], i) => ({
            ...{ line_id: `lin_${i + 1}`, quantity: 0, share: 0, amount: gone },
            taxes: [],
          }));
          const room = total(pairs.map(([left]) => left));
          const amount = seed % (room + 1);
          const spread = amountOverLines(lines, held, amount);
          expect(total(spread.map((one) => one.amount))).toBe(amount);
          for (const one of spread) {
            const of = lines.find(({ line_id }) => line_id === one.line_id) ?? line();
            expect(one.amount).toBeLessThanOrEqual(leftOf(of, held).amount);
          }
        },
      ),
      RUNS,
    );
  });
});

describe('the kept goods priced anew', () => {
  /** Each costs 5.00; three of them 10.00. */
  const threeForTen = (kept: ReadonlyMap<string, number>) => {
    const units = total([...kept.values()]);
    return Math.floor(units / 3) * 1000 + (units % 3) * 500;
  };

  it('takes the bundle’s discount back: of "3 for 10.00" the first unit that comes back is worth nothing', () => {
    const of = line();
    const first = repricedAmounts([of], [], [{ line_id: 'lin_1', quantity: 1 }], threeForTen);
    expect(first?.map(({ amount }) => amount)).toEqual([0]);
    const held = [{ line_id: 'lin_1', quantity: 1, share: 333, amount: 0, taxes: [] }];
    const second = repricedAmounts([of], held, [{ line_id: 'lin_1', quantity: 1 }], threeForTen);
    expect(second?.map(({ amount }) => amount)).toEqual([500]);
    const last = repricedAmounts(
      [of],
      [...held, { line_id: 'lin_1', quantity: 1, share: 334, amount: 500, taxes: [] }],
      [{ line_id: 'lin_1', quantity: 1 }],
      threeForTen,
    );
    expect(last?.map(({ amount }) => amount)).toEqual([500]);
  });

  it('never pays the customer less than nothing, nor more than was paid for what comes back', () => {
    const lines = [line(), line({ line_id: 'lin_2', paid: 200, quantity: 1 })];
    const asked = [{ line_id: 'lin_2', quantity: 1 }];
    expect(repricedAmounts(lines, [], asked, () => 5000)?.[0]?.amount).toBe(0);
    expect(repricedAmounts(lines, [], asked, () => 0)?.[0]?.amount).toBe(200);
  });

  it('is not known where nobody can price them', () => {
    expect(repricedAmounts([line()], [], [{ line_id: 'lin_1', quantity: 1 }], () => null)).toBeNull();
  });
});

describe('the taxes of what goes back', () => {
  it('are the line’s own by share, or reckoned from the amount', () => {
    const of = line({ taxes: [{ ...VAT, tax: 160 }] });
    expect(refundTaxes(of, [], 333, 'proportional').map(({ tax }) => tax)).toEqual([53]);
    expect(refundTaxes(of, [], 333, 'price_based').map(({ tax }) => tax)).toEqual([55]);
  });

  it('are spread over the levels of a code', () => {
    const half = (level_id: string, tax: number) => ({ ...VAT, level_id, rate_ppm: 90_000, tax });
    const of = line({ paid: 1180, taxes: [half('cgst', 90), half('sgst', 90)] });
    expect(refundTaxes(of, [], 590, 'proportional').map(({ tax }) => tax)).toEqual([45, 45]);
    expect(refundTaxes(of, [], 590, 'price_based').map(({ tax }) => tax)).toEqual([45, 45]);
  });

  it('stand on top of the price where prices exclude them', () => {
    const [of] = refundableLines(
      [{ line_id: 'lin_1', quantity: 2, total: 1000, tax_code: 'standard', epc: null }],
      { subtotal: 1000, discount: 0, total: 1200, taxes: [{ ...VAT, tax: 200, taxable: 1000 }] },
    );
    expect(of?.paid).toBe(1200);
    expect(of && paidShare(of, [], 1)).toEqual({ share: 600, amount: 600 });
  });

  it('of nothing are nothing', () => {
    expect(refundTaxes(line({ paid: 0, taxes: [{ ...VAT, tax: 0 }] }), [], 0, 'proportional')[0]?.tax).toBe(
      0,
    );
    expect(refundTaxes(line({ taxes: [] }), [], 500, 'price_based')).toEqual([]);
  });
});
