import { allocate } from '../money/allocate.ts';
import { err, ok, type Result } from '../result.ts';

/** A payment that took money, oldest first in a list. Amounts are minor units. */
export interface RefundableLeg {
  payment_id: string;
  kind: 'card' | 'cash' | 'ledger';
  captured: number;
  /** Captured, neither back nor on its way back. */
  available: number;
  /** `full`: the provider gives a payment back whole or not at all. */
  can: 'none' | 'full' | 'partial';
}

export interface LegShare {
  payment_id: string;
  amount: number;
  in_cash?: boolean | undefined;
}

export type SpreadRule = 'lifo' | 'pro_rata' | 'oldest_first';

export type SpreadRefusal =
  | { code: 'refund_exceeds_captured'; available: number }
  | { code: 'method_not_refundable'; detail: string }
  | { code: 'split_mismatch'; detail: string };

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
const availableOf = (legs: readonly RefundableLeg[]): number => sum(legs.map(({ available }) => available));

/** Cards give back first, from the last one on, then cash, then the store's own tenders. */
const RANK: Readonly<Record<RefundableLeg['kind'], number>> = { card: 0, cash: 1, ledger: 2 };

/** Spreads a sum over the payments by a rule. Of 20.00 and 30.00, 35.00 is 30.00 + 5.00 by `lifo`, 14.00 + 21.00 by share. */
export function spreadOverLegs(
  legs: readonly RefundableLeg[],
  amount: number,
  rule: SpreadRule,
): Result<LegShare[], SpreadRefusal> {
  if (amount > availableOf(legs))
    return err({ code: 'refund_exceeds_captured', available: availableOf(legs) });
  const able = legs.filter(({ can, available }) => can !== 'none' && available > 0);
  const byShare = rule === 'pro_rata' ? proRata(able, amount) : null;
  if (byShare !== null) return ok(byShare);
  const shares: LegShare[] = [];
  let rest = amount;
  for (const leg of rule === 'oldest_first' ? able : lastFirst(able)) {
    const take = takeOf(leg, rest);
    if (take > 0) shares.push({ payment_id: leg.payment_id, amount: take });
    rest -= take;
  }
  if (rest === 0) return ok(shares);
  return err({
    code: 'method_not_refundable',
    detail: `${rest} of it cannot go back the way it was paid.`,
  });
}

const lastFirst = (legs: readonly RefundableLeg[]): RefundableLeg[] =>
  [...legs].reverse().sort((a, b) => RANK[a.kind] - RANK[b.kind]);

function takeOf(leg: RefundableLeg, rest: number): number {
  if (leg.can === 'partial') return Math.min(rest, leg.available);
  return leg.available === leg.captured && leg.captured <= rest ? leg.captured : 0;
}

/** Null where payments that only go back whole would have to give a part: then the last ones give first. */
function proRata(able: readonly RefundableLeg[], amount: number): LegShare[] | null {
  const weights = able.map(({ available }) => available);
  if (amount > sum(weights)) return null;
  const shares = allocate(amount, weights, weights);
  const split = able.every((leg, i) => shares[i] === 0 || takeOf(leg, shares[i] ?? 0) === shares[i]);
  if (!split) return null;
  return able.flatMap(({ payment_id }, i) => {
    const share = shares[i] ?? 0;
    return share === 0 ? [] : [{ payment_id, amount: share }];
  });
}

/** Whether a split that staff chose may be carried out: the whole sum, and no payment more than it can. */
export function checkSplit(
  legs: readonly RefundableLeg[],
  amount: number,
  split: readonly LegShare[],
  rules: { cash_on_card: boolean },
): Result<LegShare[], SpreadRefusal> {
  if (amount > availableOf(legs))
    return err({ code: 'refund_exceeds_captured', available: availableOf(legs) });
  if (new Set(split.map(({ payment_id }) => payment_id)).size !== split.length)
    return err({ code: 'split_mismatch', detail: 'A payment is named twice.' });
  const total = sum(split.map((share) => share.amount));
  if (total !== amount)
    return err({ code: 'split_mismatch', detail: `The parts are ${total}, the refund is ${amount}.` });
  for (const { payment_id, amount: part, in_cash } of split) {
    const leg = legs.find((one) => one.payment_id === payment_id);
    if (leg === undefined)
      return err({ code: 'split_mismatch', detail: `${payment_id} is no payment of it.` });
    if (part > leg.available) return err({ code: 'refund_exceeds_captured', available: leg.available });
    if (in_cash === true) {
      if (!rules.cash_on_card && leg.kind !== 'cash')
        return err({ code: 'method_not_refundable', detail: 'This store gives no cash for it.' });
    } else if (leg.can === 'none' || takeOf(leg, part) !== part) {
      const detail = leg.can === 'full' ? 'It goes back whole or not at all.' : 'It takes no money back.';
      return err({ code: 'method_not_refundable', detail: `${payment_id}: ${detail}` });
    }
  }
  return ok([...split]);
}
