import type { RefundStatus } from '../../shared/api/refund.ts';
import type { RefundId } from '../../shared/ids/index.ts';
import type { PlannedLine } from '../../shared/refund/decide_refund.ts';
import type { HeldLine } from '../../shared/refund/line_amounts.ts';
import { holds } from '../../shared/refund/status.ts';
import { first, type Sql } from '../store/sql.ts';
import type { LegRefundRow } from './leg_refunds.ts';

/** A refund document as it is kept. */
export interface RefundRow {
  n: number;
  refund_id: RefundId;
  body_hash: string;
  ask: string;
  status: RefundStatus;
  amount: number;
  tax: number;
  policy: 'paid_share' | 'reprice_remaining';
  tax_mode: 'proportional' | 'price_based';
  processed_at_store: string;
  requested_by: string;
  requested_role: 'cashier' | 'manager' | 'admin';
  approvals: string;
  failure: string | null;
  number: string | null;
  credit_note_number: string | null;
  receipt: string | null;
  created_at: number;
  updated_at: number;
  completed_at: number | null;
  [column: string]: string | number | null;
}

export const refundRows = (sql: Sql): RefundRow[] => sql.exec<RefundRow>('SELECT * FROM refund ORDER BY n');
export const refundRow = (sql: Sql, refundId: string): RefundRow | null =>
  first<RefundRow>(sql, 'SELECT * FROM refund WHERE refund_id = ?', refundId);

/** The parts of one document on the payments, in the order in which they were made. */
export const legRefundsOf = (sql: Sql, refundId: string): LegRefundRow[] =>
  sql.exec<LegRefundRow>('SELECT * FROM leg_refund WHERE refund_id = ? ORDER BY created_at, rowid', refundId);

export const legRefundOf = (sql: Sql, id: string): LegRefundRow | null =>
  first<LegRefundRow>(sql, 'SELECT * FROM leg_refund WHERE leg_refund_id = ?', id);

export const isOpen = ({ state }: Pick<LegRefundRow, 'state'>): boolean =>
  state !== 'succeeded' && state !== 'failed';

/** What of a document has left for certain. */
export const refundedOf = (parts: readonly Pick<LegRefundRow, 'state' | 'amount'>[]): number =>
  parts.reduce((sum, { state, amount }) => sum + (state === 'succeeded' ? amount : 0), 0);

type LineRow = {
  line_id: string;
  quantity: number;
  share: number;
  amount: number;
  taxes: string;
  epcs: string;
  return_to_stock: number;
};

export function refundLinesOf(sql: Sql, refundId: string): PlannedLine[] {
  return sql
    .exec<LineRow>('SELECT * FROM refund_line WHERE refund_id = ? ORDER BY line_id', refundId)
    .map(({ line_id, quantity, share, amount, taxes, epcs, return_to_stock }) => ({
      ...{ line_id, quantity, share, amount },
      taxes: JSON.parse(taxes),
      epcs: JSON.parse(epcs),
      return_to_stock: return_to_stock === 1,
    }));
}

/** Lines of all refunds that count. */
export function heldLines(sql: Sql): HeldLine[] {
  return refundRows(sql)
    .filter(({ status }) => holds(status))
    .flatMap(({ refund_id }) => refundLinesOf(sql, refund_id));
}

/** Puts a document's lines in the place of what stood there. */
export function writeRefundLines(sql: Sql, refundId: string, lines: readonly PlannedLine[]): void {
  sql.exec('DELETE FROM refund_line WHERE refund_id = ?', refundId);
  for (const line of lines)
    sql.exec(
      `INSERT INTO refund_line (refund_id, line_id, quantity, share, amount, taxes, epcs, return_to_stock)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
      ...[refundId, line.line_id, line.quantity, line.share, line.amount],
      ...[JSON.stringify(line.taxes), JSON.stringify(line.epcs), line.return_to_stock ? 1 : 0],
    );
}
