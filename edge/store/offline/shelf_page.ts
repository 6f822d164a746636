import type { z } from 'zod';
import type { ShelfQuery } from '../../../shared/offline/wire.ts';
import { err, ok, type Result } from '../../../shared/result.ts';
import type { ShelfTexts } from '../../../shared/rpc/agents.ts';
import { markOf } from '../marks.ts';
import { shelfForBasket } from '../shelf.ts';
import { first, type Sql } from '../sql.ts';

/** One page's text, in UTF-16 code units. One promotion part is below it, so every page makes progress. */
export const SHELF_PAGE_CHARACTERS_MAX = 1_000_000;
/** Cursors of the pages after the items; an item's id is the cursor of the pages before. */
const PROMOTIONS_FROM = /^promotions:([0-9]{1,9})$/;
const promotionsAt = (part: number): string => `promotions:${part}`;

/**
 * A page of the shelf that sells: items by id, then promotions by part. A version that sells no more is
 * refused, so that pages of two versions never make one shelf.
 */
export function shelfPage(
  sql: Sql,
  { version, after = '', limit }: z.infer<typeof ShelfQuery>,
): Result<ShelfTexts, { code: 'not_found'; selling: number }> {
  const selling = markOf(sql, 'shelf_version');
  if (version !== undefined && version !== selling) return err({ code: 'not_found', selling });
  const head = { version: selling, catalog_version: shelfForBasket(sql).catalog_version };
  const part = PROMOTIONS_FROM.exec(after)?.[1];
  if (part !== undefined) return ok({ ...head, items: [], ...promotionsFrom(sql, selling, Number(part)) });
  return ok({ ...head, promotions: [], ...itemsAfter(sql, selling, after, limit) });
}

function itemsAfter(
  sql: Sql,
  version: number,
  after: string,
  limit: number,
): Pick<ShelfTexts, 'items' | 'next'> {
  const rows = sql.exec<{ item_id: string; json: string }>(
    'SELECT item_id, json FROM item WHERE version = ? AND item_id > ? ORDER BY item_id LIMIT ?',
    version,
    after,
    limit,
  );
  const fit = fitting(rows.map(({ json }) => json.length));
  const items = rows.slice(0, fit).map(({ json }) => json);
  if (fit < rows.length || rows.length === limit) return { items, next: rows[fit - 1]?.item_id ?? null };
  const promotions = first(sql, 'SELECT 1 AS found FROM promotion_part WHERE version = ? LIMIT 1', version);
  return { items, next: promotions === null ? null : promotionsAt(0) };
}

function promotionsFrom(sql: Sql, version: number, from: number): Pick<ShelfTexts, 'promotions' | 'next'> {
  const sizes = sql.exec<{ part: number; characters: number }>(
    'SELECT part, length(json) AS characters FROM promotion_part WHERE version = ? AND part >= ? ORDER BY part',
    version,
    from,
  );
  const next = sizes[fitting(sizes.map(({ characters }) => characters))]?.part ?? null;
  const rows = sql.exec<{ json: string }>(
    'SELECT json FROM promotion_part WHERE version = ? AND part >= ? AND part < ? ORDER BY part',
    version,
    from,
    next ?? Number.MAX_SAFE_INTEGER,
  );
  return {
    promotions: rows.map(({ json }) => json),
    next: next === null ? null : promotionsAt(next),
  };
}

/** How many of the first texts are one page: at least one, if there is any. */
function fitting(sizes: readonly number[]): number {
  let sum = 0;
  const over = sizes.findIndex((size, i) => {
    sum += size;
    return i > 0 && sum > SHELF_PAGE_CHARACTERS_MAX;
  });
  return over === -1 ? sizes.length : over;
}
