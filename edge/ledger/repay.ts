import { post } from '../../shared/ledger/decide.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import type { NewRepayment, Repayment } from '../../shared/rpc/ledger.ts';
import type { Sql } from '../store/sql.ts';
import { bookOf, entryOf, openDebts, repaymentOf, writeChange } from './rows.ts';

type Refused = { code: 'not_found' } | { code: 'key_reuse' } | { code: 'wrong_kind' };

/** Notes money that a debtor brings. Only what has really come lowers the debt: a pending one waits for its word. */
export function beginRepayment(sql: Sql, begun: NewRepayment, now: number): Result<Repayment, Refused> {
  const { repayment_id, amount, method, reference, status, by } = begun;
  const known = repaymentOf(sql, repayment_id);
  if (known !== null)
    return known.amount === amount && known.method === method ? ok(known) : err({ code: 'key_reuse' });
  if (bookOf(sql).kind !== 'credit') return err({ code: 'wrong_kind' });
  sql.exec(
    `INSERT INTO repayment (repayment_id, amount, method, reference, status, created_at)
     VALUES (?, ?, ?, ?, 'pending', ?)`,
    ...[repayment_id, amount, method, reference, now],
  );
  if (status === 'captured') settle(sql, { repayment_id, status, by }, now);
  return read(sql, repayment_id);
}

/** The word about a pending repayment, once; the same word again changes nothing. */
export function settleRepayment(
  sql: Sql,
  word: { repayment_id: string; status: 'captured' | 'failed'; by: string },
  now: number,
): Result<Repayment, Refused | { code: 'already_settled' }> {
  const known = repaymentOf(sql, word.repayment_id);
  if (known === null) return err({ code: 'not_found' });
  if (known.status === word.status) return ok(known);
  if (known.status !== 'pending') return err({ code: 'already_settled' });
  settle(sql, word, now);
  return read(sql, word.repayment_id);
}

function settle(
  sql: Sql,
  { repayment_id, status, by }: { repayment_id: string; status: 'captured' | 'failed'; by: string },
  now: number,
): void {
  sql.exec(
    'UPDATE repayment SET status = ?, settled_at = ? WHERE repayment_id = ?',
    status,
    now,
    repayment_id,
  );
  const repayment = repaymentOf(sql, repayment_id);
  if (status === 'failed' || repayment === null) return;
  const entry = {
    entry_id: `repayment.${repayment_id}`,
    kind: 'repayment',
    units: -repayment.amount,
    payment_id: null,
  } as const;
  const posted = post(bookOf(sql), entryOf(sql, entry.entry_id), openDebts(sql), entry);
  // Less debt always fits, and the row above says that it was not posted before.
  if (!posted.ok) throw new Error(`a repayment was not posted: ${posted.error.code}`);
  writeChange(sql, posted.value.change, { by, note: repayment.method, now });
}

function read(sql: Sql, id: string): Result<Repayment, Refused> {
  const repayment = repaymentOf(sql, id);
  return repayment === null ? err({ code: 'not_found' }) : ok(repayment);
}
