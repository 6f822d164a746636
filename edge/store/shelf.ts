import { shelfCodesOf } from '../../shared/catalog/aliases.ts';
import type { Item } from '../../shared/catalog/item.ts';
import type { CodeLookup } from '../../shared/catalog/resolution.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import type { ShelfForBasket, StageShelf, SwapShelf } from '../../shared/rpc/store.ts';
import { appendFeed } from './feed_log.ts';
import { markOf, setMark } from './marks.ts';
import { type Scope, wakeBy } from './scope.ts';
import { keepPromotionParts, stagedPromotionParts } from './shelf_promotions.ts';
import { first, type Sql, single } from './sql.ts';

/** Rows of old versions that one housekeeping turn deletes at most, so that scans do not wait for it. */
const SWEPT_ROWS_MAX = 5_000;

type Stale = { code: 'stale_version' };

/** Puts a part of a coming version aside; the same part again replaces it. Nothing sells from it yet. */
export function stageShelf({ sql, config }: Scope, stage: StageShelf): Result<{ staged: number }, Stale> {
  const { version, part, items } = stage;
  if (version <= markOf(sql, 'shelf_version')) return err({ code: 'stale_version' });
  dropPart(sql, version, part);
  for (const item of items) {
    sql.exec(
      'INSERT OR REPLACE INTO item (version, item_id, part, name, json) VALUES (?, ?, ?, ?, ?)',
      version,
      item.id,
      part,
      item.name,
      JSON.stringify(item),
    );
    for (const gtin of item.gtins) addCode(sql, { version, code: gtin, kind: 'gtin', item: item.id, part });
    for (const code of shelfCodesOf(item, config.policies.scan?.zero_policy))
      addCode(sql, { version, code, kind: 'raw', item: item.id, part });
  }
  sql.exec('INSERT INTO shelf_part (version, part, items) VALUES (?, ?, ?)', version, part, items.length);
  return ok({ staged: items.length });
}

interface Code {
  version: number;
  code: string;
  kind: 'gtin' | 'raw';
  item: string;
  part: number;
}

function addCode(sql: Sql, code: Code): void {
  sql.exec(
    'INSERT OR REPLACE INTO item_code (version, code, kind, item_id, part) VALUES (?, ?, ?, ?, ?)',
    code.version,
    code.code,
    code.kind,
    code.item,
    code.part,
  );
}

/** Codes are found by a scan of the version: no index is kept for what only a repeated upload needs. */
function dropPart(sql: Sql, version: number, part: number): void {
  const staged = first(
    sql,
    'SELECT 1 AS found FROM shelf_part WHERE version = ? AND part = ?',
    version,
    part,
  );
  if (staged === null) return;
  for (const table of ['item', 'item_code', 'shelf_part']) {
    sql.exec(`DELETE FROM ${table} WHERE version = ? AND part = ?`, version, part);
  }
}

/** From one scan to the next the whole shelf and its promotions are of the new version, or nothing changes. */
export function swapShelf(
  scope: Scope,
  swap: SwapShelf,
): Result<{ version: number; items: number; promotions: number }, Stale | { code: 'missing_parts' }> {
  const { sql } = scope;
  const { version, parts, promotion_parts, catalog_version } = swap;
  if (version <= markOf(sql, 'shelf_version')) return err({ code: 'stale_version' });
  const { staged } = single<{ staged: number }>(
    sql,
    'SELECT count(*) AS staged FROM shelf_part WHERE version = ? AND part < ?',
    version,
    parts,
  );
  if (staged !== parts || stagedPromotionParts(sql, version, promotion_parts) !== promotion_parts)
    return err({ code: 'missing_parts' });
  // An earlier, abandoned upload of this version may have had more parts.
  const surplus = sql.exec<{ part: number }>(
    'SELECT part FROM shelf_part WHERE version = ? AND part >= ?',
    version,
    parts,
  );
  for (const { part } of surplus) dropPart(sql, version, part);
  const promotions = keepPromotionParts(sql, version, promotion_parts);
  sql.exec('INSERT INTO shelf (version, catalog_version) VALUES (?, ?)', version, catalog_version);
  setMark(sql, 'shelf_version', version);
  appendFeed(scope, { type: 'shelf', version });
  wakeBy(scope.after, scope.now);
  const { items } = single<{ items: number }>(
    sql,
    'SELECT count(*) AS items FROM item WHERE version = ?',
    version,
  );
  return ok({ version, items, promotions });
}

