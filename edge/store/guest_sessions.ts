import { err, ok, type Result } from '../../shared/result.ts';
import type { GuestSessionRecord } from '../../shared/rpc/store.ts';
import { first, type Sql } from './sql.ts';

/** How long a guest session's idempotency key answers the same. */
export const GUEST_SESSION_KEPT_MS = 35 * 24 * 3_600_000;

/** The first record under this key, or the given one, now kept. The same key with another body is refused. */
export function guestSession(
  sql: Sql,
  now: number,
  request: { key: string; body_hash: string; record: GuestSessionRecord },
): Result<{ record: GuestSessionRecord; replayed: boolean }, { code: 'idempotency_key_reuse' }> {
  const { key, body_hash, record } = request;
  const kept = first<{ body_hash: string; record: string }>(
    sql,
    'SELECT body_hash, record FROM guest_session WHERE key = ? AND at > ?',
    key,
    now - GUEST_SESSION_KEPT_MS,
  );
  if (kept !== null) {
    if (kept.body_hash !== body_hash) return err({ code: 'idempotency_key_reuse' });
    return ok({ record: JSON.parse(kept.record), replayed: true });
  }
  sql.exec(
    'INSERT OR REPLACE INTO guest_session (key, body_hash, record, at) VALUES (?, ?, ?, ?)',
    key,
    body_hash,
    JSON.stringify(record),
    now,
  );
  return ok({ record, replayed: false });
}

export function oldestGuestSessionAt(sql: Sql): number | null {
  return first<{ at: number | null }>(sql, 'SELECT min(at) AS at FROM guest_session')?.at ?? null;
}

export function purgeGuestSessions(sql: Sql, now: number): void {
  sql.exec('DELETE FROM guest_session WHERE at <= ?', now - GUEST_SESSION_KEPT_MS);
}
