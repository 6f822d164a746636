import { z } from 'zod';
import type { NewRefund, Refund } from '../test/protocol.ts';
import { capturedOf, move, requestOf, tell } from './ledger.ts';

/** A refund that the card's bank decides later is decided this long after it was asked for. */
const REFUND_SETTLES_MS = 2_000;

const Row = z.object({
  id: z.string(),
  refund_id: z.string(),
  charge_id: z.string(),
  amount: z.number(),
  status: z.enum(['pending', 'succeeded', 'failed']),
});
type Row = z.infer<typeof Row>;

export type RefundRefusal = 'not_captured' | 'amount_too_large' | 'idempotency_key_reuse';

/** Gives a part of a captured charge back, once a reference of the merchant: again answers the same. */
export function refund(
  sql: SqlStorage,
  chargeId: string,
  asked: NewRefund,
  id: string,
  nowMs: number,
): Refund | RefundRefusal {
  const known = sql.exec('SELECT * FROM refund WHERE refund_id = ?', asked.refund_id).toArray()[0];
  if (known !== undefined) {
    const row = Row.parse(known);
    return row.charge_id === chargeId && row.amount === asked.amount
      ? shown(sql, row)
      : 'idempotency_key_reuse';
  }
  const captured = capturedOf(sql, chargeId);
  if (captured === null) return 'not_captured';
  if (asked.amount > captured - refundedOf(sql, chargeId)) return 'amount_too_large';
  const { method } = requestOf(sql, chargeId);
  const later = method === 'card_refund_pending' || method === 'card_refund_fails';
  sql.exec(
    'INSERT INTO refund (id, refund_id, charge_id, amount, status, created_at, settles_at) VALUES (?, ?, ?, ?, ?, ?, ?)',
    ...[id, asked.refund_id, chargeId, asked.amount, later ? 'pending' : 'succeeded', nowMs],
    later ? nowMs + REFUND_SETTLES_MS : null,
  );
  if (!later) move(sql, chargeId, 'refund', asked.amount, nowMs, asked.refund_id);
  return shown(sql, rowOf(sql, id));
}

/** What is on its way back or went back of a charge, in minor units. */
export const refundedOf = (sql: SqlStorage, chargeId: string): number =>
  sql
    .exec<{ sum: number }>(
      `SELECT coalesce(sum(amount), 0) AS sum FROM refund WHERE charge_id = ? AND status <> 'failed'`,
      chargeId,
    )
    .one().sum;

export function findRefunds(sql: SqlStorage, chargeId: string, refundId: string | undefined): Refund[] {
  return sql
    .exec(
      'SELECT * FROM refund WHERE charge_id = ? AND coalesce(refund_id = ?, true) ORDER BY created_at LIMIT 100',
      chargeId,
      refundId ?? null,
    )
    .toArray()
    .map((row) => shown(sql, Row.parse(row)));
}

/** Decides a refund that waits; the shop is told by a webhook in the same breath. */
export function settleRefund(sql: SqlStorage, id: string, webhookId: string, nowMs: number): void {
  const row = rowOf(sql, id);
  if (row.status !== 'pending') return;
  const to = requestOf(sql, row.charge_id).method === 'card_refund_fails' ? 'failed' : 'succeeded';
  sql.exec('UPDATE refund SET status = ?, settles_at = NULL WHERE id = ?', to, id);
  if (to === 'succeeded') move(sql, row.charge_id, 'refund', row.amount, nowMs, row.refund_id);
  tell(sql, row.charge_id, { type: `refund.${to}`, data: shown(sql, rowOf(sql, id)) }, webhookId, nowMs);
}

export function dueRefunds(sql: SqlStorage, nowMs: number): string[] {
  return sql
    .exec<{ id: string }>('SELECT id FROM refund WHERE settles_at <= ? ORDER BY settles_at', nowMs)
    .toArray()
    .map(({ id }) => id);
}

const rowOf = (sql: SqlStorage, id: string): Row =>
  Row.parse(sql.exec('SELECT * FROM refund WHERE id = ?', id).one());

function shown(sql: SqlStorage, { id, refund_id, charge_id, amount, status }: Row): Refund {
  const { currency } = requestOf(sql, charge_id);
  return {
    id,
    refund_id,
    charge: charge_id,
    amount,
    currency,
    status,
    ...(status === 'failed' ? { failure_code: 'card_closed' } : {}),
  };
}
