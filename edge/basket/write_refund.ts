import type { StoreConfig } from '../../shared/config/store_config.ts';
import type { RefundPlan } from '../../shared/refund/decide_refund.ts';
import type { RequestRefund } from '../../shared/rpc/refunds.ts';
import { addDuty } from './duty.ts';
import { beginLegRefund } from './leg_refunds.ts';
import { settleRefund } from './move_refund.ts';
import { writeRefundLines } from './refund_rows.ts';
import { audit, legOf } from './rows.ts';
import type { Trip } from './trip.ts';

/** Writes a document as it was decided, in the caller's transaction. */
export function insertRefund(
  { sql, now }: Trip,
  { staff, refund_id, body_hash, ask }: RequestRefund,
  config: StoreConfig,
  plan: RefundPlan,
): void {
  const at = now();
  sql.exec(
    `INSERT INTO refund (refund_id, body_hash, ask, status, amount, tax, policy, tax_mode, processed_at_store,
       requested_by, requested_role, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ...[refund_id, body_hash, JSON.stringify(ask), plan.status, plan.amount, plan.tax, plan.policy],
    ...[config.policies.refund.tax, staff.store_id ?? config.store_id, staff.id, staff.role, at, at],
  );
  writeRefundLines(sql, refund_id, plan.lines);
  addDuty(sql, 'refund', refund_id, at);
  audit(sql, at, 'refund', { refund_id, status: plan.status, amount: plan.amount, by: staff.id });
}

/** Reserves the money of a document, in the caller's transaction. Nothing to give back is settled at once. */
export function reserve(trip: Trip, refundId: string, parts: RefundPlan['legs'], reason: string): void {
  const now = trip.now();
  for (const { payment_id, amount, in_cash } of parts) {
    const leg = legOf(trip.sql, payment_id);
    if (leg === null) throw new Error(`no payment ${payment_id}`);
    const leg_refund_id = `rfl_${trip.newUuid()}`;
    beginLegRefund(trip.sql, leg, { leg_refund_id, refund_id: refundId, amount, reason, in_cash }, now);
  }
  if (parts.length === 0) settleRefund(trip.sql, refundId, now);
}
