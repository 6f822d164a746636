import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { text } from './row.ts';

export type MetaKey =
  | 'journal'
  | 'epoch'
  | 'cursor'
  | 'config'
  | 'shelf_version'
  | 'jwks'
  | 'next_report_id'
  | 'probe'
  | 'gate_mutes'
  | 'tag_table'
  | 'tag_change'
  | 'tag_copied'
  | 'edge_heard_at';

/** The table `meta`: the few single facts of the agent. */
export class MetaTable {
  readonly #get: StatementSync;
  readonly #set: StatementSync;

  constructor(db: DatabaseSync) {
    this.#get = db.prepare('SELECT value FROM meta WHERE key = ?');
    this.#set = db.prepare(
      'INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
    );
  }

  get(key: MetaKey): string | null {
    const row = this.#get.get(key);
    return row === undefined ? null : text(row, 'value');
  }

  number(key: MetaKey, otherwise: number): number {
    const value = this.get(key);
    return value === null ? otherwise : Number(value);
  }

  set(key: MetaKey, value: string | number): void {
    this.#set.run(key, String(value));
  }
}