/** Which shelf sells. */
export function shelfForBasket(sql: Sql): ShelfForBasket {
  const version = markOf(sql, 'shelf_version');
  const row = first<{ catalog_version: number }>(
    sql,
    'SELECT catalog_version FROM shelf WHERE version = ?',
    version,
  );
  return { version, catalog_version: row?.catalog_version ?? 0 };
}

/** One item of a version of the shelf, or null. */
export function shelfItem(sql: Sql, version: number, itemId: string): Item | null {
  const row = first<{ json: string }>(
    sql,
    'SELECT json FROM item WHERE version = ? AND item_id = ?',
    version,
    itemId,
  );
  return row === null ? null : JSON.parse(row.json);
}

/** The selling version, as a scan asks it. Rows were validated when they were staged. */
export function shelfLookup(sql: Sql, version: number): CodeLookup<Item> {
  const read = (row: { json: string }): Item => JSON.parse(row.json);
  const byCode = (code: string, kind: Code['kind']): Item[] =>
    sql
      .exec<{ json: string }>(
        `SELECT item.json FROM item_code JOIN item USING (version, item_id)
         WHERE item_code.version = ? AND item_code.code = ? AND item_code.kind = ?`,
        version,
        code,
        kind,
      )
      .map(read);
  return {
    byCode: (code) => byCode(code, 'raw'),
    bySku: (sku) => byCode(`sku:${sku}`, 'raw'),
    byAlias: (code) => byCode(`alias:${code}`, 'raw'),
    bySuffix: (digits) =>
      sql
        .exec<{ json: string }>(
          `SELECT item.json FROM item_code JOIN item USING (version, item_id)
           WHERE item_code.version = ? AND substr(item_code.code, ?) = ? AND instr(item_code.code, ':') = 0 LIMIT 2`,
          version,
          -digits.length,
          digits,
        )
        .map(read),
    byGtin14: (gtin) => byCode(gtin, 'gtin'),
    byEpc: (epc) => {
      const row = first<{ json: string }>(
        sql,
        'SELECT item.json FROM tag JOIN item ON item.version = ? AND item.item_id = tag.item_id WHERE tag.epc = ?',
        version,
        epc,
      );
      return row === null ? null : read(row);
    },
  };
}

/** Whether rows of versions below the selling one are still there. */
export function shelfHasOldRows(sql: Sql): boolean {
  const version = markOf(sql, 'shelf_version');
  return ['item', 'item_code', 'shelf_part', 'promotion_part', 'shelf'].some(
    (table) => first(sql, `SELECT 1 AS found FROM ${table} WHERE version < ? LIMIT 1`, version) !== null,
  );
}

/** Deletes a portion of them. */
export function sweepShelf(sql: Sql): void {
  const version = markOf(sql, 'shelf_version');
  sql.exec(
    'DELETE FROM item WHERE rowid IN (SELECT rowid FROM item WHERE version < ? LIMIT ?)',
    version,
    SWEPT_ROWS_MAX,
  );
  sql.exec(
    `DELETE FROM item_code WHERE (version, code, kind, item_id) IN
     (SELECT version, code, kind, item_id FROM item_code WHERE version < ? LIMIT ?)`,
    version,
    SWEPT_ROWS_MAX,
  );
  for (const table of ['shelf_part', 'promotion_part', 'shelf'])
    sql.exec(`DELETE FROM ${table} WHERE version < ?`, version);
}
