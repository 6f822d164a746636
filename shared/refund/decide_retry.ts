import type { RefundLegAsk } from '../api/refund.ts';
import type { RefundPolicy } from '../config/refund_policy.ts';
import { err, ok, type Result } from '../result.ts';
import type { RefundRefusal } from './decide_refund.ts';
import { type HeldLine, leftOf } from './line_amounts.ts';
import type { RefundableLine } from './refundable_lines.ts';
import { checkSplit, type LegShare, type RefundableLeg, spreadOverLegs } from './spread.ts';

interface RetryFacts {
  lines: readonly RefundableLine[];
  /** Of other refunds, and of this one where it still holds its goods. */
  held: readonly HeldLine[];
  legs: readonly RefundableLeg[];
  policy: RefundPolicy;
  /** What the refund gives back for each line; empty where its goods are still held. */
  again: readonly { line_id: string; quantity: number; amount: number }[];
  /** What has not gone back yet, in minor units. */
  rest: number;
  /** Payments that refused it. */
  refused: ReadonlySet<string>;
}

/**
 * How what is left of a refund goes back: as staff split it, else over other payments than those that refused, else
 * over any. A refund that failed whole has let go of its goods, so it may find them gone.
 */
export function decideRetry(
  { lines, held, legs, policy, again, rest, refused }: RetryFacts,
  split: readonly RefundLegAsk[] | undefined,
): Result<LegShare[], RefundRefusal> {
  for (const { line_id, quantity, amount } of again) {
    const line = lines.find((one) => one.line_id === line_id);
    const left = line === undefined ? { quantity: 0, amount: 0 } : leftOf(line, held);
    if (quantity > left.quantity) return err({ code: 'quantity_refunded', line_id, left: left.quantity });
    if (amount > left.amount) return err({ code: 'refund_exceeds_line', line_id, left: left.amount });
  }
  if (split !== undefined) return checkSplit(legs, rest, split, policy);
  const others = legs.filter(({ payment_id }) => !refused.has(payment_id));
  const elsewhere = spreadOverLegs(others, rest, policy.order_of_legs);
  return elsewhere.ok ? ok(elsewhere.value) : spreadOverLegs(legs, rest, policy.order_of_legs);
}
