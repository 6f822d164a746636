import type { DatabaseSync } from 'node:sqlite';
import { integer } from './row.ts';

export interface UnreadEntry {
  seq: number;
  type: string;
  reason: 'unknown_type' | 'unread_fields';
  /** The whole entry as JSON text. */
  entry: string;
}

/** The table `unknown_entry`: feed entries that this build skipped. */
export class UnknownEntryTable {
  readonly #db: DatabaseSync;

  constructor(db: DatabaseSync) {
    this.#db = db;
  }

  keep(epoch: string, entries: readonly UnreadEntry[]): void {
    const insert = this.#db.prepare(
      'INSERT INTO unknown_entry (epoch, seq, type, reason, entry) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
    );
    for (const one of entries) insert.run(epoch, one.seq, one.type, one.reason, one.entry);
  }

  count(): number {
    const row = this.#db.prepare('SELECT count(*) AS count FROM unknown_entry').get();
    return row === undefined ? 0 : integer(row, 'count');
  }
}
