import { moveLeg } from '../../shared/payment/leg.ts';
import { pollDelayMs } from '../../shared/payment/poll.ts';
import { legsToCapture, type Session } from '../../shared/payment/session.ts';
import { startVoid } from './give_back.ts';
import { LEDGER } from './providers.ts';
import { accountOf, audit, type LegRow, legsOf } from './rows.ts';
import { adapterOf, type Trip } from './trip.ts';

/** Money of the store's own ledgers is always taken by us; a provider's unless its account waits for a person. */
const byItself = (leg: LegRow): boolean =>
  leg.gateway === LEDGER || (accountOf(leg).capture ?? 'auto') === 'auto';

/**
 * Takes what is reserved once it covers the order, and releases what the provider refused to hand out, in the caller's
 * transaction.
 */
export function captureReserved(trip: Trip, session: Session): void {
  const legs = legsOf(trip.sql);
  for (const leg of legs) {
    if (leg.state === 'authorized' && leg.capture_refused > 0 && byItself(leg)) startVoid(trip, leg);
  }
  const ready = legsToCapture(session, (index) => {
    const leg = legs[index];
    return leg !== undefined && byItself(leg) && leg.capture_refused === 0;
  });
  for (const { index, amount } of ready) {
    const leg = legs[index];
    if (leg === undefined) throw new Error('a reservation that is not there');
    if (amount === 0) startVoid(trip, leg);
    else startCapture(trip, leg, takesParts(trip, leg) ? amount : leg.authorized);
  }
}

/** Of one that does not, all is taken, and what nobody owes goes back. */
const takesParts = (trip: Trip, leg: LegRow): boolean => adapterOf(trip, leg)?.can.capture === 'partial';

/** Begins to take `amount` of a reservation, in the caller's transaction; the rest of it is released. */
export function startCapture({ sql, now }: Trip, leg: LegRow, amount: number): void {
  const nowMs = now();
  const moved = moveLeg(leg, { state: 'capture_pending', source: 'us' });
  if (moved.verdict !== 'applied') throw new Error('nothing reserved to capture');
  sql.exec(
    'UPDATE leg SET state = ?, capturing = ?, acknowledged = 0, failure = NULL, next_at = ?, updated_at = ? WHERE n = ?',
    ...[moved.leg.state, amount, nowMs + pollDelayMs(leg.asked, nowMs - leg.created_at), nowMs, leg.n],
  );
  audit(sql, nowMs, 'capturing', { payment_id: leg.payment_id, amount });
}
