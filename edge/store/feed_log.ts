import type { FeedEntry } from '../../shared/feed/frames.ts';
import { iso, type Scope } from './scope.ts';
import { type Sql, single } from './sql.ts';

/** This many entries stay even when every agent has them, so that a short absence never costs a snapshot. */
export const FEED_KEPT_ENTRIES = 10_000;
/** An agent that was not seen for this long no longer keeps the log from being pruned. */
export const AGENT_LIVE_MS = 7 * 24 * 3_600_000;
/** Rows that one housekeeping turn deletes at most, so that commands do not wait for it. */
export const PRUNED_ROWS_MAX = 5_000;

type WithoutHead<T> = T extends FeedEntry ? Omit<T, 'seq' | 'at'> : never;

/** Appends an entry in the caller's transaction. */
export function appendFeed(scope: Scope, entry: WithoutHead<FeedEntry>): void {
  const seq = headOf(scope.sql) + 1;
  const json = JSON.stringify({ seq, at: iso(scope.now), ...entry });
  scope.sql.exec('INSERT INTO feed (seq, at, json) VALUES (?, ?, ?)', seq, scope.now, json);
  scope.after.feed = true;
}

/** The newest entry's seq; 0 while nothing ever happened. */
export function headOf(sql: Sql): number {
  return single<{ head: number }>(sql, 'SELECT coalesce(max(seq), 0) AS head FROM feed').head;
}

export function logOf(sql: Sql): { head: number; oldestKept: number } {
  const head = headOf(sql);
  const { oldest } = single<{ oldest: number | null }>(sql, 'SELECT min(seq) AS oldest FROM feed');
  return { head, oldestKept: oldest ?? head + 1 };
}

/** Entries after a cursor, oldest first, as they will stand in a frame. */
export function feedAfter(sql: Sql, cursor: number, limit: number): { seq: number; json: string }[] {
  return sql.exec('SELECT seq, json FROM feed WHERE seq > ? ORDER BY seq LIMIT ?', cursor, limit);
}

/** How many entries are kept beyond the limit; they may still wait for an agent. */
export function feedExcess(sql: Sql, kept = FEED_KEPT_ENTRIES): number {
  const { head, oldestKept } = logOf(sql);
  return Math.max(0, head - oldestKept + 1 - kept);
}

/**
 * Deletes the oldest entries that are beyond the kept length and that every live agent has acknowledged, at
 * most PRUNED_ROWS_MAX of them.
 */
export function pruneFeed(sql: Sql, now: number, kept = FEED_KEPT_ENTRIES): void {
  const { head, oldestKept } = logOf(sql);
  const { acked } = single<{ acked: number | null }>(
    sql,
    'SELECT min(cursor) AS acked FROM agent WHERE seen_at > ?',
    now - AGENT_LIVE_MS,
  );
  // The newest entry always stays: the next seq is counted from it.
  const upTo = Math.min(head - Math.max(kept, 1), acked ?? head, oldestKept + PRUNED_ROWS_MAX - 1);
  sql.exec('DELETE FROM feed WHERE seq <= ?', upTo);
}
