import type { Refund, RefundVerdict, RetryRefund } from '../../shared/api/refund.ts';
import type { StoreConfig } from '../../shared/config/store_config.ts';
import { decideRefund } from '../../shared/refund/decide_refund.ts';
import { decideRetry } from '../../shared/refund/decide_retry.ts';
import { ok, type Result } from '../../shared/result.ts';
import type { ChangeRefund, RefundStaff } from '../../shared/rpc/refunds.ts';
import { stepRefund } from './move_refund.ts';
import type { Refusal } from './port.ts';
import { askOf, carryOut, reach, refusalOf } from './refund.ts';
import { refundFacts, repriceOf } from './refund_facts.ts';
import {
  legRefundsOf,
  type RefundRow,
  refundedOf,
  refundLinesOf,
  refundRow,
  writeRefundLines,
} from './refund_rows.ts';
import { iso, legsOf, type OrderRow } from './rows.ts';
import { refuse, type Trip } from './trip.ts';
import { reserve } from './write_refund.ts';

interface Reached {
  order: OrderRow;
  config: StoreConfig;
  row: RefundRow;
}

/** Approves, rejects or tries a refund again. Again changes nothing where it is done already. */
export async function changeRefund(
  trip: Trip,
  { staff, refund_id, change }: ChangeRefund,
): Promise<Result<Refund, Refusal>> {
  const reached = await reach(trip, staff);
  if (!reached.ok) return reached;
  const row = refundRow(trip.sql, refund_id);
  if (row === null) return refuse('not_found');
  const found = { ...reached.value, row };
  if (change.do === 'retry') return retry(trip, found, change.retry);
  return change.do === 'approve'
    ? approve(trip, found, staff, change.verdict)
    : reject(trip, found, staff, change.verdict);
}

const TOO_LATE = 'It is decided already.';
type Verdict = Refund['approvals'][number];
const verdictsOf = (row: RefundRow): Verdict[] => JSON.parse(row.approvals);
const has = (row: RefundRow, staff: RefundStaff, verdict: Verdict['verdict']): boolean =>
  verdictsOf(row).some((one) => one.by === staff.id && one.verdict === verdict);

function note(
  trip: Trip,
  row: RefundRow,
  { id, role }: RefundStaff,
  verdict: Verdict['verdict'],
  said: RefundVerdict,
): void {
  const entry: Verdict = { by: id, role, verdict, note: said.note ?? '', at: iso(trip.now()) };
  trip.sql.exec(
    'UPDATE refund SET approvals = ? WHERE refund_id = ?',
    JSON.stringify([...verdictsOf(row), entry]),
    row.refund_id,
  );
}

/**
 * A second person says yes. Only now is anything reserved, so the decision is made anew: what is not there any more
 * makes the refund fail, and its document says why.
 */
async function approve(
  trip: Trip,
  { order, config, row }: Reached,
  staff: RefundStaff,
  said: RefundVerdict,
): Promise<Result<Refund, Refusal>> {
  if (has(row, staff, 'approved')) return carryOut(trip, row.refund_id);
  if (row.status !== 'requested') return refuse('conflict', TOO_LATE);
  const { manager_limit } = config.policies.refund;
  const aboveHer = staff.role === 'manager' && manager_limit !== undefined && row.amount > manager_limit;
  if (staff.role === 'cashier' || staff.id === row.requested_by || aboveHer)
    return refuse('approval_required');
  const ask = askOf(row);
  const reprice = await repriceOf(trip, config, ask);
  trip.write(() => {
    const asker = { role: row.requested_role, approved: true };
    const plan = decideRefund(refundFacts(trip, order, config, reprice), ask, asker);
    note(trip, row, staff, 'approved', said);
    stepRefund(trip.sql, row.refund_id, { step: 'approve' }, trip.now());
    if (!plan.ok) {
      const { code, detail } = refusalOf(plan.error);
      const failure = JSON.stringify({ code, message: detail ?? '' });
      trip.sql.exec('UPDATE refund SET failure = ? WHERE refund_id = ?', failure, row.refund_id);
      stepRefund(trip.sql, row.refund_id, { step: 'fail' }, trip.now());
      return;
    }
    const { amount, tax, policy, lines, legs } = plan.value;
    trip.sql.exec(
      'UPDATE refund SET amount = ?, tax = ?, policy = ?, tax_mode = ? WHERE refund_id = ?',
      ...[amount, tax, policy, config.policies.refund.tax, row.refund_id],
    );
    writeRefundLines(trip.sql, row.refund_id, lines);
    stepRefund(trip.sql, row.refund_id, { step: 'begin' }, trip.now());
    reserve(trip, row.refund_id, legs, ask.reason);
  });
  return carryOut(trip, row.refund_id);
}

async function reject(
  trip: Trip,
  { row }: Reached,
  staff: RefundStaff,
  said: RefundVerdict,
): Promise<Result<Refund, Refusal>> {
  if (has(row, staff, 'rejected')) return carryOut(trip, row.refund_id);
  if (row.status !== 'requested') return refuse('conflict', TOO_LATE);
  if (staff.role === 'cashier' || staff.id === row.requested_by) return refuse('approval_required');
  trip.write(() => {
    note(trip, row, staff, 'rejected', said);
    stepRefund(trip.sql, row.refund_id, { step: 'reject' }, trip.now());
  });
  return carryOut(trip, row.refund_id);
}

/** Sends what has not gone back yet once more, where the first payments refused it over others. */
async function retry(
  trip: Trip,
  { order, config, row }: Reached,
  { legs: split }: RetryRefund,
): Promise<Result<Refund, Refusal>> {
  const parts = legRefundsOf(trip.sql, row.refund_id);
  if (parts.length === 0 || (row.status !== 'failed' && row.status !== 'partially_succeeded'))
    return refuse('conflict', 'Nothing of it is left to try again.');
  const refunded = refundedOf(parts);
  const failedLegs = new Set(parts.filter(({ state }) => state === 'failed').map(({ leg }) => leg));
  const refused = new Set(
    legsOf(trip.sql).flatMap((leg): string[] => (failedLegs.has(leg.n) ? [leg.payment_id] : [])),
  );
  const written = trip.write((): Result<null, Refusal> => {
    const facts = refundFacts(trip, order, config, () => null);
    const again = row.status === 'failed' ? refundLinesOf(trip.sql, row.refund_id) : [];
    const plan = decideRetry({ ...facts, again, rest: row.amount - refunded, refused }, split);
    if (!plan.ok) return { ok: false, error: refusalOf(plan.error) };
    stepRefund(trip.sql, row.refund_id, { step: 'retry' }, trip.now());
    reserve(trip, row.refund_id, plan.value, askOf(row).reason);
    return ok(null);
  });
  return written.ok ? carryOut(trip, row.refund_id) : written;
}
