import { moveLeg } from '../../shared/payment/leg.ts';
import { pollDelayMs } from '../../shared/payment/poll.ts';
import {
  type Close,
  isCovered,
  legsToReturn,
  reviveIfCovered,
  sessionStatus,
} from '../../shared/payment/session.ts';
import type { Sql } from '../store/sql.ts';
import { addDuty, dutiesOf, fulfil } from './duty.ts';
import { audit, legsOf, type OrderRow, orderOf, sessionOf } from './rows.ts';

/** No new attempt from now on; what is held goes back, and once nothing is open the store is told. */
export function closeSession(sql: Sql, how: Exclude<Close, 'none'>, nowMs: number): void {
  sql.exec('UPDATE orders SET close = ?', how);
  audit(sql, nowMs, 'closed', { how });
  consequences(sql, nowMs);
}

/**
 * What follows from the attempts as they stand now, in the transaction that changed them: the commit of a
 * covered order, the way back of money that nobody owes, the cancelling of a closed order that holds none.
 */
export function consequences(sql: Sql, nowMs: number): void {
  const order = orderOf(sql);
  if (order === null) throw new Error('an attempt without its order');
  const before = sessionOf(order, legsOf(sql));
  const session = reviveIfCovered(before);
  if (session !== before) revive(sql, nowMs);
  if (isCovered(session) && order.captured_at === null) {
    sql.exec('UPDATE orders SET captured_at = ?', nowMs);
    addDuty(sql, 'commit', '', nowMs);
    audit(sql, nowMs, 'covered', { due: order.due });
  }
  giveBack(sql, legsToReturn(session), nowMs);
  const status = sessionStatus(sessionOf({ ...order, close: session.close }, legsOf(sql)));
  if (order.status === 'created' && (status === 'cancelled' || status === 'expired')) {
    addDuty(sql, 'cancel', REASONS[status], nowMs);
  }
}

const REASONS = { cancelled: 'cancelled by the shopper', expired: 'not paid in time' } as const;

/** The whole sum came after all: captured money is never refused. */
function revive(sql: Sql, nowMs: number): void {
  sql.exec(`UPDATE orders SET close = 'none'`);
  for (const duty of dutiesOf(sql, 'cancel')) fulfil(sql, duty);
  audit(sql, nowMs, 'revived');
}

function giveBack(sql: Sql, indexes: readonly number[], nowMs: number): void {
  const legs = legsOf(sql);
  for (const index of indexes) {
    const leg = legs[index];
    const moved = leg === undefined ? undefined : moveLeg(leg, { state: 'void_pending', source: 'us' });
    if (leg === undefined || moved?.verdict !== 'applied') throw new Error('money that cannot go back');
    sql.exec(
      'UPDATE leg SET state = ?, next_at = ?, updated_at = ? WHERE n = ?',
      ...[moved.leg.state, nowMs + pollDelayMs(leg.asked, nowMs - leg.created_at), nowMs, leg.n],
    );
    audit(sql, nowMs, 'giving_back', { payment_id: leg.payment_id, amount: leg.captured + leg.authorized });
  }
}

/**
 * When an order that nobody pays is closed, in milliseconds since 1970; null: not by the clock. An outcome
 * that only the provider knows stops the clock, a payer who does not come back does not.
 */
export function checkoutEndsAt(
  order: OrderRow,
  legs: readonly { state: string; updated_at: number }[],
): number | null {
  if (
    order.status !== 'created' ||
    order.close !== 'none' ||
    order.number === null ||
    order.captured_at !== null
  )
    return null;
  if (legs.some((leg) => UNRESOLVED.has(leg.state))) return null;
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
