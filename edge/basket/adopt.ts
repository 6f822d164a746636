import { NOTHING_PRICED } from '../../shared/basket/view.ts';
import { type BasketId, type RetailerId, ShopperId } from '../../shared/ids/index.ts';
import type { Debt } from '../../shared/rpc/agents.ts';
import type { CommittedSale } from '../../shared/rpc/store.ts';
import type { Sql } from '../store/sql.ts';
import { audit } from './rows.ts';
import { createTables } from './schema.ts';

/** Who pays a till's debt: nobody signed in, so the trip's own UUID names the one who holds the paper. */
export const debtorOf = (basket: BasketId): ShopperId => ShopperId.parse(basket.replace(/^bsk_/, 'shp_'));

/**
 * Makes a trip of a till's order whose goods left unpaid, so that the debt is paid like anything else. Order,
 * numbers and receipt are the till's; only attempts to pay what is owed are added. In the caller's transaction.
 */
export function adopt(
  sql: Sql,
  basketId: BasketId,
  { debt, retailer_id }: { debt: Debt; retailer_id: RetailerId },
  nowMs: number,
): void {
  const { order, receipt, owed } = debt;
  const schema = createTables(sql);
  sql.exec(
    `INSERT INTO basket (one, schema, basket_id, retailer_id, store_id, shopper_id, currency, status, created_at,
       updated_at, expires_at, shelf_version, config_version, priced)
     VALUES (1, ?, ?, ?, ?, ?, ?, 'converted', ?, ?, ?, 0, 0, ?)`,
    ...[schema, basketId, retailer_id, order.store_id, debtorOf(basketId), order.currency],
    ...[nowMs, nowMs, nowMs, JSON.stringify(NOTHING_PRICED)],
  );
  const sale: CommittedSale = {
    fiscal_number: order.receipt?.fiscal_number ?? order.number,
    completed_at: order.completed_at ?? order.created_at,
    tags: [],
    incidents: [],
    poslog: null,
    business_date: null,
    verification: 'not_required',
  };
  sql.exec(
    `INSERT INTO orders (one, order_id, number, opened_at, status, due, frozen_at, checkout_ttl_ms, sale, receipt, till)
     VALUES (1, ?, ?, ?, 'completed', ?, ?, 0, ?, ?, ?)`,
    ...[order.id, order.number, order.created_at, owed, nowMs],
    ...[JSON.stringify(sale), JSON.stringify(receipt), JSON.stringify(order)],
  );
  audit(sql, nowMs, 'adopted', { number: order.number, owed });
}
