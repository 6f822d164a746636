import {
  RESERVATION_HOLDS_MS,
  RESERVATION_NOTICE_MS,
  reservationWatchedAt,
} from '../../shared/payment/reservation.ts';
import { sessionStatus } from '../../shared/payment/session.ts';
import { startVoid } from './give_back.ts';
import { inquire } from './inquire.ts';
import { iso, legOf, legsOf, orderOf, sessionOf } from './rows.ts';
import { tell } from './tell.ts';
import type { Trip } from './trip.ts';

/**
 * Looks at a reservation whose end is near: staff are told while it can still be captured; once it is over the provider
 * is asked, and what it still holds is released.
 */
export async function watchReservation(trip: Trip, paymentId: string): Promise<void> {
  const leg = legOf(trip.sql, paymentId);
  const order = orderOf(trip.sql);
  if (leg === null || order === null || leg.state !== 'authorized') return;
  const now = trip.now();
  const until = leg.holds_until ?? leg.updated_at + RESERVATION_HOLDS_MS;
  trip.write(() => {
    const waits = sessionStatus(sessionOf(order, legsOf(trip.sql))) === 'authorized';
    if (waits && now >= until - RESERVATION_NOTICE_MS)
      tell(trip, 'reservation_expiring', leg, { until: iso(until) });
    trip.sql.exec('UPDATE leg SET next_at = ? WHERE n = ?', reservationWatchedAt(until, now), leg.n);
  });
  // Woken early: a message about it was not answered for yet.
  const early = now < until - RESERVATION_NOTICE_MS;
  if (now < until && !early) return;
  await inquire(trip, paymentId);
  if (early) return;
  const still = legOf(trip.sql, paymentId);
  if (still?.state !== 'authorized') return;
  trip.write(() => startVoid(trip, still));
  await inquire(trip, paymentId);
}
