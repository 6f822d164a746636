import type { PurchaseType } from '../../shared/api/common.ts';
import type { BasketLimits } from '../../shared/basket/lines.ts';
import type { StoreConfig } from '../../shared/config/store_config.ts';
import type { Sql } from '../store/sql.ts';
import type { Refusal } from './port.ts';
import { pricedOf } from './rows.ts';
import { refuse } from './trip.ts';

/** The store's bounds for a basket of this kind. */
export function limitsOf({ policies: { basket } }: StoreConfig, purchaseType: PurchaseType): BasketLimits {
  const { max_quantity_per_item, max_lines, stock } = basket;
  return { max_quantity_per_item, max_lines, blocks_on_stock: stock[purchaseType] === 'block' };
}

/** A basket that comes to more than the store takes, unless it came to more before. */
export function beyondTotal(
  sql: Sql,
  { policies: { basket } }: StoreConfig,
  total: number,
): { ok: false; error: Refusal } | null {
  if (basket.max_total === undefined || total <= basket.max_total) return null;
  return total > pricedOf(sql).total ? refuse('total_limit') : null;
}
