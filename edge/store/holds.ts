import { BasketId } from '../../shared/ids/index.ts';
import { iso, type Scope, wakeBy } from './scope.ts';
import { first, type Sql } from './sql.ts';

/** Expired holds stand in nobody's way; they are swept together, this long after the first one ended. */
export const HOLD_SWEEP_DELAY_MS = 60_000;

/** The other basket that holds this tag now, or null. */
export function otherHolder(scope: Scope, epc: string, basket: BasketId): string | null {
  const row = first<{ basket_id: string }>(
    scope.sql,
    `SELECT hold.basket_id FROM hold JOIN holder USING (basket_id)
     WHERE hold.epc = ? AND hold.basket_id <> ? AND (holder.pinned = 1 OR holder.until > ?)`,
    epc,
    basket,
    scope.now,
  );
  return row?.basket_id ?? null;
}

/** The basket whose order holds this tag until it is paid or cancelled, or null. */
export function orderHolder(sql: Sql, epc: string): BasketId | null {
  const row = first<{ basket_id: string }>(
    sql,
    'SELECT hold.basket_id FROM hold JOIN holder USING (basket_id) WHERE hold.epc = ? AND holder.pinned = 1',
    epc,
  );
  return row === null ? null : BasketId.parse(row.basket_id);
}

/** Holds a tag for a basket and renews all its others. The caller has seen that nobody else holds it. */
export function hold(scope: Scope, epc: string, basket: BasketId): { reserved_until: string } {
  claim(scope.sql, epc, basket);
  return { reserved_until: iso(renew(scope, basket)) };
}

function claim(sql: Sql, epc: string, basket: BasketId): void {
  sql.exec(
    'INSERT INTO hold (epc, basket_id) VALUES (?, ?) ON CONFLICT (epc) DO UPDATE SET basket_id = excluded.basket_id',
    epc,
    basket,
  );
}

function renew(scope: Scope, basket: BasketId): number {
  const until = scope.now + scope.config.policies.reservation_ttl_ms;
  scope.sql.exec(
    'INSERT INTO holder (basket_id, until) VALUES (?, ?) ON CONFLICT (basket_id) DO UPDATE SET until = excluded.until',
    basket,
    until,
  );
  wakeBy(scope.after, until + HOLD_SWEEP_DELAY_MS);
  return until;
}

/**
 * Activity without a tag keeps the basket's tags too, but a plain scan should write nothing: it renews only
 * when less than half of the time is left.
 */
export function renewIfFading(scope: Scope, basket: BasketId): void {
  const row = first<{ until: number; pinned: number }>(
    scope.sql,
    'SELECT until, pinned FROM holder WHERE basket_id = ?',
    basket,
  );
  if (row === null || row.pinned === 1) return;
  if (row.until - scope.now < scope.config.policies.reservation_ttl_ms / 2) renew(scope, basket);
}

/** From now on the basket holds exactly these tags, and time does not count. */
export function pin({ sql, now }: Scope, epcs: readonly string[], basket: BasketId): void {
  dropHolds(sql, basket);
  if (epcs.length === 0) return;
  for (const epc of epcs) claim(sql, epc, basket);
  sql.exec('INSERT INTO holder (basket_id, until, pinned) VALUES (?, ?, 1)', basket, now);
}

/** Frees everything that a basket holds, pinned or not. */
export function dropHolds(sql: Sql, basket: BasketId): void {
  sql.exec('DELETE FROM hold WHERE basket_id = ?', basket);
  sql.exec('DELETE FROM holder WHERE basket_id = ?', basket);
}

/** Frees what a basket holds but these tags. */
export function keepHolds(sql: Sql, basket: BasketId, epcs: readonly string[]): void {
  sql.exec(
    'DELETE FROM hold WHERE basket_id = ? AND epc NOT IN (SELECT value FROM json_each(?))',
    basket,
    JSON.stringify(epcs),
  );
}

/** Frees one tag, whoever held it. */
export function dropHoldOf(sql: Sql, epc: string): void {
  sql.exec('DELETE FROM hold WHERE epc = ?', epc);
}

/** When the first unpinned basket's time ends, or null. */
export function firstHoldEnd(sql: Sql): number | null {
  return (
    first<{ until: number | null }>(sql, 'SELECT min(until) AS until FROM holder WHERE pinned = 0')?.until ??
    null
  );
}

export function sweepHolds(sql: Sql, now: number): void {
  const ended = 'SELECT basket_id FROM holder WHERE pinned = 0 AND until <= ?';
  sql.exec(`DELETE FROM hold WHERE basket_id IN (${ended})`, now);
  sql.exec('DELETE FROM holder WHERE pinned = 0 AND until <= ?', now);
}
