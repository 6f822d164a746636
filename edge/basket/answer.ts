import type { Basket } from '../../shared/api/basket.ts';
import type { Order } from '../../shared/api/order.ts';
import { ok, type Result } from '../../shared/result.ts';
import type { Memory } from './idempotency.ts';
import type { Refusal } from './port.ts';
import { refuse, type Trip } from './trip.ts';
import { viewBasket, viewOrder } from './view.ts';

/** The basket as it now stands, kept as the call's answer; in the transaction that changed it. */
export function answerBasket(trip: Trip, memory: Memory): Result<Basket, never> {
  const basket = viewBasket(trip.sql, trip.now());
  memory.keep(basket);
  return ok(basket);
}

/** The same of the order. */
export function answerOrder({ sql }: Trip, memory: Memory): Result<Order, Refusal> {
  const order = viewOrder(sql);
  if (order === null) return refuse('not_found');
  memory.keep(order);
  return ok(order);
}
