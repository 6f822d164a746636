import type { BasketId } from '../../shared/ids/index.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import { dropHolds } from './holds.ts';
import { orderOf } from './orders.ts';
import { appendEvent } from './outbox.ts';
import { poslogFacts, voidNumber } from './poslog_number.ts';
import { dropQuotas } from './quota.ts';
import { iso, type Scope } from './scope.ts';
import { dropStock } from './stock.ts';

/**
 * Ends an order that nobody paid: its number stays as a void record, in the POSLog too, its tags are free.
 * Idempotent.
 */
export function cancelOrder(
  scope: Scope,
  cancel: { basket_id: BasketId; reason: string },
): Result<{ cancelled_at: string }, { code: 'already_paid' } | { code: 'not_found' }> {
  const order = orderOf(scope.sql, cancel.basket_id);
  if (order === null) return err({ code: 'not_found' });
  if (order.status === 'completed') return err({ code: 'already_paid' });
  if (order.status === 'cancelled') return ok({ cancelled_at: iso(order.cancelled_at ?? order.created_at) });
  scope.sql.exec(
    `UPDATE orders SET status = 'cancelled', cancelled_at = ?, cancel_reason = ? WHERE basket_id = ?`,
    scope.now,
    cancel.reason,
    cancel.basket_id,
  );
  dropHolds(scope.sql, cancel.basket_id);
  dropStock(scope, cancel.basket_id);
  dropQuotas(scope, cancel.basket_id);
  const { order_id, number, created_at } = order;
  const given = voidNumber(scope, order_id);
  const times = { began: created_at, ended: scope.now };
  appendEvent(scope, {
    type: 'order.cancelled',
    data: {
      order_id,
      number,
      reason: cancel.reason,
      currency: scope.config.currency,
      ...(given === null ? {} : { poslog: poslogFacts(scope, given, times) }),
    },
  });
  return ok({ cancelled_at: iso(scope.now) });
}
