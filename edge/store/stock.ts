import type { PurchaseType } from '../../shared/api/common.ts';
import type { Item } from '../../shared/catalog/item.ts';
import type { Shortage } from '../../shared/http/problem.ts';
import type { BasketId, ItemId, RefundId } from '../../shared/ids/index.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import { markOf } from './marks.ts';
import type { Scope } from './scope.ts';
import { shelfItem } from './shelf.ts';
import { first, single } from './sql.ts';

/** From this number on a stock says that nobody counts. */
const UNCOUNTED_FROM = 9_999;

export interface Goods {
  item_id: ItemId;
  quantity: number;
}

const isCounted = (item: Item): item is Item & { stock: number } =>
  item.stock != null && item.stock < UNCOUNTED_FROM;

/**
 * How many of an item are left for this basket: what the selling shelf says, less what was sold since it was
 * published, less what other orders are to get. Null: nobody counts it.
 */
export function availableOf(scope: Scope, item: Item, basketId: BasketId | null): number | null {
  if (!isCounted(item)) return null;
  const { sql } = scope;
  const count = first<{ shelf_version: number; sold: number }>(
    sql,
    'SELECT shelf_version, sold FROM stock_count WHERE item_id = ?',
    item.id,
  );
  const sold = count?.shelf_version === markOf(sql, 'shelf_version') ? count.sold : 0;
  const { reserved } = single<{ reserved: number }>(
    sql,
    'SELECT coalesce(sum(quantity), 0) AS reserved FROM stock_reserved WHERE item_id = ? AND basket_id <> ?',
    item.id,
    basketId ?? '',
  );
  return Math.max(0, item.stock - sold - reserved);
}

/** The same where the store looks at its count; undefined: it does not, for baskets of this kind. */
export const lookedAt = (
  scope: Scope,
  item: Item,
  of: { basket_id: BasketId | null; purchase_type: PurchaseType },
): number | undefined =>
  scope.config.policies.basket.stock[of.purchase_type] === 'off'
    ? undefined
    : (availableOf(scope, item, of.basket_id) ?? undefined);

/**
 * Keeps the goods of an order, in the caller's transaction, where the count must hold. Two orders for the last one come
 * one after the other here, so one of them is refused. Reserves all or nothing.
 */
export function reserveStock(
  scope: Scope,
  basketId: BasketId,
  goods: readonly Goods[],
  purchaseType: PurchaseType,
): Result<null, Shortage> {
  if (scope.config.policies.basket.stock[purchaseType] !== 'block') return ok(null);
  const counted = goods.flatMap(({ item_id, quantity }) => {
    const item = shelfItem(scope.sql, markOf(scope.sql, 'shelf_version'), item_id);
    const available = item === null ? null : availableOf(scope, item, basketId);
    return available === null ? [] : [{ item_id, available, requested: quantity }];
  });
  const short = counted.find(({ available, requested }) => requested > available);
  if (short !== undefined) return err(short);
  for (const { item_id, requested } of counted)
    scope.sql.exec(
      'INSERT OR REPLACE INTO stock_reserved (basket_id, item_id, quantity) VALUES (?, ?, ?)',
      basketId,
      item_id,
      requested,
    );
  return ok(null);
}

/** The order is over: nothing is kept for it any more. */
export const dropStock = ({ sql }: Scope, basketId: BasketId): void => {
  sql.exec('DELETE FROM stock_reserved WHERE basket_id = ?', basketId);
};

/** Counts what was sold, in the transaction that commits the sale and so once. Items that nobody counts leave no row. */
export function sellStock(scope: Scope, goods: readonly Goods[]): void {
  const version = markOf(scope.sql, 'shelf_version');
  for (const { item_id, quantity } of goods) {
    const item = shelfItem(scope.sql, version, item_id);
    if (item !== null && isCounted(item)) count(scope, item_id, quantity);
  }
}

/** Goods of a refund that are back on the shelf; again changes nothing. */
export function returnStock(
  scope: Scope,
  { refund_id, goods }: { refund_id: RefundId; goods: readonly Goods[] },
): void {
  const known = first(scope.sql, 'SELECT 1 AS found FROM stock_returned WHERE refund_id = ?', refund_id);
  if (known !== null) return;
  scope.sql.exec('INSERT INTO stock_returned (refund_id, at) VALUES (?, ?)', refund_id, scope.now);
  sellStock(
    scope,
    goods.map(({ item_id, quantity }) => ({ item_id, quantity: -quantity })),
  );
}

/** A shelf of another version told the stock anew: the count begins at it. */
function count({ sql }: Scope, itemId: ItemId, quantity: number): void {
  sql.exec(
    `INSERT INTO stock_count (item_id, shelf_version, sold) VALUES (?, ?, ?)
     ON CONFLICT (item_id) DO UPDATE SET
       sold = CASE WHEN shelf_version = excluded.shelf_version THEN sold ELSE 0 END + excluded.sold,
       shelf_version = excluded.shelf_version`,
    ...[itemId, markOf(sql, 'shelf_version'), quantity],
  );
}
