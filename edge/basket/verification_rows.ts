import type { Verification } from '../../shared/api/basket.ts';
import {
  type Covered,
  covers,
  isNeeded,
  type VerificationNeed,
  verificationNeed,
} from '../../shared/basket/verification.ts';
import { first, type Sql } from '../store/sql.ts';
import { addDuty } from './duty.ts';
import { audit, type BasketRow, iso, type Line } from './rows.ts';

interface VerificationRow {
  n: number;
  code: string;
  status: 'pending' | 'approved' | 'rejected' | 'withdrawn';
  opened_at: number;
  covered: string | null;
  expires_at: number | null;
  [column: string]: string | number | null;
}

const lastOf = (sql: Sql): VerificationRow | null =>
  first<VerificationRow>(sql, 'SELECT * FROM verification ORDER BY n DESC LIMIT 1');

export const pendingOf = (sql: Sql): VerificationRow | null =>
  first<VerificationRow>(sql, `SELECT * FROM verification WHERE status = 'pending'`);

/** What must be looked at. A row of an older build knew nothing but ages. */
export const needOf = ({ need, basket_id }: BasketRow, lines: readonly Line[]): VerificationNeed =>
  need === null
    ? verificationNeed(lines, { categories: [], sample_per_100k: 0 }, basket_id)
    : JSON.parse(need);

/** Where the check by staff stands at a moment, for a need and the lines that it is of. */
export function verificationAt(
  sql: Sql,
  need: VerificationNeed,
  lines: readonly Line[],
  nowMs: number,
): Verification {
  if (!isNeeded(need)) return { status: 'not_required' };
  const last = lastOf(sql);
  const facts = {
    reasons: need.reasons,
    ...(need.minimum_age > 0 ? { minimum_age: need.minimum_age } : {}),
  };
  if (last?.status === 'pending') return { status: 'pending', code: last.code, ...facts };
  if (last?.status === 'rejected') return { status: 'rejected', ...facts };
  if (last?.status !== 'approved' || last.covered === null || last.expires_at === null)
    return { status: 'required', ...facts };
  const covered: Covered = JSON.parse(last.covered);
  const holds = nowMs < last.expires_at && covers(covered, need, lines);
  return holds
    ? { status: 'approved', ...facts, expires_at: iso(last.expires_at) }
    : { status: 'required', ...facts };
}

/** The lines have changed: nobody need look any more, or there is something else to look at. */
export function followVerification(sql: Sql, need: VerificationNeed, nowMs: number): void {
  if (pendingOf(sql) === null) return;
  if (!isNeeded(need)) withdraw(sql, nowMs);
  addDuty(sql, 'verify', '', nowMs);
}

/** The basket is over, or has nothing to look at: staff need not come. */
export function withdraw(sql: Sql, nowMs: number): void {
  const pending = pendingOf(sql);
  if (pending === null) return;
  sql.exec(`UPDATE verification SET status = 'withdrawn' WHERE n = ?`, pending.n);
  addDuty(sql, 'verify', '', nowMs);
  audit(sql, nowMs, 'verification_withdrawn', { code: pending.code });
}
