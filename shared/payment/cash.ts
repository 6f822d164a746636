import { roundCash } from '../money/cash.ts';

/** What a tender of cash comes to, in minor units. */
export interface CashTender {
  /** What of the order it pays. */
  captured: number;
  tendered: number;
  change: number;
  /** What rounding to the smallest coin adds to the sum that is paid in cash; negative: takes off. */
  rounding: number;
}

/**
 * Pays in cash what is due, or a part of it. Only the cash that settles the whole rest is rounded to the smallest coin,
 * half a step up; the drawer then holds `captured + rounding` more.
 * @param due what is still due of the order
 * @param asked the part of it to be paid in cash
 * @param tendered what was handed over; null: the exact sum
 * @param step the smallest coin
 */
export function cashTender(due: number, asked: number, tendered: number | null, step: number): CashTender {
  const rounded = asked === due ? roundCash(due, step) : asked;
  const given = tendered ?? rounded;
  if (given >= rounded) {
    return { captured: asked, tendered: given, change: given - rounded, rounding: rounded - asked };
  }
  return { captured: Math.min(given, asked), tendered: given, change: 0, rounding: 0 };
}
