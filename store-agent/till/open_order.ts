import type { Order } from '../../shared/api/order.ts';
import { orderIdOf } from '../../shared/ids/index.ts';
import { deviceNumberText, nextNumber } from '../../shared/offline/lease.ts';
import { mayTrade } from '../../shared/offline/limits.ts';
import { ok, type Result } from '../../shared/result.ts';
import { type Caller, changing, type Keep, type TillContext, tripOf } from './context.ts';
import { openTrip } from './lines.ts';
import { type Refusal, refuse } from './refusal.ts';
import type { Trip } from './trip.ts';
import { orderOf, verificationOf } from './view_trip.ts';

export interface Opened {
  order: Order;
  created: boolean;
}

/**
 * Freezes the basket and gives the order its number, from the device's own series: the counter has moved on the
 * disk before anybody sees the number. The same basket again answers the same order.
 */
export function openOrder(
  till: TillContext,
  caller: Caller,
  basketId: string,
  keep: Keep<Opened>,
): Result<Opened, Refusal> {
  const known = tripOf(till, caller, basketId);
  if (!known.ok) return known;
  const again = orderOf(known.value, till.storeId);
  if (again !== null) return ok({ order: again, created: false });

  const open = openTrip(till, caller, basketId);
  if (!open.ok) return open;
  const { trip, config } = open.value;
  if (trip.lines.length === 0) return refuse('basket_empty');
  if (verificationOf(trip) === 'required') return refuse('verification_required');
  for (const { epc } of trip.lines) {
    const sold = epc !== null && till.state.book.get(epc)?.status === 'sold';
    if (sold) return refuse('epc_sold', `The tag is ${epc}.`);
  }
  if (till.isDamaged(trip.device_id)) return refuse('journal_damaged');
  const now = till.now();
  const allowed = mayTrade(config.policies.offline, till.usage(), trip.priced.total, now);
  if (!allowed.ok) return refuse(allowed.error.code);

  return changing(till, (tables) => {
    const lease = nextNumber(tables.leases.open(trip.device_id));
    if (!lease.ok) return refuse(lease.error.code);
    const { lease_id, epoch, register, next } = lease.value;
    const number = {
      lease_id,
      epoch,
      value: next,
      text: deviceNumberText(config.order_prefix, register, next),
    };
    const ordered: Trip = {
      ...trip,
      status: 'locked',
      updated_at: now,
      due_at: now + config.policies.checkout_ttl_ms,
      order: {
        order_id: orderIdOf(trip.basket_id),
        number,
        status: 'created',
        opened_at: now,
        completed_at: null,
        payments: [],
      },
    };
    const order = orderOf(ordered, till.storeId);
    if (order === null) throw new Error('an order that was just opened');
    tables.leases.advance(lease.value);
    tables.trips.put(ordered);
    keep(tables, { order, created: true });
    return ok({ order, created: true });
  });
}
