import type { StoreEvent } from '../../shared/events/index.ts';
import { markOf, setMark } from './marks.ts';
import { iso, type Scope, wakeBy } from './scope.ts';
import { first, type Sql, single } from './sql.ts';

/** The queue takes 100 messages or 256 KB a call and 128 KB a message; we stay well below. */
const QUEUE_BATCH_MESSAGES_MAX = 100;
export const QUEUE_BATCH_BYTES_MAX = 200 * 1024;
const QUEUE_MESSAGE_BYTES_MAX = 120 * 1024;
/** How long events stay readable by `eventsAfter`. */
export const OUTBOX_KEPT_MS = 35 * 24 * 3_600_000;
/** The alarm that drains what the command itself could not, because the object died in between. */
export const OUTBOX_GRACE_MS = 10_000;
const OUTBOX_BACKOFF_FIRST_MS = 1_000;
export const OUTBOX_BACKOFF_MAX_MS = 5 * 60_000;
/** An answer to the cloud stays far below what an RPC may carry (32 MiB). */
export const EVENTS_ANSWER_CHARACTERS_MAX = 8 * 1024 * 1024;

type Body<T> = T extends StoreEvent ? Pick<T, 'type' | 'data'> : never;

/** Appends an event in the caller's transaction: it is told if and only if the command stands. */
export function appendEvent(scope: Scope, body: Body<StoreEvent>): void {
  const seq = outboxHead(scope.sql) + 1;
  const { store_id, retailer_id } = scope.config;
  const head = { v: 1, store_id, retailer_id, epoch: scope.epoch, seq, at: iso(scope.now) };
  scope.sql.exec(
    'INSERT INTO outbox (seq, at, json) VALUES (?, ?, ?)',
    seq,
    scope.now,
    JSON.stringify({ ...head, ...body }),
  );
  scope.after.outbox = true;
  wakeBy(scope.after, scope.now + OUTBOX_GRACE_MS);
}

export function outboxHead(sql: Sql): number {
  return single<{ head: number }>(sql, 'SELECT coalesce(max(seq), 0) AS head FROM outbox').head;
}

export function outboxBacklog(sql: Sql): number {
  return outboxHead(sql) - markOf(sql, 'outbox_sent');
}

/** When the oldest event was made that the queue does not have, or null. */
export function oldestUnsentAt(sql: Sql): number | null {
  const sent = markOf(sql, 'outbox_sent');
  return (
    first<{ at: number }>(sql, 'SELECT at FROM outbox WHERE seq > ? ORDER BY seq LIMIT 1', sent)?.at ?? null
  );
}

/** Events after a sequence number, oldest first; fewer than `limit` where they are large. */
export function eventsAfter(sql: Sql, after: number, limit: number): string[] {
  const rows = sql.exec<{ json: string }>(
    'SELECT json FROM outbox WHERE seq > ? ORDER BY seq LIMIT ?',
    after,
    limit,
  );
  const events: string[] = [];
  let characters = 0;
  for (const { json } of rows) {
    characters += json.length;
    if (events.length > 0 && characters > EVENTS_ANSWER_CHARACTERS_MAX) break;
    events.push(json);
  }
  return events;
}

/**
 * The next messages for the queue, and the mark that stands once it took them. An event too large for the
 * queue is left out: the consumer sees the gap in seq and fetches it by RPC.
 */
export function nextBatch(sql: Sql): { messages: string[]; upTo: number } | null {
  const rows = sql.exec<{ seq: number; json: string }>(
    'SELECT seq, json FROM outbox WHERE seq > ? ORDER BY seq LIMIT ?',
    markOf(sql, 'outbox_sent'),
    QUEUE_BATCH_MESSAGES_MAX,
  );
  const messages: string[] = [];
  let bytes = 0;
  let upTo: number | null = null;
  for (const { seq, json } of rows) {
    const size = new TextEncoder().encode(json).byteLength;
    if (size <= QUEUE_MESSAGE_BYTES_MAX) {
      if (bytes + size > QUEUE_BATCH_BYTES_MAX) break;
      messages.push(json);
      bytes += size;
    }
    upTo = seq;
  }
  return upTo === null ? null : { messages, upTo };
}

/**
 * Sends everything that waits, batch by batch. Delivery is at least once: a crash between the send and the
 * mark sends again. Answers false when the queue refused; the mark then stands before that batch.
 */
export async function drainOutbox(
  sql: Sql,
  send: (messages: string[]) => Promise<unknown>,
): Promise<boolean> {
  for (let batch = nextBatch(sql); batch !== null; batch = nextBatch(sql)) {
    try {
      if (batch.messages.length > 0) await send(batch.messages);
    } catch {
      return false;
    }
    setMark(sql, 'outbox_sent', batch.upTo);
  }
  return true;
}

/** How long to wait after this many refusals in a row (1 = the first). */
export function outboxBackoffMs(failures: number): number {
  return Math.min(OUTBOX_BACKOFF_MAX_MS, OUTBOX_BACKOFF_FIRST_MS * 2 ** Math.min(failures - 1, 20));
}

/** Deletes events that the queue has and that are past their time; the newest row stays, it carries seq on. */
export function pruneOutbox(sql: Sql, now: number): void {
  sql.exec(
    'DELETE FROM outbox WHERE at <= ? AND seq <= ? AND seq < ?',
    now - OUTBOX_KEPT_MS,
    markOf(sql, 'outbox_sent'),
    outboxHead(sql),
  );
}

/** When the oldest event was made that `pruneOutbox` will delete one day, or null. */
export function oldestPrunableEventAt(sql: Sql): number | null {
  return (
    first<{ at: number }>(
      sql,
      'SELECT at FROM outbox WHERE seq <= ? AND seq < ? ORDER BY seq LIMIT 1',
      markOf(sql, 'outbox_sent'),
      outboxHead(sql),
    )?.at ?? null
  );
}
