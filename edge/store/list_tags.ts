import type { ItemId, OrderId } from '../../shared/ids/index.ts';
import { markOf } from './marks.ts';
import type { Sql } from './sql.ts';

const TAGS_LISTED_MAX = 500;

type TagUse = 'free' | 'held' | 'sold';
export interface TagsQuery {
  status?: TagUse;
  limit: number;
  /** The last EPC of the page before. */
  after?: string;
}
export interface ListedTag {
  epc: string;
  item_id: ItemId;
  name: string;
  status: TagUse;
  order_id?: OrderId;
}

type Row = { epc: string; item_id: ItemId; name: string | null; use: TagUse; order_id: OrderId | null };

/** A page of the ledger for staff, by EPC. `held` is unsold and in somebody's basket at this moment. */
export function listTags(sql: Sql, now: number, query: TagsQuery): ListedTag[] {
  const rows = sql.exec<Row>(
    `SELECT * FROM (
       SELECT tag.epc, tag.item_id, item.name, tag.order_id,
         CASE WHEN tag.status = 'sold' THEN 'sold'
              WHEN holder.basket_id IS NOT NULL THEN 'held' ELSE 'free' END AS use
       FROM tag
       LEFT JOIN item ON item.version = ?1 AND item.item_id = tag.item_id
       LEFT JOIN hold ON hold.epc = tag.epc
       LEFT JOIN holder ON holder.basket_id = hold.basket_id AND (holder.pinned = 1 OR holder.until > ?2)
       WHERE tag.epc > ?3
     ) WHERE ?4 IS NULL OR use = ?4 ORDER BY epc LIMIT ?5`,
    markOf(sql, 'shelf_version'),
    now,
    query.after ?? '',
    query.status ?? null,
    Math.min(query.limit, TAGS_LISTED_MAX),
  );
  return rows.map(({ epc, item_id, name, use, order_id }) => ({
    epc,
    item_id,
    name: name ?? '',
    status: use,
    ...(order_id === null ? {} : { order_id }),
  }));
}
