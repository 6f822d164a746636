import type { CreateRefund, Refund } from '../../shared/api/refund.ts';
import type { StoreConfig } from '../../shared/config/store_config.ts';
import { type RefundRefusal as Decided, decideRefund } from '../../shared/refund/decide_refund.ts';
import { ok, type Result } from '../../shared/result.ts';
import type { RefundStaff, RequestRefund } from '../../shared/rpc/refunds.ts';
import type { Sql } from '../store/sql.ts';
import type { Refusal } from './port.ts';
import { refundFacts, repriceOf } from './refund_facts.ts';
import { legRefundsOf, refundRow } from './refund_rows.ts';
import { viewRefund } from './refund_view.ts';
import { basketOf, type OrderRow, orderOf } from './rows.ts';
import { sendLegRefund } from './send_refund.ts';
import { perform } from './settle.ts';
import { configFor, refuse, type Trip } from './trip.ts';
import { insertRefund, reserve } from './write_refund.ts';

/**
 * Gives money back. Money and goods are reserved with the document in one transaction, before a provider hears of it;
 * whoever comes second sees what is left. The same `refund_id` again goes on where the first call stopped.
 */
export async function requestRefund(
  trip: Trip,
  { staff, refund_id, body_hash, ask }: RequestRefund,
): Promise<Result<Refund, Refusal>> {
  const reached = await reach(trip, staff);
  if (!reached.ok) return reached;
  const { order, config } = reached.value;
  const known = refundRow(trip.sql, refund_id);
  if (known !== null)
    return known.body_hash === body_hash ? carryOut(trip, refund_id) : refuse('idempotency_key_reuse');

  const reprice = await repriceOf(trip, config, ask);
  const written = trip.write((): Result<null, Refusal> => {
    const asker = { role: staff.role, approved: false };
    const plan = decideRefund(refundFacts(trip, order, config, reprice), ask, asker);
    if (!plan.ok) return { ok: false, error: refusalOf(plan.error) };
    insertRefund(trip, { staff, refund_id, body_hash, ask }, config, plan.value);
    if (plan.value.status === 'created') reserve(trip, refund_id, plan.value.legs, ask.reason);
    return ok(null);
  });
  return written.ok ? carryOut(trip, refund_id) : written;
}

/** The order, for staff within whose reach it is. Somebody else's is `not_found`, as if it were not there. */
export async function reach(
  trip: Trip,
  staff: RefundStaff,
): Promise<Result<{ order: OrderRow; config: StoreConfig }, Refusal>> {
  const { retailer_id, store_id } = basketOf(trip.sql);
  const order = orderOf(trip.sql);
  if (order === null || staff.retailer_id !== retailer_id) return refuse('not_found');
  const config = await configFor(trip, { fresh: true });
  if (!config.ok) return config;
  const elsewhere = staff.store_id !== null && staff.store_id !== store_id;
  if (elsewhere && !config.value.policies.refund.cross_store) return refuse('not_found');
  // Its lines are not here: the till kept them.
  if (order.till !== null) return refuse('not_refundable_here');
  return ok({ order, config: config.value });
}

/** Sends what is not sent yet, tells the store what came of it, and answers the document as it stands. */
export async function carryOut(trip: Trip, refundId: string): Promise<Result<Refund, Refusal>> {
  for (const part of unsent(trip.sql, refundId)) await sendLegRefund(trip, part);
  for (const kind of ['refund', 'refund_failed'] as const) await perform(trip, kind);
  const refund = viewRefund(trip.sql, refundId);
  return refund === null ? refuse('not_found') : ok(refund);
}

const unsent = (sql: Sql, refundId: string): string[] =>
  legRefundsOf(sql, refundId)
    .filter(({ state }) => state === 'created')
    .map(({ leg_refund_id }) => leg_refund_id);

/** A decision's refusal as the client sees it. */
export function refusalOf(refused: Decided): Refusal {
  switch (refused.code) {
    case 'invalid':
      return { code: 'invalid', errors: [{ path: refused.path, code: 'invalid', message: refused.message }] };
    case 'split_mismatch':
      return {
        code: 'invalid',
        errors: [{ path: '/legs', code: 'split_mismatch', message: refused.detail }],
      };
    case 'refund_exceeds_captured':
      return { code: refused.code, detail: `${refused.available} may still go back.` };
    case 'quantity_refunded':
    case 'refund_exceeds_line':
      return { code: refused.code, detail: `${refused.left} of ${refused.line_id} may still go back.` };
    case 'not_paid':
    case 'refund_window_over':
      return { code: refused.code };
    default:
      return { code: refused.code, detail: refused.detail };
  }
}

/** What was asked for, as it came. */
export const askOf = (row: { ask: string }): CreateRefund => JSON.parse(row.ask);
