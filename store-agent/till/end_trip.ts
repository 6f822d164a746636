import type { Order } from '../../shared/api/order.ts';
import type { StoreConfig } from '../../shared/config/store_config.ts';
import { ok, type Result } from '../../shared/result.ts';
import type { Tables } from '../state/agent_state.ts';
import { type Caller, changing, type TillContext, tripOf } from './context.ts';
import { type Refusal, refuse } from './refusal.ts';
import type { Trip } from './trip.ts';
import { orderOf, sumOf } from './view_trip.ts';
import { voidNumbers } from './void_numbers.ts';

/** Gives up an order that no money is on: its number becomes a void, its tags are free. Again answers the same. */
export function cancelOrder(till: TillContext, caller: Caller, basketId: string): Result<Order, Refusal> {
  const found = tripOf(till, caller, basketId);
  if (!found.ok) return found;
  const trip = found.value;
  const config = till.state.config;
  if (trip.order === null || config === null) return refuse('not_found');
  if (trip.order.status === 'completed') return refuse('already_paid');
  if (trip.order.status === 'cancelled') return viewed(till, trip);
  if (hasMoney(trip)) return refuse('payment_in_progress');
  if (till.isDamaged(trip.device_id)) return refuse('journal_damaged');
  const ended = changing(till, (tables) => viewed(till, end(till, tables, config, trip, 'order_cancelled')));
  if (ended.ok) till.onDocument();
  return ended;
}

/** Ends what nobody goes on with. An order with money on it, or perhaps, stays for staff. */
export function endOverdue(till: TillContext): void {
  const config = till.state.config;
  if (config === null) return;
  let voided = false;
  for (const trip of till.state.tables.trips.overdue(till.now())) {
    if (hasMoney(trip) || (trip.order !== null && till.isDamaged(trip.device_id))) continue;
    till.state.write((tables) => void end(till, tables, config, trip, 'order_expired'));
    voided ||= trip.order !== null;
  }
  if (voided) till.onDocument();
}

/** Captured in part, or a card payment whose outcome is not known. */
const hasMoney = ({ order }: Trip): boolean =>
  order !== null && (sumOf(order, 'captured') > 0 || order.payments.some((one) => one.status === 'pending'));

function end(
  till: TillContext,
  tables: Tables,
  config: StoreConfig,
  trip: Trip,
  reason: 'order_cancelled' | 'order_expired',
): Trip {
  const { order, device_id } = trip;
  const ended: Trip = {
    ...trip,
    status: 'expired',
    updated_at: till.now(),
    order: order === null ? null : { ...order, status: 'cancelled' },
  };
  tables.trips.put(ended);
  if (order !== null) {
    const { lease_id, epoch, value } = order.number;
    const numbers = { lease_id, epoch, from: value, to: value, order_id: order.order_id };
    voidNumbers(till, tables, config, { device_id, reason, ...numbers });
  }
  return ended;
}

function viewed(till: TillContext, trip: Trip): Result<Order, Refusal> {
  const order = orderOf(trip, till.storeId);
  return order === null ? refuse('not_found') : ok(order);
}
