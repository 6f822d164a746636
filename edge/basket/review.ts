import type { Order, ReviewOrder } from '../../shared/api/order.ts';
import type { Result } from '../../shared/result.ts';
import { answerOrder } from './answer.ts';
import type { Memory } from './idempotency.ts';
import type { Refusal } from './port.ts';
import { audit, basketOf, legsOf, orderOf } from './rows.ts';
import { refuse, type Trip } from './trip.ts';

/** How long an order waits on whose money or incident staff are still working. */
const REVIEW_AGAIN_MS = 10 * 60_000;

/** Staff looked into the bag. The store decides, because its ledger knows who looked before. */
export async function reviewOrder(
  trip: Trip,
  review: ReviewOrder & { reviewer: string },
  memory: Memory,
): Promise<Result<Order, Refusal>> {
  const order = orderOf(trip.sql);
  if (order === null || order.till !== null) return refuse('not_found');
  if (order.sale === null) return refuse('not_paid');
  const { basket_id } = basketOf(trip.sql);
  const { result, reviewer, reason, counts } = review;
  const told = await trip.store.ask((store) =>
    store.reviewOrder({
      ...{ basket_id, result, reviewer },
      ...(reason === undefined ? {} : { reason }),
      ...(counts === undefined ? {} : { counts }),
    }),
  );
  if (!told.ok) return told;
  const answer = told.value;
  if (!answer.ok)
    return answer.error.code === 'incident_open' ? refuse('conflict') : refuse(answer.error.code);
  return trip.write(() => {
    note(trip, answer.value.verification, reviewer);
    return answerOrder(trip, memory);
  });
}

/** Nobody came in time: the order counts as checked, unless its money or an incident is still being looked at. */
export async function verifyByClock(trip: Trip): Promise<void> {
  const { sql } = trip;
  if (legsOf(sql).some(({ refunding }) => refunding > 0)) return postpone(trip);
  const { basket_id } = basketOf(sql);
  const told = await trip.store.ask((store) =>
    store.reviewOrder({ basket_id, result: 'verified', reviewer: null }),
  );
  if (!told.ok || !told.value.ok) return postpone(trip);
  const { verification } = told.value.value;
  trip.write(() => note(trip, verification, null));
}

function note(trip: Trip, verification: Order['verification_status'], reviewer: string | null): void {
  trip.sql.exec('UPDATE orders SET verification = ?, verify_at = NULL', verification);
  audit(trip.sql, trip.now(), 'reviewed', { verification, reviewer });
}

function postpone(trip: Trip): void {
  trip.write(() => {
    trip.sql.exec('UPDATE orders SET verify_at = ?', trip.now() + REVIEW_AGAIN_MS);
  });
}
