import { keptOf, type Leg } from '../../shared/payment/leg.ts';
import {
  amountDue,
  type Close,
  isCovered,
  LATE_MONEY_MAX_MS,
  moneyToReturn,
  reviveIfCovered,
  sessionStatus,
} from '../../shared/payment/session.ts';
import { captureReserved } from './capture.ts';
import { addDuty, dutiesOf, fulfil } from './duty.ts';
import { giveBack } from './give_back.ts';
import { audit, legsOf, type OrderRow, orderOf, sessionOf } from './rows.ts';
import { tell } from './tell.ts';
import type { Trip } from './trip.ts';

/** No new attempt from now on; what is held goes back, and once nothing is open the store is told. */
export function closeSession(trip: Trip, how: Exclude<Close, 'none'>): void {
  trip.sql.exec('UPDATE orders SET close = ?', how);
  audit(trip.sql, trip.now(), 'closed', { how });
  consequences(trip);
}

/**
 * What follows from the attempts as they stand now, in the transaction that changed them: the commit of a covered
 * order, the capture of what is reserved, the way back of money that nobody owes, the cancelling of a closed order that
 * holds none.
 * @param ageMs how old the attempt is that changed
 */
export function consequences(trip: Trip, ageMs = 0): void {
  const { sql } = trip;
  const nowMs = trip.now();
  const order = orderOf(sql);
  if (order === null) throw new Error('an attempt without its order');
  giveBack(trip, straysOf(trip), 'came_late');
  const before = sessionOf(order, legsOf(sql));
  // Money for goods that went back to the shelf, or that comes much later, is not what the payer still expects to pay.
  const revives = order.status !== 'cancelled' && ageMs < LATE_MONEY_MAX_MS;
  const session = revives ? reviveIfCovered(before) : before;
  if (session !== before) revive(trip);
  if (session.close === 'none' && isCovered(session) && order.captured_at === null) {
    sql.exec('UPDATE orders SET captured_at = ?', nowMs);
    addDuty(sql, 'commit', '', nowMs);
    audit(sql, nowMs, 'covered', { due: order.due });
  }
  const returns = moneyToReturn(session);
  if (session.close === 'none') tellExcess(trip, session.legs, returns);
  giveBack(trip, returns, session.close === 'none' ? 'over_captured' : 'order_closed');
  captureReserved(trip, sessionOf({ ...order, close: session.close }, legsOf(sql)));
  const status = sessionStatus(sessionOf({ ...order, close: session.close }, legsOf(sql)));
  if (order.status === 'created' && (status === 'cancelled' || status === 'expired')) {
    addDuty(sql, 'cancel', REASONS[status], nowMs);
  }
}

const REASONS = { cancelled: 'cancelled by the shopper', expired: 'not paid in time' } as const;

/** Money that came too late for this order, whatever has become of the order since. */
function straysOf({ sql }: Trip): { index: number; amount: number }[] {
  return legsOf(sql).flatMap((leg, index) => {
    if (leg.stray === 0) return [];
    const amount = leg.state === 'authorized' ? leg.authorized : leg.state === 'captured' ? keptOf(leg) : 0;
    return amount === 0 ? [] : [{ index, amount }];
  });
}

/** The whole sum came after all, and in time: captured money is not refused. */
function revive(trip: Trip): void {
  trip.sql.exec(`UPDATE orders SET close = 'none'`);
  for (const duty of dutiesOf(trip.sql, 'cancel')) fulfil(trip.sql, duty);
  audit(trip.sql, trip.now(), 'revived');
}

function tellExcess(
  trip: Trip,
  legs: readonly Leg[],
  returns: readonly { index: number; amount: number }[],
): void {
  const rows = legsOf(trip.sql);
  for (const { index, amount } of returns) {
    const row = rows[index];
    if (row !== undefined && legs[index]?.state === 'captured')
      tell(trip, 'over_captured', row, { amount: String(row.captured), excess: String(amount) });
  }
}

/**
 * When an order that nobody pays is closed, in milliseconds since 1970; null: not by the clock. An outcome that only the
 * provider knows stops the clock, and so does a whole sum that is reserved: its end is the reservation's. A payer who
 * does not come back does not.
 */
export function checkoutEndsAt(
  order: OrderRow,
  legs: readonly (Leg & { updated_at: number })[],
): number | null {
  if (
    order.status !== 'created' ||
    order.close !== 'none' ||
    order.number === null ||
    order.captured_at !== null
  )
    return null;
  if (legs.some((leg) => UNRESOLVED.has(leg.state))) return null;
  if (order.due > 0 && amountDue(sessionOf(order, legs)) === 0) return null;
  return Math.max(order.frozen_at, ...legs.map((leg) => leg.updated_at)) + order.checkout_ttl_ms;
}

const UNRESOLVED: ReadonlySet<string> = new Set([
  'initiated',
  'submitted',
  'pending',
  'unknown',
  'capture_pending',
  'void_pending',
]);
