import type { PositionFix } from '../../shared/api/common.ts';
import type { Order } from '../../shared/api/order.ts';
import { unfinishedChoice } from '../../shared/basket/addons.ts';
import { verificationNeed } from '../../shared/basket/verification.ts';
import { orderIdOf } from '../../shared/ids/index.ts';
import { isCovered, sessionSums } from '../../shared/payment/session.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import { answerOrder } from './answer.ts';
import { closeSession } from './consequences.ts';
import { addDuty } from './duty.ts';
import { lookAround, noteLook } from './geofence.ts';
import type { Memory } from './idempotency.ts';
import { inquire } from './inquire.ts';
import { moveBasket } from './moves.ts';
import { closedTo } from './open_basket.ts';
import type { Refusal } from './port.ts';
import { travellerFor } from './quota.ts';
import { audit, basketOf, legsOf, linesOf, orderOf, pricedOf, sessionOf } from './rows.ts';
import { perform } from './settle.ts';
import { configFor, refuse, type Trip } from './trip.ts';
import { verificationAt } from './verification_rows.ts';
import { viewOrder } from './view.ts';

/**
 * Freezes the basket, then asks the store for the order's number. Whoever comes between the two, after a
 * crash or a lost answer, asks again; the store answers the same.
 */
export async function openOrder(
  trip: Trip,
  { position, boarding_pass }: { position?: PositionFix | undefined; boarding_pass?: string | undefined },
  memory: Memory,
): Promise<Result<{ order: Order; created: boolean }, Refusal>> {
  let created = false;
  if (orderOf(trip.sql) === null) {
    const frozen = closedTo(trip);
    if (frozen !== null) return frozen;
    const lines = linesOf(trip.sql);
    if (lines.length === 0) return refuse('basket_empty');
    const config = await configFor(trip, { fresh: true });
    if (!config.ok) return config;
    const late = closedTo(trip);
    if (late !== null) return late;
    const { basket_id } = basketOf(trip.sql);
    const need = verificationNeed(lines, config.value.policies.basket.verification, basket_id);
    const { status } = verificationAt(trip.sql, need, lines, trip.now());
    if (status !== 'approved' && status !== 'not_required') return refuse('verification_required');
    const unfinished = unfinishedChoice(lines);
    if (unfinished !== null)
      return refuse(
        'addons_incomplete',
        `${unfinished.line.item.name}: ${unfinished.group.name}, ${unfinished.group.min} to ${unfinished.group.max}.`,
      );
    const look = lookAround(config.value, 'checkout', position);
    if (look?.blocked === true) return refuse('outside_store');
    const now = trip.now();
    const traveller = travellerFor(config.value, basketOf(trip.sql), lines, boarding_pass, now);
    if (!traveller.ok) return traveller;
    trip.write(() => {
      trip.sql.exec('UPDATE basket SET need = ?', JSON.stringify(need));
      noteLook(trip.sql, look, 'checkout', trip.now());
      freeze(trip, config.value.policies.checkout_ttl_ms, traveller.value);
    });
    created = true;
  }
  const refused = await perform(trip, 'open');
  if (refused !== null) return err(refused);
  return trip.write(() => {
    const order = viewOrder(trip.sql);
    if (order === null) return refuse('order_cancelled');
    memory.keep({ order, created });
    return ok({ order, created });
  });
}

function freeze(trip: Trip, checkoutTtlMs: number, traveller: string | null): void {
  const { sql } = trip;
  const now = trip.now();
  const basket = basketOf(sql);
  const due = pricedOf(trip.sql).total;
  sql.exec(
    `INSERT INTO orders (one, order_id, status, due, frozen_at, checkout_ttl_ms, traveller)
     VALUES (1, ?, 'created', ?, ?, ?, ?)`,
    ...[orderIdOf(basket.basket_id), due, now, checkoutTtlMs, traveller],
  );
  moveBasket(sql, 'locked', now);
  addDuty(sql, 'open', '', now);
  audit(sql, now, 'frozen', { due });
}

/** Cancels an order that no money was taken for and none is on its way to; reservations are released. Again answers the same. */
export async function cancelOrder(trip: Trip, memory: Memory): Promise<Result<Order, Refusal>> {
  const order = orderOf(trip.sql);
  if (order === null || order.number === null) return refuse('not_found');
  if (order.till !== null) return refuse('conflict', 'Its goods have left: it can only be paid.');
  if (order.status !== 'cancelled') {
    const legs = legsOf(trip.sql);
    const { captured, live } = sessionSums(legs);
    if (order.close === 'none' && (captured > 0 || isCovered(sessionOf(order, legs))))
      return refuse('already_paid');
    if (order.close === 'none' && live > 0) return refuse('payment_in_progress');
    if (order.close === 'none') trip.write(() => closeSession(trip, 'cancel'));
    await release(trip);
    const held = sessionSums(legsOf(trip.sql));
    if (held.live > 0 || held.captured + held.authorized > 0) return refuse('payment_in_progress');
    const refused = await perform(trip, 'cancel');
    if (refused !== null) return refuse(refused.code);
  }
  return trip.write(() => answerOrder(trip, memory));
}

/** Releases now what the closed order still reserves; what fails is left to the alarm. */
async function release(trip: Trip): Promise<void> {
  for (const leg of legsOf(trip.sql)) {
    if (leg.state === 'void_pending' && leg.acknowledged === 0) await inquire(trip, leg.payment_id);
  }
}
