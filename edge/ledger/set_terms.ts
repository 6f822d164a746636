import { err, ok, type Result } from '../../shared/result.ts';
import type { Sql } from '../store/sql.ts';
import { accountOf } from './rows.ts';

/** Changes the limit of credit, or blocks an account. What is held already keeps its promise. */
export function setTerms(
  sql: Sql,
  { limit, status }: { limit?: number | undefined; status?: 'active' | 'blocked' | undefined },
  now: number,
): Result<null, { code: 'wrong_kind' }> {
  const { kind, credit_limit, status: before } = accountOf(sql);
  if (limit !== undefined && kind !== 'credit') return err({ code: 'wrong_kind' });
  const after = { limit: limit ?? credit_limit, status: status ?? before };
  if (after.limit === credit_limit && after.status === before) return ok(null);
  sql.exec('UPDATE account SET credit_limit = ?, status = ?', after.limit, after.status);
  sql.exec('INSERT INTO audit (at, what, detail) VALUES (?, ?, ?)', now, 'terms', JSON.stringify(after));
  return ok(null);
}
