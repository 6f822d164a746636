import type { Basket } from '../../shared/api/basket.ts';
import type { PurchaseType } from '../../shared/api/common.ts';
import { NOTHING_NEEDED } from '../../shared/basket/verification.ts';
import { NOTHING_PRICED } from '../../shared/basket/view.ts';
import type { StoreConfig } from '../../shared/config/store_config.ts';
import type { BasketId } from '../../shared/ids/index.ts';
import type { Sql } from '../store/sql.ts';
import type { Caller } from './port.ts';
import { audit } from './rows.ts';
import { createTables } from './schema.ts';
import { viewBasket } from './view.ts';
import { ttlMs } from './write_lines.ts';

/** Makes the tables and an empty basket, in the caller's transaction. */
export function create(
  sql: Sql,
  basketId: BasketId,
  shopper: Caller & { kind: 'shopper' },
  { config, purchase_type }: { config: StoreConfig; purchase_type: PurchaseType },
  nowMs: number,
): Basket {
  const schema = createTables(sql);
  sql.exec(
    `INSERT INTO basket (one, schema, basket_id, retailer_id, store_id, shopper_id, currency, status, created_at,
       updated_at, expires_at, shelf_version, config_version, priced, purchase_type, need)
     VALUES (1, ?, ?, ?, ?, ?, ?, 'open', ?, ?, ?, 0, ?, ?, ?, ?)`,
    ...[schema, basketId, shopper.retailer_id, shopper.store_id, shopper.shopper_id, config.currency],
    ...[nowMs, nowMs, nowMs + ttlMs(purchase_type, config), config.version, JSON.stringify(NOTHING_PRICED)],
    ...[purchase_type, JSON.stringify(NOTHING_NEEDED)],
  );
  audit(sql, nowMs, 'created', { purchase_type });
  return viewBasket(sql, nowMs);
}
