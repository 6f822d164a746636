import type { Order } from '../../shared/api/order.ts';
import { type CreateRefund, type OrderRefund, Refund } from '../../shared/api/refund.ts';
import type { Sql } from '../store/sql.ts';
import {
  legRefundsOf,
  type RefundRow,
  refundedOf,
  refundLinesOf,
  refundRow,
  refundRows,
} from './refund_rows.ts';
import { basketOf, iso, type LegRow, type Line, legsOf, linesOf, orderOf } from './rows.ts';

/** A refund document as staff see it; null: there is none of that id. */
export function viewRefund(sql: Sql, refundId: string): Refund | null {
  const row = refundRow(sql, refundId);
  return row === null ? null : refundOf(sql, row);
}

export const viewRefunds = (sql: Sql): Refund[] => refundRows(sql).map((row) => refundOf(sql, row));

function refundOf(sql: Sql, row: RefundRow): Refund {
  const { store_id, currency } = basketOf(sql);
  const legs = new Map(legsOf(sql).map((leg) => [leg.n, leg]));
  const goods = new Map(linesOf(sql).map((line) => [`${line.line_id}`, line]));
  const parts = legRefundsOf(sql, row.refund_id);
  const { kind, reason, note }: CreateRefund = JSON.parse(row.ask);
  return Refund.parse({
    id: row.refund_id,
    order_id: orderOf(sql)?.order_id,
    store_id,
    processed_at_store: row.processed_at_store,
    kind,
    status: row.status,
    amount: row.amount,
    refunded: refundedOf(parts),
    currency,
    tax: row.tax,
    reason,
    note: note ?? '',
    policy: row.policy,
    tax_mode: row.tax_mode,
    lines: refundLinesOf(sql, row.refund_id).map(({ share: _, ...line }) => ({
      ...line,
      ...namesOf(goods.get(line.line_id)),
      tax: line.taxes.reduce((sum, { tax }) => sum + tax, 0),
    })),
    legs: parts.map((part) => ({
      id: part.leg_refund_id,
      payment_id: legs.get(part.leg)?.payment_id,
      gateway: legs.get(part.leg)?.gateway,
      method: legs.get(part.leg)?.method,
      amount: part.amount,
      status: part.state,
      ...(part.in_cash === 1 ? { in_cash: true } : {}),
      ...(part.reference === null ? {} : { reference: part.reference }),
      ...(part.failure === null ? {} : { failure: JSON.parse(part.failure) }),
    })),
    requested_by: row.requested_by,
    approvals: JSON.parse(row.approvals),
    ...(row.failure === null ? {} : { failure: JSON.parse(row.failure) }),
    number: row.number,
    credit_note_number: row.credit_note_number,
    created_at: iso(row.created_at),
    updated_at: iso(row.updated_at),
    completed_at: row.completed_at === null ? null : iso(row.completed_at),
  });
}

const namesOf = (line: Line | undefined) => ({
  sku: line?.item.sku ?? '',
  name: line?.item.name ?? '',
  ...(line?.gtin == null ? {} : { gtin: line.gtin }),
  ...(line === undefined || line.kind === 'item' ? {} : { kind: line.kind }),
});

/** Whether all that was taken went back. */
export const isGivenBack = (legs: readonly Pick<LegRow, 'captured' | 'refunded'>[]): boolean => {
  const sum = (of: 'captured' | 'refunded') => legs.reduce((total, leg) => total + leg[of], 0);
  return sum('captured') > 0 && sum('refunded') === sum('captured');
};

/** How far an order went back: money that left for certain, or of goods that cost nothing the units. */
export function refundStatusOf(sql: Sql): Order['refund_status'] {
  const back = refundRows(sql).filter(
    ({ status }) => status === 'succeeded' || status === 'partially_succeeded',
  );
  if (back.length === 0) return 'none';
  const legs = legsOf(sql);
  if (legs.some(({ captured }) => captured > 0)) return isGivenBack(legs) ? 'full' : 'partial';
  const units = back
    .flatMap(({ refund_id }) => refundLinesOf(sql, refund_id))
    .reduce((sum, { quantity }) => sum + quantity, 0);
  return units === linesOf(sql).reduce((sum, { quantity }) => sum + quantity, 0) ? 'full' : 'partial';
}

/** The refunds of an order as the order shows them. */
export const orderRefunds = (sql: Sql): OrderRefund[] =>
  viewRefunds(sql).map(({ id, status, amount, lines, created_at, number }) => ({
    ...{ id, status, amount, created_at },
    lines: lines.map(({ line_id, quantity, amount: money }) => ({ line_id, quantity, amount: money })),
    ...(number === null ? {} : { number }),
  }));
