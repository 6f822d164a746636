import { first, type Sql } from '../store/sql.ts';
import type { Call } from './port.ts';

export const IDEMPOTENCY_KEPT_MS = 35 * 24 * 3_600_000;

type Key = NonNullable<Call['idempotency']>;

/** What is known of a call's key before the call runs. */
type Recall =
  | { found: 'nothing' }
  | { found: 'other_body' }
  | { found: 'answer'; body: string }
  /** A first call began this payment and died before its outcome. */
  | { found: 'payment'; payment_id: string };

export function recall(sql: Sql, key: Key | undefined): Recall {
  if (key === undefined) return { found: 'nothing' };
  const row = first<{ body_hash: string; payment_id: string | null; answer: string | null }>(
    sql,
    'SELECT body_hash, payment_id, answer FROM idempotency WHERE route = ? AND key = ?',
    key.route,
    key.key,
  );
  if (row === null) return { found: 'nothing' };
  if (row.body_hash !== key.body_hash) return { found: 'other_body' };
  if (row.answer !== null) return { found: 'answer', body: row.answer };
  return row.payment_id === null ? { found: 'nothing' } : { found: 'payment', payment_id: row.payment_id };
}

/**
 * A call's memory. Both methods write into the transaction of the effect that they belong to, and do nothing
 * where the client sent no key.
 */
export interface Memory {
  /** The payment that a died first call of the same key began. */
  readonly begun: string | null;
  begin(paymentId: string): void;
  keep(body: unknown): void;
  /** The text under which the answer was kept; null where none was. */
  readonly kept: string | null;
}

export function memoryOf(sql: Sql, key: Key | undefined, known: Recall, nowMs: number): Memory {
  const write = (paymentId: string | null, answer: string | null) => {
    if (key === undefined) return;
    sql.exec(
      `INSERT INTO idempotency (route, key, body_hash, payment_id, answer, at) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (route, key) DO UPDATE SET answer = excluded.answer`,
      key.route,
      key.key,
      key.body_hash,
      paymentId,
      answer,
      nowMs,
    );
  };
  let kept: string | null = null;
  return {
    begun: known.found === 'payment' ? known.payment_id : null,
    begin: (paymentId) => write(paymentId, null),
    keep: (body) => {
      if (key === undefined) return;
      kept = JSON.stringify(body);
      write(null, kept);
    },
    get kept() {
      return kept;
    },
  };
}

export function oldestKeyAt(sql: Sql): number | null {
  return first<{ at: number | null }>(sql, 'SELECT min(at) AS at FROM idempotency')?.at ?? null;
}

export function purgeKeys(sql: Sql, nowMs: number): void {
  sql.exec('DELETE FROM idempotency WHERE at <= ?', nowMs - IDEMPOTENCY_KEPT_MS);
}
