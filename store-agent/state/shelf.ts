import type { DatabaseSync } from 'node:sqlite';
import { shelfCodesOf } from '../../shared/catalog/aliases.ts';
import { Item } from '../../shared/catalog/item.ts';
import type { CodeLookup } from '../../shared/catalog/resolution.ts';
import type { ScanPolicy } from '../../shared/config/scan_policy.ts';
import type { ShelfPage } from '../../shared/offline/wire.ts';
import { integer, type Row, text, textOrNull } from './row.ts';

/** Rows of old versions that one turn deletes at most, so that nobody at a till waits for it. */
const SWEPT_ROWS_MAX = 5_000;

export interface HeldShelf {
  version: number;
  catalog_version: number;
}
export interface FetchingShelf extends HeldShelf {
  after: string;
}

/** The tables of the shelf: this store's items, codes and promotions in whole versions. Writes expect a transaction. */
export class ShelfTable {
  readonly #db: DatabaseSync;

  constructor(db: DatabaseSync) {
    this.#db = db;
  }

  /** The version that sells, or null before the first one is whole. */
  held(): HeldShelf | null {
    const row = this.#db
      .prepare(
        'SELECT version, catalog_version FROM shelf_version WHERE complete = 1 ORDER BY version DESC LIMIT 1',
      )
      .get();
    return row === undefined ? null : heldOf(row);
  }

  /** The version that is on its way, and where its next page begins. */
  fetching(): FetchingShelf | null {
    const row = this.#db
      .prepare('SELECT version, catalog_version, after FROM shelf_version WHERE complete = 0')
      .get();
    const after = row === undefined ? null : textOrNull(row, 'after');
    return row === undefined || after === null ? null : { ...heldOf(row), after };
  }

  /** Puts a page aside; with the last one the version is whole and sells. The same page again changes nothing. */
  stage(page: ShelfPage, zeros?: ScanPolicy['zero_policy']): void {
    const { version, catalog_version, items, promotions, next } = page;
    const item = this.#db.prepare(
      'INSERT OR REPLACE INTO shelf_item (version, item_id, json) VALUES (?, ?, ?)',
    );
    const code = this.#db.prepare(
      'INSERT OR REPLACE INTO shelf_code (version, kind, code, item_id) VALUES (?, ?, ?, ?)',
    );
    for (const one of items) {
      item.run(version, one.id, JSON.stringify(one));
      for (const gtin of one.gtins) code.run(version, 'gtin', gtin, one.id);
      for (const raw of shelfCodesOf(one, zeros)) code.run(version, 'raw', raw, one.id);
    }
    const known = this.#db.prepare('SELECT promotions FROM shelf_version WHERE version = ?').get(version);
    const first = known === undefined ? 0 : integer(known, 'promotions');
    const promotion = this.#db.prepare(
      'INSERT OR REPLACE INTO shelf_promotion (version, position, json) VALUES (?, ?, ?)',
    );
    for (const [i, one] of promotions.entries()) promotion.run(version, first + i, JSON.stringify(one));
    this.#db
      .prepare(
        `INSERT INTO shelf_version (version, catalog_version, after, promotions, complete) VALUES (?, ?, ?, ?, ?)
         ON CONFLICT (version) DO UPDATE SET
           after = excluded.after, promotions = excluded.promotions, complete = excluded.complete`,
      )
      .run(version, catalog_version, next, first + promotions.length, next === null ? 1 : 0);
    if (next === null) this.#db.prepare('DELETE FROM shelf_version WHERE version <> ?').run(version);
  }

  /** Another version is to be fetched in place of the one that was on its way. */
  forgetFetching(): void {
    this.#db.exec('DELETE FROM shelf_version WHERE complete = 0');
  }

  /** Deletes a portion of what belongs to no version any more; false: nothing was left. */
  sweep(): boolean {
    let swept = 0;
    for (const [table, key] of [
      ['shelf_item', 'version, item_id'],
      ['shelf_code', 'version, kind, code, item_id'],
      ['shelf_promotion', 'version, position'],
    ]) {
      const { changes } = this.#db
        .prepare(
          `DELETE FROM ${table} WHERE (${key}) IN (
             SELECT ${key} FROM ${table} WHERE version NOT IN (SELECT version FROM shelf_version) LIMIT ?)`,
        )
        .run(SWEPT_ROWS_MAX);
      swept += Number(changes);
    }
    return swept > 0;
  }

  /** In the order in which they were published, as documents. */
  promotions(version: number): unknown[] {
    return this.#db
      .prepare('SELECT json FROM shelf_promotion WHERE version = ? ORDER BY position')
      .all(version)
      .map((row) => JSON.parse(text(row, 'json')));
  }

  /** A version as a scan asks it. `itemOfTag` names the item that a tag was bound to. */
  lookup(version: number, itemOfTag: (epc: string) => string | null): CodeLookup<Item> {
    const byCode = this.#db.prepare(
      `SELECT json FROM shelf_code JOIN shelf_item USING (version, item_id)
       WHERE version = ? AND kind = ? AND code = ?`,
    );
    const bySuffix = this.#db.prepare(
      `SELECT json FROM shelf_code JOIN shelf_item USING (version, item_id)
       WHERE version = ? AND substr(code, ?) = ? AND instr(code, ':') = 0 LIMIT 2`,
    );
    const byId = this.#db.prepare('SELECT json FROM shelf_item WHERE version = ? AND item_id = ?');
    return {
      byCode: (code) => byCode.all(version, 'raw', code).map(itemOf),
      bySku: (sku) => byCode.all(version, 'raw', `sku:${sku}`).map(itemOf),
      byAlias: (code) => byCode.all(version, 'raw', `alias:${code}`).map(itemOf),
      bySuffix: (digits) => bySuffix.all(version, -digits.length, digits).map(itemOf),
      byGtin14: (gtin) => byCode.all(version, 'gtin', gtin).map(itemOf),
      byEpc: (epc) => {
        const id = itemOfTag(epc);
        const row = id === null ? undefined : byId.get(version, id);
        return row === undefined ? null : itemOf(row);
      },
    };
  }

  itemsIn(version: number): number {
    const row = this.#db.prepare('SELECT count(*) AS n FROM shelf_item WHERE version = ?').get(version);
    return row === undefined ? 0 : integer(row, 'n');
  }
}

const itemOf = (row: Row): Item => Item.parse(JSON.parse(text(row, 'json')));
const heldOf = (row: Row): HeldShelf => ({
  version: integer(row, 'version'),
  catalog_version: integer(row, 'catalog_version'),
});
