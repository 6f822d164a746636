import { businessDate } from '../../shared/basket/business_date.ts';
import {
  fitsQuota,
  type QuotaExcess,
  type QuotaGoods,
  quotaParts,
  quotaPeriod,
} from '../../shared/basket/quota.ts';
import type { BasketId, ItemId, OrderId } from '../../shared/ids/index.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import type { Scope } from './scope.ts';
import { single } from './sql.ts';

/**
 * Keeps a traveller's quotas for an order, in the caller's transaction. Two orders at once come one after the other
 * here, so both never pass. Reserves all or nothing; without quotas or goods that they count nothing is written.
 */
export function reserveQuotas(
  scope: Scope,
  basketId: BasketId,
  { traveller, goods }: { traveller: string; goods: readonly QuotaGoods[] },
): Result<null, QuotaExcess> {
  const { sql, config, now } = scope;
  const { basket, order } = config.policies;
  const day = businessDate(now, config.timezone, order.business_date_offset_min);
  const wanted = basket.quotas.map((quota) => ({
    ...{ quota, parts: quotaParts(quota, goods), period: quotaPeriod(quota, day) },
  }));
  for (const { quota, parts, period } of wanted) {
    const fits = fitsQuota(quota, usedOf(scope, quota.id, traveller, period), parts);
    if (parts.length > 0 && !fits.ok) return err(fits.error);
  }
  for (const { quota, parts, period } of wanted)
    for (const { item_id, units_per_item, quantity } of parts)
      sql.exec(
        `INSERT OR REPLACE INTO quota_use (basket_id, quota_id, item_id, traveller, period, units_per_item, quantity)
         VALUES (?, ?, ?, ?, ?, ?, ?)`,
        ...[basketId, quota.id, item_id, traveller, period, units_per_item, quantity],
      );
  return ok(null);
}

const usedOf = ({ sql }: Scope, quotaId: string, traveller: string, period: string): number =>
  single<{ used: number }>(
    sql,
    `SELECT coalesce(sum((quantity - returned) * units_per_item), 0) AS used FROM quota_use
     WHERE quota_id = ? AND traveller = ? AND period = ?`,
    ...[quotaId, traveller, period],
  ).used;

/** The order is paid: what it used stays used. */
export const commitQuotas = ({ sql }: Scope, basketId: BasketId): void => {
  sql.exec('UPDATE quota_use SET committed = 1 WHERE basket_id = ?', basketId);
};

/** The order was given up. What a sale used is never released, only returned. */
export const dropQuotas = ({ sql }: Scope, basketId: BasketId): void => {
  sql.exec('DELETE FROM quota_use WHERE basket_id = ? AND committed = 0', basketId);
};

/** Goods of a refund are physically back, once a refund: the caller has seen to that. */
export function returnQuotas(
  { sql }: Scope,
  orderId: OrderId,
  goods: readonly { item_id: ItemId; quantity: number }[],
): void {
  for (const { item_id, quantity } of goods)
    sql.exec(
      `UPDATE quota_use SET returned = min(quantity, returned + ?) WHERE item_id = ?
         AND basket_id = (SELECT basket_id FROM orders WHERE order_id = ?)`,
      ...[quantity, item_id, orderId],
    );
}
