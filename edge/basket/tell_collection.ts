import { collectionOf, SYSTEM, stepCollection, toHandOver, viewCollection } from './collection_rows.ts';
import { type Duty, fulfil } from './duty.ts';
import type { Refusal } from './port.ts';
import { refundBySystem } from './refund_by_system.ts';
import { audit, basketOf, orderOf } from './rows.ts';
import { configFor, type Trip } from './trip.ts';

/** Tells the store how far the order is; once it is collected the store sells its tags and says under which revisions. */
export async function tellCollection(trip: Trip, duty: Duty): Promise<Refusal | null> {
  const { sql } = trip;
  const [order, collection] = [orderOf(sql), viewCollection(sql)];
  if (order === null || order.number === null || collection === null)
    throw new Error('an order to collect that is not there');
  const { basket_id, shopper_id } = basketOf(sql);
  const { order_id, number } = order;
  const told = await trip.store.ask((store) =>
    store.recordCollection({ basket_id, order_id, number, shopper_id, collection, ...toHandOver(sql) }),
  );
  if (!told.ok) return told.error;
  const { tags } = told.value;
  trip.write(() => {
    fulfil(sql, duty);
    if (collection.status !== 'collected') return;
    sql.exec('UPDATE collection SET tags = ?', JSON.stringify(tags));
    audit(sql, trip.now(), 'tags_sold', { tags: tags.length });
  });
  return null;
}

/** Nobody came in time: the order is given up, and its money goes back where the store's policy has it so. */
export async function endHold(trip: Trip, duty: Duty): Promise<Refusal | null> {
  const { sql } = trip;
  const config = await configFor(trip, { fresh: false });
  if (!config.ok) return { code: 'store_unavailable' };
  const policy = config.value.policies.order.collection;
  trip.write(() => {
    const [order, at] = [orderOf(sql), collectionOf(sql)];
    if (order === null || at === null || at.hold_until === null) return fulfil(sql, duty);
    if (trip.now() < at.hold_until) {
      sql.exec(`UPDATE duty SET next_at = ? WHERE kind = 'hold_over'`, at.hold_until);
      return;
    }
    const refund = policy.reject_rules.not_collected === 'refund' && toHandOver(sql).items > 0;
    const refunded = refund ? refundBySystem(trip, order, config.value, NOT_FETCHED) : null;
    // Money that cannot go back by itself is for staff: the step says why.
    const why = refunded === null || refunded.ok ? undefined : `not refunded: ${refunded.error.code}`;
    stepCollection(sql, 'not_collected', { ...SYSTEM, reason: why }, policy, trip.now());
  });
  return null;
}

export const NOT_FETCHED = {
  kind: 'full',
  reason: 'not_received',
  note: 'Nobody collected it.',
  return_to_stock: true,
} as const;
