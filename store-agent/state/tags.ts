import { randomBytes } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import type { MetaTable } from './meta.ts';
import { openTags, saveTags } from './packed/save.ts';
import { TagWriter } from './packed/writer.ts';
import { integer, type Row, text, textOrNull } from './row.ts';
import { type LocalSale, TagBook, type TagChange } from './tag_book.ts';

const NEVER = -1;

const UPSERT = (table: 'tag' | 'tag_stage'): string => `
  INSERT INTO ${table} (epc, status, rev, item_id, name, order_id) VALUES (?, ?, ?, ?, ?, ?)
  ON CONFLICT (epc) DO UPDATE SET
    status = excluded.status, rev = excluded.rev, order_id = excluded.order_id,
    item_id = coalesce(excluded.item_id, item_id), name = coalesce(excluded.name, name)
  WHERE excluded.rev > ${table}.rev`;

type TagWatcher = (tag: {
  epc: string;
  to: 'retail_sold' | 'sellable_accessible';
  /** The order that sold it. */
  orderId: string;
}) => void;

function changeOf(row: Row): TagChange {
  return {
    epc: text(row, 'epc'),
    status: text(row, 'status') === 'sold' ? 'sold' : 'unsold',
    rev: integer(row, 'rev'),
    item_id: textOrNull(row, 'item_id') ?? undefined,
    name: textOrNull(row, 'name') ?? undefined,
    order_id: textOrNull(row, 'order_id') ?? undefined,
  };
}

/** The tables `tag`, `tag_stage`, `tag_changed` and `local_sale`. All writes expect a transaction around them. */
export class TagTable {
  readonly #db: DatabaseSync;
  readonly #meta: MetaTable;
  /** What is written now belongs to this change; a copy ends it. */
  #change: number;
  #watcher: TagWatcher | null = null;

  constructor(db: DatabaseSync, meta: MetaTable) {
    this.#db = db;
    this.#meta = meta;
    this.#change = meta.number('tag_change', 1);
  }

  /** Hears, within the transaction, of every tag that is sold or comes back; not of what a snapshot says. */
  watch(watcher: TagWatcher): void {
    this.#watcher = watcher;
  }

  apply(changes: readonly TagChange[]): void {
    if (this.#watcher !== null) this.#tell(changes, this.#watcher);
    this.#insert('tag', changes);
    const settle = this.#db.prepare('DELETE FROM local_sale WHERE epc = ? AND order_id = ?');
    for (const { epc, order_id } of changes) if (order_id !== undefined) settle.run(epc, order_id);
  }

  /** Sold by this agent itself; stands until the edge has committed the order. Selling again changes nothing. */
  sellLocally(orderId: string, epcs: readonly string[], atMs: number): void {
    const insert = this.#db.prepare(
      'INSERT INTO local_sale (epc, order_id, at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
    );
    for (const epc of epcs) {
      insert.run(epc, orderId, atMs);
      this.#watcher?.({ epc, to: 'retail_sold', orderId });
    }
  }

  #tell(changes: readonly TagChange[], watcher: TagWatcher): void {
    const known = this.#db.prepare('SELECT status, rev, order_id FROM tag WHERE epc = ?');
    for (const { epc, status, rev, order_id } of changes) {
      const before = known.get(epc);
      if (before !== undefined && integer(before, 'rev') >= rev) continue;
      const soldBy = before?.['status'] === 'sold' ? textOrNull(before, 'order_id') : null;
      if (status === 'sold' && order_id !== undefined) watcher({ epc, to: 'retail_sold', orderId: order_id });
      // A tag that is new and unsold was registered, and no vendor ever heard otherwise.
      if (status === 'unsold' && before?.['status'] === 'sold')
        watcher({ epc, to: 'sellable_accessible', orderId: order_id ?? soldBy ?? 'unknown' });
    }
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
    this.#db.exec('DELETE FROM tag_changed');
    this.#newTable();
    this.#meta.set('tag_copied', NEVER);
  }

  /** Everything, for the memory: the saved copy and what changed since where there is one, else all rows. */
  load(copyPath: string | null = null): TagBook {
    const saved = copyPath === null ? null : openTags(copyPath);
    const copied =
      saved?.head.table === this.#meta.get('tag_table') &&
      saved.head.change >= this.#meta.number('tag_copied', NEVER)
        ? saved
        : null;
    if (copied !== null) {
      // The file may be newer than the transaction that was to say so.
      this.#change = Math.max(this.#change, copied.head.change + 1);
      const book = new TagBook(copied.writer);
      const changed = this.#db.prepare(
        'SELECT tag.* FROM tag_changed JOIN tag USING (epc) WHERE tag_changed.change > ?',
      );
      for (const row of changed.iterate(copied.head.change)) book.apply([changeOf(row)]);
      return book;
    }
    const count = this.#db.prepare('SELECT count(*) AS count FROM tag').get();
    const book = new TagBook(TagWriter.empty(count === undefined ? 0 : integer(count, 'count')));
    for (const row of this.#db.prepare('SELECT * FROM tag').iterate()) book.apply([changeOf(row)]);
    return book;
  }

  /** Rows that changed since the last copy; all of them where there is none. */
  changedSinceCopy(): number {
    if (this.#meta.number('tag_copied', NEVER) === NEVER) return Number.POSITIVE_INFINITY;
    const row = this.#db.prepare('SELECT count(*) AS count FROM tag_changed').get();
    return row === undefined ? 0 : integer(row, 'count');
  }

  /**
   * Saves a copy of the memory. Changes are counted, and each row remembers its own: a copy that does not
   * reach `tag_copied` lost what was forgotten since, and is refused.
   */
  saveCopy(copyPath: string, store: TagWriter): void {
    const change = this.#change;
    this.#change += 1;
    this.#meta.set('tag_change', this.#change);
    const table = this.#meta.get('tag_table') ?? this.#newTable();
    saveTags(copyPath, store, { table, change });
    this.#db.prepare('DELETE FROM tag_changed WHERE change <= ?').run(change);
    this.#meta.set('tag_copied', change);
  }

  #newTable(): string {
    const table = randomBytes(16).toString('hex');
    this.#meta.set('tag_table', table);
    return table;
  }

  #insert(table: 'tag' | 'tag_stage', changes: readonly TagChange[]): void {
    const upsert = this.#db.prepare(UPSERT(table));
    const changed = this.#db.prepare(
      'INSERT INTO tag_changed (epc, change) VALUES (?, ?) ON CONFLICT (epc) DO UPDATE SET change = excluded.change',
    );
    for (const tag of changes) {
      upsert.run(tag.epc, tag.status, tag.rev, tag.item_id ?? null, tag.name ?? null, tag.order_id ?? null);
      if (table === 'tag') changed.run(tag.epc, this.#change);
    }
  }
}
