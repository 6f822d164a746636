import type { RefundTax } from '../api/refund.ts';
import { allocate } from '../money/allocate.ts';
import { proportion } from '../money/rounding.ts';
import type { RefundableLine } from './refundable_lines.ts';

/** What refunds that count already hold of a line: units, their shares of the price, money and taxes. */
export interface HeldLine {
  line_id: string;
  quantity: number;
  /** What the units were worth; `amount` may be less where staff gave back less. */
  share: number;
  amount: number;
  taxes: readonly RefundTax[];
}

export interface LineAmount {
  line_id: string;
  quantity: number;
  share: number;
  amount: number;
}

/** What the kept units would have cost by themselves, taxes included; null: nobody can tell any more. */
export type Reprice = (kept: ReadonlyMap<string, number>) => number | null;

const PPM = 1_000_000;
const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

export function heldOf(held: readonly HeldLine[], lineId: string): Omit<HeldLine, 'line_id' | 'taxes'> {
  const own = held.filter(({ line_id }) => line_id === lineId);
  const total = (field: 'quantity' | 'share' | 'amount') => sum(own.map((line) => line[field]));
  return { quantity: total('quantity'), share: total('share'), amount: total('amount') };
}

/** Units and money of a line that may still go back: nothing where a bank went through with what it had refused. */
export function leftOf(
  line: RefundableLine,
  held: readonly HeldLine[],
): { quantity: number; amount: number } {
  const { quantity, amount } = heldOf(held, line.line_id);
  return { quantity: Math.max(0, line.quantity - quantity), amount: Math.max(0, line.paid - amount) };
}

/**
 * What the customer paid for `quantity` more units. Rounding is cumulative, so that the shares of all units sum to
 * what was paid for the line: of 10.00 for three units they are 3.33, 3.34 and 3.33. A deposit comes back whole,
 * unit by unit. Never more than the line's money that is left.
 */
export function paidShare(
  line: RefundableLine,
  held: readonly HeldLine[],
  quantity: number,
): { share: number; amount: number } {
  const before = heldOf(held, line.line_id);
  const after = before.quantity + quantity;
  const goods = proportion(line.paid - line.deposit, after, line.quantity);
  const worth = goods + proportion(line.deposit, after, line.quantity);
  const share = Math.max(0, worth - before.share);
  return { share, amount: Math.min(share, Math.max(0, line.paid - before.amount)) };
}

/**
 * The amounts of goods that come back when the kept ones are priced anew: what was paid for everything, less what
 * the kept goods cost, less what went back before; never below 0 nor above the lines' money that is left. Null
 * where the kept goods cannot be priced.
 */
export function repricedAmounts(
  lines: readonly RefundableLine[],
  held: readonly HeldLine[],
  asked: readonly { line_id: string; quantity: number }[],
  reprice: Reprice,
): LineAmount[] | null {
  const units = new Map(asked.map(({ line_id, quantity }) => [line_id, quantity]));
  const kept = new Map(
    lines.map((line) => [line.line_id, leftOf(line, held).quantity - (units.get(line.line_id) ?? 0)]),
  );
  const cost = reprice(kept);
  if (cost === null) return null;
  const back = lines.filter((line) => units.has(line.line_id));
  const shares = back.map((line) => paidShare(line, held, units.get(line.line_id) ?? 0));
  const caps = back.map((line) => leftOf(line, held).amount);
  const paid = sum(lines.map((line) => line.paid)) - sum(held.map(({ amount }) => amount));
  const total = Math.min(Math.max(0, paid - cost), sum(caps));
  const amounts = allocate(
    total,
    shares.map(({ amount }) => amount),
    caps,
  );
  return back.map((line, i) => ({
    line_id: line.line_id,
    quantity: units.get(line.line_id) ?? 0,
    share: shares[i]?.share ?? 0,
    amount: amounts[i] ?? 0,
  }));
}

/** A sum that belongs to no goods, spread over the money of all lines that is left. It must not be more than that. */
export function amountOverLines(
  lines: readonly RefundableLine[],
  held: readonly HeldLine[],
  amount: number,
): LineAmount[] {
  const left = lines.map((line) => leftOf(line, held).amount);
  return allocate(amount, left, left).flatMap((share, i) => {
    const line = lines[i];
    return line === undefined || share === 0
      ? []
      : [{ line_id: line.line_id, quantity: 0, share: 0, amount: share }];
  });
}

/**
 * The taxes in an amount that goes back. `proportional`: the line's own taxes by its money, rounded cumulatively, so
 * that they come back whole with the last of it. `price_based`: reckoned anew from the amount.
 */
export function refundTaxes(
  line: RefundableLine,
  held: readonly HeldLine[],
  amount: number,
  mode: 'proportional' | 'price_based',
): RefundTax[] {
  if (mode === 'price_based') {
    const rates = line.taxes.map(({ rate_ppm }) => rate_ppm);
    const tax = amount - proportion(amount, PPM, PPM + sum(rates));
    const shares = rates.length === 0 ? [] : allocate(tax, rates);
    return line.taxes.map((level, i) => ({ ...level, tax: shares[i] ?? 0 }));
  }
  const own = held.filter(({ line_id }) => line_id === line.line_id);
  const before = sum(own.map((one) => one.amount));
  return line.taxes.map((level) => {
    const gone = sum(
      own
        .flatMap(({ taxes }) => taxes)
        .filter(({ level_id }) => level_id === level.level_id)
        .map(({ tax }) => tax),
    );
    const worth = line.paid === 0 ? 0 : proportion(level.tax, before + amount, line.paid);
    return { ...level, tax: Math.max(0, worth - gone) };
  });
}
