import { z } from 'zod';

/** What a retailer keeps for somebody. `credit` is what the customer owes the shop, the others what the shop owes. */
export const LedgerKind = z.enum(['gift_card', 'loyalty', 'credit', 'budget_code']);
export type LedgerKind = z.infer<typeof LedgerKind>;

const RATIO_MAX = 1_000_000;

/** What one point is worth in minor units, as a fraction of whole numbers. */
export const PointValue = z.strictObject({
  numerator: z.int().min(1).max(RATIO_MAX),
  denominator: z.int().min(1).max(RATIO_MAX),
});
export type PointValue = z.infer<typeof PointValue>;

/**
 * What a decision has to know of an account. Units are minor units of its currency, of `loyalty` points.
 * `balance` is the sum of the journal: what the holder has, of `credit` what she owes (below zero: an advance).
 */
export interface Book {
  kind: LedgerKind;
  status: 'active' | 'blocked';
  /** Most that may be owed; only of `credit`. */
  limit: number;
  minor_per_point: PointValue;
  balance: number;
  /** Units of all open holds. */
  held: number;
}

/** Units that may still be held. A limit that was lowered below the debt leaves nothing, never less. */
export function availableUnits({ kind, limit, balance, held }: Book): number {
  return Math.max(0, kind === 'credit' ? limit - balance - held : balance - held);
}

/** The same in minor units; a part of a minor unit buys nothing. */
export const availableMinor = (book: Book): number => minorOf(book, availableUnits(book));

/** What so many units buy, rounded down. */
export function minorOf({ kind, minor_per_point: { numerator, denominator } }: Book, units: number): number {
  return kind === 'loyalty' ? Number((BigInt(units) * BigInt(numerator)) / BigInt(denominator)) : units;
}

/** How many units an amount takes, rounded up, so that points never buy more than they are worth. */
export function unitsOf({ kind, minor_per_point: { numerator, denominator } }: Book, amount: number): number {
  if (kind !== 'loyalty') return amount;
  const per = BigInt(numerator);
  return Number((BigInt(amount) * BigInt(denominator) + per - 1n) / per);
}

/** What a sale of this kind does to the balance. */
export const saleSign = ({ kind }: Pick<Book, 'kind'>): 1 | -1 => (kind === 'credit' ? 1 : -1);
