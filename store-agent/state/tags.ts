import type { DatabaseSync } from 'node:sqlite';
import { integer, text, textOrNull } from './row.ts';
import type { LocalSale, TagChange, TagRecord } from './tag_book.ts';

const UPSERT = (table: 'tag' | 'tag_stage'): string => `
  INSERT INTO ${table} (epc, status, rev, item_id, name, order_id) VALUES (?, ?, ?, ?, ?, ?)
  ON CONFLICT (epc) DO UPDATE SET
    status = excluded.status, rev = excluded.rev, order_id = excluded.order_id,
    item_id = coalesce(excluded.item_id, item_id), name = coalesce(excluded.name, name)
  WHERE excluded.rev > ${table}.rev`;

/** The tables `tag`, `tag_stage` and `local_sale`. All writes expect a transaction around them. */
export class TagTable {
  readonly #db: DatabaseSync;

  constructor(db: DatabaseSync) {
    this.#db = db;
  }

  apply(changes: readonly TagChange[]): void {
    this.#insert('tag', changes);
    const settle = this.#db.prepare('DELETE FROM local_sale WHERE epc = ? AND order_id = ?');
    for (const { epc, order_id } of changes) if (order_id !== undefined) settle.run(epc, order_id);
  }

  /** Sold by this agent itself; stands until the edge has committed the order. Selling again changes nothing. */
  sellLocally(orderId: string, epcs: readonly string[], atMs: number): void {
    const insert = this.#db.prepare(
      'INSERT INTO local_sale (epc, order_id, at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
    );
    for (const epc of epcs) insert.run(epc, orderId, atMs);
  }

  settleLocal(orderId: string): void {
    this.#db.prepare('DELETE FROM local_sale WHERE order_id = ?').run(orderId);
  }

  /** In the order in which they were sold. */
  localSales(): LocalSale[] {
    return this.#db
      .prepare('SELECT epc, order_id FROM local_sale ORDER BY id')
      .all()
      .map((row) => ({ epc: text(row, 'epc'), order_id: text(row, 'order_id') }));
  }

  /** Adds one part of a snapshot to the stage; the first part clears what an earlier attempt left. */
  stage(first: boolean, tags: readonly TagChange[]): void {
    if (first) this.#db.exec('DELETE FROM tag_stage');
    this.#insert('tag_stage', tags);
  }

  /** The stage becomes the truth. Renaming moves no row, so a store of any size swaps at once. */
  swap(): void {
    this.#db.exec(`DELETE FROM local_sale WHERE EXISTS (
      SELECT 1 FROM tag_stage WHERE tag_stage.epc = local_sale.epc AND tag_stage.order_id = local_sale.order_id)`);
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
