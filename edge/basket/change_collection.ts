import type { Order } from '../../shared/api/order.ts';
import type { CreateRefund } from '../../shared/api/refund.ts';
import type { StoreConfig } from '../../shared/config/store_config.ts';
import type { RefundId } from '../../shared/ids/index.ts';
import { type CollectionStatus, moveCollection, readToken } from '../../shared/order/collection.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import { answerOrder } from './answer.ts';
import { cancelOrder } from './checkout.ts';
import { collectionOf, rulesOf, type Stepper, stepCollection, toHandOver } from './collection_rows.ts';
import type { Memory } from './idempotency.ts';
import type { Caller, ChangeCollection, Refusal } from './port.ts';
import { carryOut, refusalOf } from './refund.ts';
import { refundBySystem } from './refund_by_system.ts';
import { basketOf, type OrderRow, orderOf } from './rows.ts';
import { perform } from './settle.ts';
import { NOT_FETCHED } from './tell_collection.ts';
import { configFor, refuse, type Trip } from './trip.ts';
import { viewOrder } from './view.ts';

/**
 * Takes an order to be collected one step on, if it is where that step begins. Step, refund and what the store must
 * hear are one transaction; of two members of staff who do the same at once one is refused.
 */
export async function changeCollection(
  trip: Trip,
  caller: Caller,
  change: ChangeCollection,
  memory: Memory,
): Promise<Result<Order, Refusal>> {
  const { sql } = trip;
  const order = orderOf(sql);
  if (order === null || order.number === null) return refuse('not_found');
  // An order that is not paid yet is given up as any other: what is only reserved is released.
  const whole = change.do === 'cancel' || (change.do === 'reject' && change.lines === undefined);
  const { purchase_type } = basketOf(sql);
  if (whole && purchase_type === 'click_and_collect' && order.status === 'created')
    return cancelOrder(trip, memory);
  const config = await configFor(trip, { fresh: true });
  if (!config.ok) return config;
  const written = trip.write((): Result<RefundId | null, Refusal> => {
    const changed = step(trip, order, config.value, caller, change);
    if (changed.ok) memory.keep(viewOrder(sql));
    return changed;
  });
  if (!written.ok) return written;
  await perform(trip, 'collection');
  if (written.value !== null) await carryOut(trip, written.value);
  return trip.write(() => answerOrder(trip, memory));
}

/** Answers the refund that follows; null: no money goes back. */
function step(
  trip: Trip,
  order: OrderRow,
  config: StoreConfig,
  caller: Caller,
  change: ChangeCollection,
): Result<RefundId | null, Refusal> {
  const at = collectionOf(trip.sql);
  if (at === null)
    return refuse(
      basketOf(trip.sql).purchase_type === 'click_and_collect' && order.status === 'created'
        ? 'not_paid'
        : 'not_to_collect',
    );
  const policy = config.policies.order.collection;
  const who: Stepper =
    caller.kind === 'staff'
      ? { actor: 'staff', by: caller.staff_id, reason: reasonOf(change) }
      : { actor: 'shopper', reason: reasonOf(change) };
  const moved = moveCollection(at.status, change.do, who.actor, rulesOf(policy));
  if (!moved.ok) return conflict(moved.error);
  if (change.do === 'collect' && readToken(change.token) !== at.token) return refuse('wrong_token');
  const left = toHandOver(trip.sql).items;
  if (change.do === 'collect' && left === 0) return refuse('not_to_collect', 'All of it went back.');

  const ask = refundOf(change, config);
  if (ask?.kind === 'lines' && !policy.reject_rules.partial)
    return refuse('conflict', 'This store rejects only whole orders.');
  const refunded = ask === null || left === 0 ? ok(null) : refundBySystem(trip, order, config, ask);
  if (!refunded.ok) return err(refusalOf(refunded.error));
  // Where the last line went back, nothing is left to be collected.
  const some = ask?.kind === 'lines' && toHandOver(trip.sql).items > 0;
  stepCollection(trip.sql, some ? at.status : moved.value, who, policy, trip.now());
  return refunded;
}

function conflict(
  error: { code: 'forbidden' } | { code: 'collection_conflict'; status: CollectionStatus },
): Result<never, Refusal> {
  return error.code === 'forbidden'
    ? refuse('forbidden')
    : err({ code: error.code, collection_status: error.status });
}

const reasonOf = (change: ChangeCollection): string | undefined =>
  'reason' in change ? change.reason : undefined;

/** What goes back with a step: the goods are still in the shop. */
function refundOf(change: ChangeCollection, config: StoreConfig): CreateRefund | null {
  switch (change.do) {
    case 'reject': {
      const of = { reason: 'not_received', note: change.reason } as const;
      if (change.lines === undefined) return { ...of, kind: 'full', return_to_stock: true };
      const lines = change.lines.map((line) => ({ ...line, return_to_stock: true }));
      return { ...of, kind: 'lines', lines };
    }
    case 'cancel':
      return {
        ...{ kind: 'full', reason: 'changed_mind', return_to_stock: true },
        ...(change.reason === undefined ? {} : { note: change.reason }),
      };
    case 'not_collected':
      return config.policies.order.collection.reject_rules.not_collected === 'refund' ? NOT_FETCHED : null;
    default:
      return null;
  }
}
