import type { WishlistItem } from '../../shared/api/shopper.ts';
import type { Item } from '../../shared/catalog/item.ts';
import type { ItemId, StoreId } from '../../shared/ids/index.ts';
import { first, type Sql, single } from '../store/sql.ts';

/** Items of one shopper's list at one store. */
export const WISHLIST_ITEMS_MAX = 100;

type Snapshot = Pick<WishlistItem, 'name' | 'sku' | 'unit_price' | 'image' | 'available'>;

/** Puts an item on the list or changes how many are wanted. False: the list is full. */
export function putWish(
  sql: Sql,
  { store_id, item, quantity, now }: { store_id: StoreId; item: Item; quantity: number; now: number },
): boolean {
  const { n } = single<{ n: number }>(sql, 'SELECT count(*) AS n FROM wish WHERE store_id = ?', store_id);
  const listed = 'SELECT 1 AS found FROM wish WHERE store_id = ? AND item_id = ?';
  if (n >= WISHLIST_ITEMS_MAX && first(sql, listed, store_id, item.id) === null) return false;
  sql.exec(
    `INSERT INTO wish (store_id, item_id, quantity, snapshot, added_at) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (store_id, item_id) DO UPDATE SET quantity = excluded.quantity, snapshot = excluded.snapshot`,
    ...[store_id, item.id, quantity, JSON.stringify(snapshotOf(item)), now],
  );
  return true;
}

/** False: it was not on the list. */
export const dropWish = (sql: Sql, store_id: StoreId, item_id: ItemId): boolean =>
  sql.exec('DELETE FROM wish WHERE store_id = ? AND item_id = ? RETURNING n', store_id, item_id).length > 0;

/** In the order in which they were added, as they were last seen. */
export function wishesOf(sql: Sql, store_id: StoreId): WishlistItem[] {
  type Row = { item_id: ItemId; quantity: number; snapshot: string; added_at: number };
  const rows = sql.exec<Row>(
    'SELECT item_id, quantity, snapshot, added_at FROM wish WHERE store_id = ? ORDER BY n',
    store_id,
  );
  return rows.map(({ item_id, quantity, snapshot, added_at }) => ({
    item_id,
    quantity,
    ...JSON.parse(snapshot),
    added_at: new Date(added_at).toISOString(),
  }));
}

/** Brings what the list shows up to the shelf as it stands now; what has left the shelf stays, as not available. */
export function refreshWishes(sql: Sql, store_id: StoreId, items: readonly Item[]): void {
  const shelf = new Map(items.map((item) => [item.id, item]));
  for (const wish of wishesOf(sql, store_id)) {
    const item = shelf.get(wish.item_id);
    const before = JSON.stringify(seen(wish));
    const after = JSON.stringify(item === undefined ? { ...seen(wish), available: false } : snapshotOf(item));
    if (after !== before)
      sql.exec(
        'UPDATE wish SET snapshot = ? WHERE store_id = ? AND item_id = ?',
        ...[after, store_id, wish.item_id],
      );
  }
}

const snapshotOf = ({ name, sku, unit_price, image, stock }: Item): Snapshot => ({
  ...{ name, sku, unit_price },
  ...(image === undefined ? {} : { image }),
  available: stock !== 0,
});

const seen = ({ name, sku, unit_price, image, available }: Snapshot): Snapshot => ({
  ...{ name, sku, unit_price },
  ...(image === undefined ? {} : { image }),
  available,
});
