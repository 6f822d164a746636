import type { BasketStatus } from '../../shared/api/basket.ts';
import { BASKET_MOVES } from '../../shared/basket/status.ts';
import { moveAxis, NEW_ORDER } from '../../shared/order/axes.ts';
import { unwrap } from '../../shared/result.ts';
import type { Sql } from '../store/sql.ts';
import { basketOf, type OrderRow } from './rows.ts';

/** Writes the basket's status; a step that the table does not know is a bug. */
export function moveBasket(sql: Sql, to: BasketStatus, nowMs: number): void {
  const { status } = basketOf(sql);
  if (status === to) return;
  if (!BASKET_MOVES[status].includes(to)) throw new Error(`a basket never goes from ${status} to ${to}`);
  sql.exec('UPDATE basket SET status = ?, updated_at = ?', to, nowMs);
}

/** The order's next status, to be written with what makes it so; a step that the table does not know is a bug. */
export function nextStatus(order: OrderRow, to: OrderRow['status']): OrderRow['status'] {
  return unwrap(moveAxis({ ...NEW_ORDER, status: order.status }, 'status', to)).status;
}
