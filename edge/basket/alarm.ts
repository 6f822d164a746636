import type { BasketStatus } from '../../shared/api/basket.ts';
import { isLive } from '../../shared/payment/leg.ts';
import { first, type Sql } from '../store/sql.ts';
import { checkoutEndsAt, closeSession } from './consequences.ts';
import { addDuty, dueKinds } from './duty.ts';
import { IDEMPOTENCY_KEPT_MS, oldestKeyAt, purgeKeys } from './idempotency.ts';
import { captureNow } from './inquire.ts';
import { moveBasket } from './moves.ts';
import { watchReservation } from './reservations.ts';
import { verifyByClock } from './review.ts';
import { audit, basketOf, legsOf, linesOf, orderOf } from './rows.ts';
import { dueLegRefunds, nextLegRefundAt, sendLegRefund } from './send_refund.ts';
import { perform } from './settle.ts';
import { askAgain } from './terminals.ts';
import type { Trip } from './trip.ts';
import { withdraw } from './verification_rows.ts';

/** Old keys are dropped together, this long after the first one is old enough. */
const PURGE_DELAY_MS = 3_600_000;

/** What is still to be done, as the tables say; times in milliseconds since 1970, null where there is nothing. */
export interface Due {
  status: BasketStatus;
  expires_at: number;
  checkout_ends_at: number | null;
  next_question_at: number | null;
  next_refund_at: number | null;
  next_duty_at: number | null;
  /** When nobody needs to look into the bag any more. */
  verify_at: number | null;
  oldest_key_at: number | null;
}

export function dueOf(sql: Sql): Due {
  const basket = basketOf(sql);
  const order = orderOf(sql);
  const least = (query: string) => first<{ at: number | null }>(sql, query)?.at ?? null;
  return {
    status: basket.status,
    expires_at: basket.expires_at,
    checkout_ends_at: order === null ? null : checkoutEndsAt(order, legsOf(sql)),
    next_question_at: least('SELECT min(next_at) AS at FROM leg'),
    next_refund_at: nextLegRefundAt(sql),
    next_duty_at: least('SELECT min(next_at) AS at FROM duty'),
    verify_at: order?.verify_at ?? null,
    oldest_key_at: oldestKeyAt(sql),
  };
}

/** When the object must be woken next, in milliseconds since 1970; null: not at all. */
export function nextAlarm(due: Due): number | null {
  const times = [
    due.status === 'open' ? due.expires_at : null,
    due.checkout_ends_at,
    due.next_question_at,
    due.next_refund_at,
    due.next_duty_at,
    due.verify_at,
    due.oldest_key_at === null ? null : due.oldest_key_at + IDEMPOTENCY_KEPT_MS + PURGE_DELAY_MS,
  ].filter((at) => at !== null);
  return times.length === 0 ? null : Math.min(...times);
}

/**
 * Does everything whose time has come. What the network refuses is put off in its own row; a step that throws
 * keeps none of the others from its turn, and is thrown again at the end.
 */
export async function wake(trip: Trip): Promise<void> {
  const { sql } = trip;
  const due = dueOf(sql);
  const now = trip.now();
  const failures: unknown[] = [];
  const step = async (work: () => unknown) => {
    try {
      await work();
    } catch (error) {
      failures.push(error);
    }
  };
  if (due.status === 'open' && now >= due.expires_at) await step(() => trip.write(() => expire(sql, now)));
  const over = due.checkout_ends_at !== null && now >= due.checkout_ends_at;
  if (over) await step(() => trip.write(() => endCheckout(trip)));
  for (const leg of legsOf(sql)) {
    if (leg.next_at === null || leg.next_at > now) continue;
    await step(() => (leg.state === 'authorized' ? watchReservation : askAgain)(trip, leg.payment_id));
  }
  await step(() => captureNow(trip));
  for (const id of dueLegRefunds(sql, trip.now())) await step(() => sendLegRefund(trip, id));
  for (const kind of dueKinds(sql, trip.now())) await step(() => perform(trip, kind));
  if (due.verify_at !== null && now >= due.verify_at) await step(() => verifyByClock(trip));
  await step(() => purgeKeys(sql, now));
  if (failures.length > 0) throw failures[0];
}

function expire(sql: Sql, nowMs: number): void {
  moveBasket(sql, 'expired', nowMs);
  for (const { epc } of linesOf(sql)) if (epc !== null) addDuty(sql, 'release', epc, nowMs);
  withdraw(sql, nowMs);
  audit(sql, nowMs, 'expired');
}

/** The time to pay is over: attempts that wait for the payer are called off, a captured part goes back. */
function endCheckout(trip: Trip): void {
  const { sql } = trip;
  const nowMs = trip.now();
  closeSession(trip, 'expire');
  for (const leg of legsOf(sql)) {
    if (isLive(leg.state)) sql.exec('UPDATE leg SET next_at = ? WHERE n = ?', nowMs, leg.n);
  }
}
