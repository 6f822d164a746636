import type { Basket } from '../../shared/api/basket.ts';
import { NOTHING_PRICED } from '../../shared/basket/view.ts';
import type { StoreConfig } from '../../shared/config/store_config.ts';
import type { BasketId } from '../../shared/ids/index.ts';
import type { Sql } from '../store/sql.ts';
import type { Caller } from './port.ts';
import { audit } from './rows.ts';
import { createTables } from './schema.ts';
import { viewBasket } from './view.ts';

/** Makes the tables and an empty basket, in the caller's transaction. */
export function create(
  sql: Sql,
  basketId: BasketId,
  shopper: Caller & { kind: 'shopper' },
  config: StoreConfig,
  nowMs: number,
): Basket {
  const schema = createTables(sql);
  sql.exec(
    `INSERT INTO basket (one, schema, basket_id, retailer_id, store_id, shopper_id, currency, status, created_at,
       updated_at, expires_at, shelf_version, config_version, priced)
     VALUES (1, ?, ?, ?, ?, ?, ?, 'open', ?, ?, ?, 0, ?, ?)`,
    ...[schema, basketId, shopper.retailer_id, shopper.store_id, shopper.shopper_id, config.currency],
    ...[nowMs, nowMs, nowMs + config.policies.basket_ttl_ms, config.version, JSON.stringify(NOTHING_PRICED)],
  );
  audit(sql, nowMs, 'created');
  return viewBasket(sql, nowMs);
}
