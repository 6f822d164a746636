import { REFUND_POLLS_MAX, refundPollDelayMs } from '../../shared/refund/poll.ts';
import type { RefundOutcome, WebhookEvent } from '../payment/gateway.ts';
import { first, type Sql } from '../store/sql.ts';
import { addDuty } from './duty.ts';
import { giveBackByHand } from './give_back.ts';
import type { LegRefundRow } from './leg_refunds.ts';
import { settleRefund, stepRefund } from './move_refund.ts';
import { isOpen, legRefundOf, refundRow } from './refund_rows.ts';
import { audit, basketOf, legNumbered } from './rows.ts';

/**
 * Writes what a provider said of money on its way back and all that follows, in the caller's transaction: the
 * reservation ends in one of two ways, and with the last word its document is closed. `asked`: it was a question.
 */
export function applyRefundOutcome(
  sql: Sql,
  id: string,
  outcome: RefundOutcome,
  nowMs: number,
  { asked }: { asked: boolean },
): void {
  const row = legRefundOf(sql, id);
  if (row === null) throw new Error(`no refund ${id} on a payment`);
  audit(sql, nowMs, 'refund_said', { leg_refund_id: id, outcome: outcome.s });
  if (!isOpen(row)) {
    // A bank that sends back what it had taken: only people can look after that customer.
    if (row.state === 'succeeded' && outcome.s === 'failed') addDuty(sql, 'refund_failed', id, nowMs);
    const late = row.state === 'failed' && outcome.s === 'succeeded';
    if (!late || !revive(sql, row, nowMs)) return;
  }
  switch (outcome.s) {
    case 'succeeded':
      end(sql, row, null, saidIn(row, outcome), nowMs);
      return;
    case 'failed':
      end(sql, row, { code: outcome.code, message: outcome.message }, saidIn(row, outcome), nowMs);
      return;
    default: {
      const state = outcome.s === 'pending' ? 'pending' : 'unknown';
      wait(sql, row, state, saidIn(row, outcome), asked ? row.asked + 1 : row.asked, nowMs);
    }
  }
}

/** The provider's names of it: JSON of the further ones. */
interface Said {
  reference: string | null;
  refs: string;
}

/** `failure` null: the money went back. */
function end(
  sql: Sql,
  row: LegRefundRow,
  failure: { code: string; message: string } | null,
  said: Said,
  nowMs: number,
): void {
  sql.exec(
    'UPDATE leg SET refunding = refunding - ?1, refunded = refunded + ?2, updated_at = ?3 WHERE n = ?4',
    ...[row.amount, failure === null ? row.amount : 0, nowMs, row.leg],
  );
  sql.exec(
    `UPDATE leg_refund SET state = ?, reference = ?, refs = ?, failure = ?, next_at = NULL, updated_at = ?
     WHERE leg_refund_id = ?`,
    ...[failure === null ? 'succeeded' : 'failed', said.reference, said.refs],
    ...[failure === null ? null : JSON.stringify(failure), nowMs, row.leg_refund_id],
  );
  if (failure !== null) addDuty(sql, 'refund_failed', row.leg_refund_id, nowMs);
  if (failure !== null && row.refund_id === null) byHand(sql, row, nowMs);
  if (row.refund_id !== null) settleRefund(sql, row.refund_id, nowMs);
}

/** Money that nobody owed and that no provider gives back: it counts for the order no more, and a person returns it. */
function byHand(sql: Sql, row: LegRefundRow, nowMs: number): void {
  const leg = legNumbered(sql, row.leg);
  if (leg !== null) giveBackByHand({ sql, now: () => nowMs }, leg, row.amount, row.reason);
}

function wait(
  sql: Sql,
  row: LegRefundRow,
  state: 'pending' | 'unknown',
  said: Said,
  asked: number,
  nowMs: number,
): void {
  sql.exec(
    `UPDATE leg_refund SET state = ?, reference = ?, refs = ?, asked = ?, next_at = ?, updated_at = ?
     WHERE leg_refund_id = ?`,
    ...[state, said.reference, said.refs, asked, nowMs + refundPollDelayMs(asked), nowMs, row.leg_refund_id],
  );
  // A message about it may name nothing but our name of it, or the provider's.
  const gateway = legNumbered(sql, row.leg)?.gateway;
  if (row.state === 'submitted') addDuty(sql, 'link', `${gateway} ${row.leg_refund_id}`, nowMs);
  if (said.reference !== row.reference) addDuty(sql, 'link', `${gateway} ${said.reference}`, nowMs);
  if (asked === REFUND_POLLS_MAX) addDuty(sql, 'refund_unresolved', row.leg_refund_id, nowMs);
}

function saidIn(row: LegRefundRow, outcome: RefundOutcome): Said {
  const reference = 'reference' in outcome ? outcome.reference : undefined;
  const refs = 'refs' in outcome ? outcome.refs : undefined;
  return {
    reference: reference ?? row.reference,
    refs: refs === undefined ? row.refs : JSON.stringify({ ...JSON.parse(row.refs), ...refs }),
  };
}

/** A provider that said no went through with it after all: the money counts if the payment has room for it. */
function revive(sql: Sql, row: LegRefundRow, nowMs: number): boolean {
  const leg = legNumbered(sql, row.leg);
  addDuty(sql, 'refund_unresolved', row.leg_refund_id, nowMs);
  if (leg === null || leg.captured - leg.refunded - leg.refunding < row.amount) return false;
  sql.exec('UPDATE leg SET refunding = refunding + ? WHERE n = ?', row.amount, row.leg);
  if (row.refund_id === null)
    sql.exec('UPDATE leg SET by_hand = max(0, by_hand - ?) WHERE n = ?', row.amount, row.leg);
  sql.exec(`UPDATE leg_refund SET state = 'pending' WHERE leg_refund_id = ?`, row.leg_refund_id);
  const document = row.refund_id === null ? null : refundRow(sql, row.refund_id);
  if (document?.status === 'failed' || document?.status === 'partially_succeeded')
    stepRefund(sql, document.refund_id, { step: 'retry' }, nowMs);
  return true;
}

/**
 * Takes a provider's message about a refund of this trip, found by our name of it or the provider's; false: there is
 * none of that name. A claim counts if it speaks of our amount; otherwise the provider is asked.
 */
export function applyRefundEvent(sql: Sql, event: WebhookEvent, nowMs: number): boolean {
  const row = first<LegRefundRow>(
    sql,
    `SELECT leg_refund.* FROM leg_refund JOIN leg ON leg.n = leg_refund.leg
     WHERE leg.gateway = ? AND (leg_refund_id = ? OR leg_refund.reference = ?)`,
    ...[event.gateway, event.refund_id, event.reference],
  );
  if (row === null) return false;
  const claim = event.claims !== undefined && 'refund' in event.claims ? event.claims : null;
  const { amount = row.amount, currency = basketOf(sql).currency } = claim ?? {};
  if (claim !== null && amount === row.amount && currency === basketOf(sql).currency) {
    applyRefundOutcome(sql, row.leg_refund_id, claim.refund, nowMs, { asked: false });
    return true;
  }
  if (claim !== null) audit(sql, nowMs, 'refund_claim_refused', { leg_refund_id: row.leg_refund_id, amount });
  if (isOpen(row))
    sql.exec('UPDATE leg_refund SET next_at = ? WHERE leg_refund_id = ?', nowMs, row.leg_refund_id);
  return true;
}
