import type { DatabaseSync } from 'node:sqlite';
import { REPORT_BYTES_MAX, type Report, Report as ReportFrame } from '../../shared/feed/frames.ts';
import type { MetaTable } from './meta.ts';
import { integer, type Row, text } from './row.ts';

export type ReportKind = Report['kind'];
/** Leaves room in a frame for the head of the report. */
export const REPORT_DATA_CHARS_MAX = REPORT_BYTES_MAX / 4;

/**
 * The table `journal`: what the store did by itself, numbered without gaps, kept until the edge has taken
 * it and for a while after. Writes expect a transaction around them.
 */
export class JournalTable {
  readonly #db: DatabaseSync;
  readonly #meta: MetaTable;

  constructor(db: DatabaseSync, meta: MetaTable) {
    this.#db = db;
    this.#meta = meta;
  }

  append(atMs: number, kind: ReportKind, data: Record<string, unknown>): number {
    const id = this.#meta.number('next_report_id', 1);
    const json = JSON.stringify(data);
    const kept =
      json.length <= REPORT_DATA_CHARS_MAX
        ? json
        : JSON.stringify({ truncated: true, characters: json.length });
    this.#db
      .prepare('INSERT INTO journal (id, at, kind, data) VALUES (?, ?, ?, ?)')
      .run(id, new Date(atMs).toISOString(), kind, kept);
    this.#meta.set('next_report_id', id + 1);
    return id;
  }

  /** Reports that the edge has not taken yet, oldest first, above an id. */
  pending(above: number, limit: number): Report[] {
    return this.#db
      .prepare(
        "SELECT id, at, kind, data FROM journal WHERE state = 'pending' AND id > ? ORDER BY id LIMIT ?",
      )
      .all(above, limit)
      .map(reportOf);
  }

  /** How many wait, and since when (UTC, ISO 8601) the oldest does. */
  backlog(): { count: number; oldest: string | null } {
    const count = this.#db.prepare("SELECT count(*) AS count FROM journal WHERE state = 'pending'").get();
    const oldest = this.#db
      .prepare("SELECT at FROM journal WHERE state = 'pending' ORDER BY id LIMIT 1")
      .get();
    return {
      count: count === undefined ? 0 : integer(count, 'count'),
      oldest: oldest === undefined ? null : text(oldest, 'at'),
    };
  }

  settle(id: number, state: 'accepted' | 'refused', atMs: number): void {
    this.#db
      .prepare("UPDATE journal SET state = ?, settled_at = ? WHERE id = ? AND state = 'pending'")
      .run(state, atMs, id);
  }

  forgetSettledBefore(atMs: number): void {
    this.#db.prepare("DELETE FROM journal WHERE state <> 'pending' AND settled_at < ?").run(atMs);
  }
}

function reportOf(row: Row): Report {
  return ReportFrame.parse({
    type: 'report',
    id: integer(row, 'id'),
    at: text(row, 'at'),
    kind: text(row, 'kind'),
    data: JSON.parse(text(row, 'data')),
  });
}
