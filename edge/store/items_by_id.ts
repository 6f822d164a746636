import { Item } from '../../shared/catalog/item.ts';
import type { ItemId } from '../../shared/ids/index.ts';
import { markOf } from './marks.ts';
import type { Sql } from './sql.ts';

/** The items of the shelf that sells now, of those asked for; what it does not have is left out. */
export function itemsById(sql: Sql, ids: readonly ItemId[]): Item[] {
  const version = markOf(sql, 'shelf_version');
  const query = 'SELECT json FROM item WHERE version = ? AND item_id = ?';
  return ids.flatMap((id) =>
    sql.exec<{ json: string }>(query, version, id).map(({ json }) => Item.parse(JSON.parse(json))),
  );
}
