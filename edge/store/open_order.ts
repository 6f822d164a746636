import { err, ok, type Result } from '../../shared/result.ts';
import type { OpenedOrder, OpenOrder, OpenOrderRefusal } from '../../shared/rpc/store.ts';
import { otherHolder, pin } from './holds.ts';
import { tagOf } from './ledger.ts';
import { orderOf } from './orders.ts';
import { appendEvent } from './outbox.ts';
import { poslogNumber } from './poslog_number.ts';
import { reserveQuotas } from './quota.ts';
import { iso, type Scope } from './scope.ts';
import { allocate } from './series.ts';
import { dropStock, reserveStock } from './stock.ts';

/**
 * Gives a basket its order number and pins its tags, which may have expired meanwhile if nobody else took
 * them; where the store's count must hold, its goods are kept. Keyed by basket: again answers the same. A refusal writes nothing, so it costs no number.
 */
export function openOrder(scope: Scope, open: OpenOrder): Result<OpenedOrder, OpenOrderRefusal> {
  const known = orderOf(scope.sql, open.basket_id);
  if (known?.status === 'cancelled') return err({ code: 'order_cancelled' });
  if (known !== null) return ok(opened(scope, known));

  for (const epc of open.epcs) {
    if (tagOf(scope.sql, epc)?.status === 'sold') return err({ code: 'epc_sold', epc });
    if (otherHolder(scope, epc, open.basket_id) !== null) return err({ code: 'epc_in_other_basket', epc });
  }

  const { goods = [], purchase_type = 'scan_and_go' } = open;
  const reserved = reserveStock(scope, open.basket_id, goods, purchase_type);
  if (!reserved.ok) return err({ code: 'out_of_stock', shortage: reserved.error });

  if (open.quota !== undefined) {
    const kept = reserveQuotas(scope, open.basket_id, open.quota);
    if (!kept.ok) {
      dropStock(scope, open.basket_id);
      return err({ code: 'quota_exceeded', quota: kept.error });
    }
  }

  const { value, epoch } = allocate(scope, 'order');
  const number = `${scope.config.order_prefix}${value}`;
  scope.sql.exec(
    `INSERT INTO orders (basket_id, order_id, number, series_epoch, series_value, status, shopper_id, total, items, created_at)
     VALUES (?, ?, ?, ?, ?, 'created', ?, ?, ?, ?)`,
    open.basket_id,
    open.order_id,
    number,
    epoch,
    value,
    open.shopper_id,
    open.total,
    open.items,
    scope.now,
  );
  pin(scope, open.epcs, open.basket_id);
  const { order_id, basket_id, shopper_id, total, items } = open;
  const { currency } = scope.config;
  appendEvent(scope, {
    type: 'order.created',
    data: { order_id, basket_id, shopper_id, number, total, currency, items },
  });
  return ok(opened(scope, { order_id, number, created_at: scope.now }));
}

/** Where the store wants it, the POSLog number is reserved now; the sale takes it, or it is closed as a void. */
function opened(
  scope: Scope,
  order: { order_id: OpenOrder['order_id']; number: string; created_at: number },
): OpenedOrder {
  const { order_id, number, created_at } = order;
  return {
    number,
    created_at: iso(created_at),
    ...(scope.config.policies.order.numbers.poslog.reserve
      ? { poslog: poslogNumber(scope, { order_id, purpose: 'sale' }) }
      : {}),
  };
}
