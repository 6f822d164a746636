import type { RefundPreview } from '../../shared/api/refund.ts';
import { PaymentId } from '../../shared/ids/index.ts';
import { decideRefund, type RefundPlan } from '../../shared/refund/decide_refund.ts';
import type { RefundableLeg } from '../../shared/refund/spread.ts';
import { ok, type Result } from '../../shared/result.ts';
import type { PreviewRefund } from '../../shared/rpc/refunds.ts';
import type { Sql } from '../store/sql.ts';
import type { Refusal } from './port.ts';
import { reach, refusalOf } from './refund.ts';
import { refundFacts, repriceOf } from './refund_facts.ts';
import { basketOf, legOf, linesOf } from './rows.ts';
import type { Trip } from './trip.ts';

/** Decides a refund as it would be decided now, and writes nothing; asked for later it is decided anew. */
export async function previewRefund(
  trip: Trip,
  { staff, ask }: PreviewRefund,
): Promise<Result<RefundPreview, Refusal>> {
  const reached = await reach(trip, staff);
  if (!reached.ok) return reached;
  const { order, config } = reached.value;
  const reprice = await repriceOf(trip, config, ask);
  const facts = refundFacts(trip, order, config, reprice);
  const plan = decideRefund(facts, ask, { role: staff.role, approved: false });
  return plan.ok
    ? ok(viewPlan(trip.sql, plan.value, facts.legs))
    : { ok: false, error: refusalOf(plan.error) };
}

function viewPlan(sql: Sql, plan: RefundPlan, legs: readonly RefundableLeg[]): RefundPreview {
  const goods = new Map(linesOf(sql).map((line) => [`${line.line_id}`, line]));
  return {
    amount: plan.amount,
    tax: plan.tax,
    currency: basketOf(sql).currency,
    needs_approval: plan.status === 'requested',
    policy: plan.policy,
    lines: plan.lines.flatMap(({ share: _, line_id, ...line }) => {
      const sold = goods.get(line_id);
      if (sold === undefined) return [];
      const { sku, name } = sold.item;
      const tax = line.taxes.reduce((sum, one) => sum + one.tax, 0);
      return [{ ...line, line_id: sold.line_id, sku, name, tax }];
    }),
    legs: plan.legs.map(({ payment_id, amount, in_cash }) => ({
      ...nameOf(sql, payment_id),
      amount,
      ...(in_cash === true ? { in_cash } : {}),
    })),
    payments: legs.map(({ payment_id, available, can }) => ({ ...nameOf(sql, payment_id), available, can })),
  };
}

function nameOf(
  sql: Sql,
  paymentId: string,
): Pick<RefundPreview['legs'][number], 'payment_id' | 'gateway' | 'method'> {
  const leg = legOf(sql, paymentId);
  return { payment_id: PaymentId.parse(paymentId), gateway: leg?.gateway ?? '', method: leg?.method ?? '' };
}
