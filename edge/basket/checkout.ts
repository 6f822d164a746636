import type { Order } from '../../shared/api/order.ts';
import { needsVerification } from '../../shared/basket/view.ts';
import { orderIdOf } from '../../shared/ids/index.ts';
import { isCovered, sessionSums } from '../../shared/payment/session.ts';
import { ok, type Result } from '../../shared/result.ts';
import { closeSession } from './consequences.ts';
import { addDuty } from './duty.ts';
import type { Memory } from './idempotency.ts';
import { closedTo } from './lines.ts';
import { moveBasket } from './moves.ts';
import type { Refusal } from './port.ts';
import { audit, basketOf, legsOf, linesOf, orderOf, pricedOf, sessionOf } from './rows.ts';
import { perform } from './settle.ts';
import { configFor, refuse, type Trip } from './trip.ts';
import { viewOrder } from './view.ts';

/**
 * Freezes the basket, then asks the store for the order's number. Whoever comes between the two, after a
 * crash or a lost answer, asks again; the store answers the same.
 */
export async function openOrder(
  trip: Trip,
  memory: Memory,
): Promise<Result<{ order: Order; created: boolean }, Refusal>> {
  let created = false;
  if (orderOf(trip.sql) === null) {
    const frozen = closedTo(trip);
    if (frozen !== null) return frozen;
    const lines = linesOf(trip.sql);
    if (lines.length === 0) return refuse('basket_empty');
    if (needsVerification(lines)) return refuse('verification_required');
    const config = await configFor(trip, { fresh: true });
    if (!config.ok) return config;
    const late = closedTo(trip);
    if (late !== null) return late;
    trip.write(() => freeze(trip, config.value.policies.checkout_ttl_ms));
    created = true;
  }
  const refused = await perform(trip, 'open');
  if (refused !== null) return refuse(refused.code, refused.detail);
  return trip.write(() => {
    const order = viewOrder(trip.sql);
    if (order === null) return refuse('order_cancelled');
    memory.keep({ order, created });
    return ok({ order, created });
  });
}

function freeze(trip: Trip, checkoutTtlMs: number): void {
  const { sql } = trip;
  const now = trip.now();
  const basket = basketOf(sql);
  const due = pricedOf(basket).total;
  sql.exec(
    `INSERT INTO orders (one, order_id, status, due, frozen_at, checkout_ttl_ms) VALUES (1, ?, 'created', ?, ?, ?)`,
    ...[orderIdOf(basket.basket_id), due, now, checkoutTtlMs],
  );
  moveBasket(sql, 'locked', now);
  addDuty(sql, 'open', '', now);
  audit(sql, now, 'frozen', { due });
}

/** Cancels an order that no money is on or on its way to. Again answers the same. */
export async function cancelOrder(trip: Trip, memory: Memory): Promise<Result<Order, Refusal>> {
  const order = orderOf(trip.sql);
  if (order === null || order.number === null) return refuse('not_found');
  if (order.till !== null) return refuse('conflict', 'Its goods have left: it can only be paid.');
  if (order.status !== 'cancelled') {
    const legs = legsOf(trip.sql);
    const { captured, authorized, live } = sessionSums(legs);
    if (captured > 0 || isCovered(sessionOf(order, legs))) return refuse('already_paid');
    if (live > 0 || authorized > 0) return refuse('payment_in_progress');
    if (order.close === 'none') trip.write(() => closeSession(trip.sql, 'cancel', trip.now()));
    const refused = await perform(trip, 'cancel');
    if (refused !== null) return refuse(refused.code);
  }
  return trip.write(() => {
    const view = viewOrder(trip.sql);
    if (view === null) return refuse('not_found');
    memory.keep(view);
    return ok(view);
  });
}
