import type { DatabaseSync } from 'node:sqlite';
import { integer, text, textOrNull } from './row.ts';
import type { TagChange, TagRecord } from './tag_book.ts';

const UPSERT = (table: 'tag' | 'tag_stage'): string => `
  INSERT INTO ${table} (epc, status, rev, item_id, name, order_id) VALUES (?, ?, ?, ?, ?, ?)
  ON CONFLICT (epc) DO UPDATE SET
    status = excluded.status, rev = excluded.rev, order_id = excluded.order_id,
    item_id = coalesce(excluded.item_id, item_id), name = coalesce(excluded.name, name)
  WHERE excluded.rev > ${table}.rev`;

/** The tables `tag` and `tag_stage`. All writes expect a transaction around them. */
export class TagTable {
  readonly #db: DatabaseSync;

  constructor(db: DatabaseSync) {
    this.#db = db;
  }

  apply(changes: readonly TagChange[]): void {
    this.#insert('tag', changes);
  }

  /** Adds one part of a snapshot to the stage; the first part clears what an earlier attempt left. */
  stage(first: boolean, tags: readonly TagChange[]): void {
    if (first) this.#db.exec('DELETE FROM tag_stage');
    this.#insert('tag_stage', tags);
  }

  /** The stage becomes the truth. Renaming moves no row, so a store of any size swaps at once. */
  swap(): void {
    this.#db.exec('DROP TABLE tag; ALTER TABLE tag_stage RENAME TO tag');
    this.#db.exec(`CREATE TABLE tag_stage (
      epc TEXT PRIMARY KEY,
      status TEXT NOT NULL CHECK (status IN ('unsold', 'sold')),
      rev INTEGER NOT NULL, item_id TEXT, name TEXT, order_id TEXT
    ) STRICT, WITHOUT ROWID`);
  }

  /** Everything, for the memory. Equal names share one string: most tags of a store share their names. */
  load(): Map<string, TagRecord> {
    const tags = new Map<string, TagRecord>();
    const shared = new Map<string, string>();
    const share = (value: string | null): string | null => {
      if (value === null) return null;
      const known = shared.get(value);
      if (known !== undefined) return known;
      shared.set(value, value);
      return value;
    };
    for (const row of this.#db
      .prepare('SELECT epc, status, rev, item_id, name, order_id FROM tag')
      .iterate()) {
      tags.set(text(row, 'epc'), {
        status: text(row, 'status') === 'sold' ? 'sold' : 'unsold',
        rev: integer(row, 'rev'),
        item_id: share(textOrNull(row, 'item_id')),
        name: share(textOrNull(row, 'name')),
        order_id: share(textOrNull(row, 'order_id')),
      });
    }
    return tags;
  }

  #insert(table: 'tag' | 'tag_stage', changes: readonly TagChange[]): void {
    const upsert = this.#db.prepare(UPSERT(table));
    for (const tag of changes) {
      upsert.run(tag.epc, tag.status, tag.rev, tag.item_id ?? null, tag.name ?? null, tag.order_id ?? null);
    }
  }
}
