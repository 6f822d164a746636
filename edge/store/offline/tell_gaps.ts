import { raiseIncident } from '../incidents.ts';
import type { Scope } from '../scope.ts';
import { first, type Sql } from '../sql.ts';
import { missingOf } from './documents.ts';

/** Documents overtake one another on the way: a gap is a matter for staff when it stays this long. */
export const GAP_GRACE_MS = 3_600_000;
const NAMED_MAX = 20;

/** Tells staff, once a device and standstill, which of its documents never arrived. */
export function tellGaps(scope: Scope): void {
  const due = scope.sql.exec<{ device_id: string }>(
    `SELECT device_id FROM offline_device
     WHERE contiguous < last_seq AND at <= ? AND coalesce(gap_told_at, 0) < at`,
    scope.now - GAP_GRACE_MS,
  );
  for (const { device_id } of due) {
    const missing = missingOf(scope.sql, device_id);
    const named = missing.slice(0, NAMED_MAX).join(', ') + (missing.length > NAMED_MAX ? ', …' : '');
    raiseIncident(scope, 'sales_missing', { device_id, missing: named, count: String(missing.length) });
    scope.sql.exec('UPDATE offline_device SET gap_told_at = ? WHERE device_id = ?', scope.now, device_id);
  }
}

/** Since when a gap stands that nobody was told of, in milliseconds since 1970, or null. */
export function oldestGapAt(sql: Sql): number | null {
  return (
    first<{ at: number | null }>(
      sql,
      `SELECT min(at) AS at FROM offline_device WHERE contiguous < last_seq AND coalesce(gap_told_at, 0) < at`,
    )?.at ?? null
  );
}
