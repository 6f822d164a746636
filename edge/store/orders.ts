import type { Order } from '../../shared/api/order.ts';
import type { BasketId, OrderId } from '../../shared/ids/index.ts';
import { first, type Sql } from './sql.ts';

/** The order of a basket as the ledger keeps it. Times are milliseconds since 1970. */
export type OrderRow = {
  basket_id: BasketId;
  order_id: OrderId;
  number: string;
  status: 'created' | 'cancelled' | 'completed';
  created_at: number;
  cancelled_at: number | null;
  verification: Order['verification_status'];
};

export function orderOf(sql: Sql, basket: BasketId): OrderRow | null {
  return first<OrderRow>(
    sql,
    'SELECT basket_id, order_id, number, status, created_at, cancelled_at, verification FROM orders WHERE basket_id = ?',
    basket,
  );
}
