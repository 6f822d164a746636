import { moveRefund, type RefundStep } from '../../shared/refund/status.ts';
import { unwrap } from '../../shared/result.ts';
import type { Sql } from '../store/sql.ts';
import { addDuty } from './duty.ts';
import { isOpen, legRefundsOf, refundedOf, refundRow } from './refund_rows.ts';
import { audit } from './rows.ts';

/** Writes a document's next status, and that the store must hear of it. A step that the table lacks is a bug. */
export function stepRefund(sql: Sql, refundId: string, step: RefundStep, nowMs: number): void {
  const row = refundRow(sql, refundId);
  if (row === null) throw new Error(`no refund ${refundId}`);
  const status = unwrap(moveRefund(row.status, step));
  const completed = status === 'succeeded' ? nowMs : null;
  sql.exec(
    'UPDATE refund SET status = ?, updated_at = ?, completed_at = ? WHERE refund_id = ?',
    ...[status, nowMs, completed, refundId],
  );
  addDuty(sql, 'refund', refundId, nowMs);
  audit(sql, nowMs, 'refund', { refund_id: refundId, status });
}

/** Closes a document once every payment that gives back has spoken, in the transaction of the last word. */
export function settleRefund(sql: Sql, refundId: string, nowMs: number): void {
  const row = refundRow(sql, refundId);
  const parts = legRefundsOf(sql, refundId);
  if (row === null || parts.some(isOpen)) return;
  const refunded = refundedOf(parts);
  stepRefund(sql, refundId, { step: 'settle', amount: row.amount, refunded }, nowMs);
}
