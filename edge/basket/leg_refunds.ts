import type { Sql } from '../store/sql.ts';
import { audit, type LegRow } from './rows.ts';

export interface LegRefundRow {
  /** `rfl_` and a UUID: also the provider's idempotency key. */
  leg_refund_id: string;
  /** The refund document; null: money that nobody owed. */
  refund_id: string | null;
  leg: number;
  amount: number;
  reason: string;
  state: 'created' | 'submitted' | 'pending' | 'unknown' | 'succeeded' | 'failed';
  reference: string | null;
  refs: string;
  failure: string | null;
  /** Cash out of the drawer: no provider is asked. */
  in_cash: number;
  asked: number;
  next_at: number | null;
  created_at: number;
  updated_at: number;
  [column: string]: string | number | null;
}

/**
 * Reserves money to go back over an attempt, in the caller's transaction; the alarm sends it. Throws where more would
 * go back than is left: who may refund what is decided before.
 */
export function beginLegRefund(
  sql: Sql,
  leg: Pick<LegRow, 'n' | 'payment_id'>,
  refund: {
    leg_refund_id: string;
    refund_id: string | null;
    amount: number;
    reason: string;
    in_cash?: boolean | undefined;
  },
  nowMs: number,
): void {
  sql.exec(
    'UPDATE leg SET refunding = refunding + ?, updated_at = ? WHERE n = ?',
    refund.amount,
    nowMs,
    leg.n,
  );
  sql.exec(
    `INSERT INTO leg_refund (leg_refund_id, refund_id, leg, amount, reason, in_cash, state, next_at, created_at,
       updated_at) VALUES (?, ?, ?, ?, ?, ?, 'created', ?, ?, ?)`,
    ...[refund.leg_refund_id, refund.refund_id, leg.n, refund.amount, refund.reason],
    ...[refund.in_cash === true ? 1 : 0, nowMs, nowMs, nowMs],
  );
  audit(sql, nowMs, 'refund_begun', {
    leg_refund_id: refund.leg_refund_id,
    refund_id: refund.refund_id,
    payment_id: leg.payment_id,
    amount: refund.amount,
    reason: refund.reason,
  });
}
