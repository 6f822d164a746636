import type { Gateway, RefundOutcome, RefundRequest } from '../payment/gateway.ts';
import { webhookUrl } from '../payment/registry.ts';
import { first, type Sql } from '../store/sql.ts';
import { safely } from './hear.ts';
import { attemptOf } from './inquire.ts';
import type { LegRefundRow } from './leg_refunds.ts';
import { stepRefund } from './move_refund.ts';
import { applyRefundOutcome } from './refund_outcome.ts';
import { isOpen, legRefundOf, refundRow } from './refund_rows.ts';
import { basketOf, type LegRow, legNumbered } from './rows.ts';
import { adapterOf, type Trip } from './trip.ts';

/** A row that is still `submitted` after this long was left by a crash: an adapter answers sooner. */
const SUBMITTED_GRACE_MS = 20_000;
/** A deployment without the adapter: another one may have it. */
const NO_ADAPTER_MS = 10 * 60_000;

/** Money on its way back whose time has come, oldest first. */
export const dueLegRefunds = (sql: Sql, nowMs: number): string[] =>
  sql
    .exec<{ leg_refund_id: string }>(
      'SELECT leg_refund_id FROM leg_refund WHERE next_at <= ? ORDER BY next_at, rowid',
      nowMs,
    )
    .map(({ leg_refund_id }) => leg_refund_id);

export const nextLegRefundAt = (sql: Sql): number | null =>
  first<{ at: number | null }>(sql, 'SELECT min(next_at) AS at FROM leg_refund')?.at ?? null;

/**
 * Sends money back, or asks what became of it. That it was sent is written before the provider hears of it, so after
 * a crash it is only asked; the same request goes out again under the same key where the provider knows nothing of it.
 */
export async function sendLegRefund(trip: Trip, id: string): Promise<void> {
  const row = legRefundOf(trip.sql, id);
  const leg = legNumbered(trip.sql, row?.leg ?? null);
  if (row === null || leg === null) throw new Error(`no refund ${id} on a payment`);
  if (!isOpen(row)) return;
  const gateway = adapterOf(trip, leg);
  const fromDrawer = row.in_cash === 1 || (gateway === null && leg.method === 'cash');
  if (gateway === null && !fromDrawer) {
    const later = trip.now() + NO_ADAPTER_MS;
    trip.write(() => trip.sql.exec('UPDATE leg_refund SET next_at = ? WHERE leg_refund_id = ?', later, id));
    return;
  }
  const fresh = row.state === 'created';
  if (fresh) trip.write(() => markSubmitted(trip, row));
  const outcome =
    fromDrawer || gateway === null ? GIVEN : await safely(() => said(trip, gateway, leg, row, fresh));
  trip.write(() => applyRefundOutcome(trip.sql, id, outcome, trip.now(), { asked: !fresh }));
}

const GIVEN: RefundOutcome = { s: 'succeeded', reference: null };

function markSubmitted({ sql, now }: Trip, row: LegRefundRow): void {
  const at = now();
  sql.exec(
    `UPDATE leg_refund SET state = 'submitted', next_at = ?, updated_at = ? WHERE leg_refund_id = ?`,
    ...[at + SUBMITTED_GRACE_MS, at, row.leg_refund_id],
  );
  const document = row.refund_id === null ? null : refundRow(sql, row.refund_id);
  if (document?.status === 'created') stepRefund(sql, document.refund_id, { step: 'send' }, at);
}

async function said(
  trip: Trip,
  gateway: Gateway,
  leg: LegRow,
  row: LegRefundRow,
  fresh: boolean,
): Promise<RefundOutcome> {
  const [attempt, request] = [await attemptOf(trip, leg), requestOf(trip, leg, row)];
  if (fresh) return gateway.refund(attempt, request);
  const outcome = await gateway.getRefund(attempt, request);
  return outcome.s === 'not_found' ? gateway.refund(attempt, request) : outcome;
}

const requestOf = ({ sql }: Trip, leg: LegRow, row: LegRefundRow): RefundRequest => ({
  refund_id: row.leg_refund_id,
  amount: row.amount,
  currency: basketOf(sql).currency,
  reason: row.reason,
  reference: row.reference,
  webhook_url: webhookUrl(leg.origin, leg),
});
