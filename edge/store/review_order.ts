import { AXIS_MOVES } from '../../shared/order/axes.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import type { CommittedSale, ReviewOrder, ReviewRefusal } from '../../shared/rpc/store.ts';
import { hasOpenIncident } from './incidents.ts';
import { orderOf } from './orders.ts';
import { appendEvent } from './outbox.ts';
import type { Scope } from './scope.ts';
import { first } from './sql.ts';

type Reviewed = { verification: CommittedSale['verification'] };

/**
 * Writes down what became of the check at the exit and tells the cloud. Staff may look at any paid order; what one
 * of them found wrong only another one can clear. Where nobody came, only a pending order without an open incident
 * counts as checked. The same result again, or nobody's on a decided order, changes nothing.
 */
export function reviewOrder(scope: Scope, review: ReviewOrder): Result<Reviewed, ReviewRefusal> {
  const { basket_id, result, reviewer, reason, counts } = review;
  const order = orderOf(scope.sql, basket_id);
  if (order === null) return err({ code: 'not_found' });
  if (order.status !== 'completed') return err({ code: 'not_paid' });
  const { order_id, number } = order;
  // Whoever looks at an order that needed nobody makes it one that somebody looks at.
  const from = order.verification === 'not_required' && reviewer !== null ? 'pending' : order.verification;
  if (from === result || (reviewer === null && from !== 'pending')) return ok({ verification: from });
  if (reviewer === null && hasOpenIncident(scope.sql, order_id)) return err({ code: 'incident_open' });
  if (from === 'failed' && lastReviewer(scope, order_id) === reviewer)
    return err({ code: 'second_reviewer_needed' });
  if (!AXIS_MOVES.verification_status[from].includes(result))
    throw new Error(`a check never goes from ${from} to ${result}`);

  scope.sql.exec('UPDATE orders SET verification = ? WHERE basket_id = ?', result, basket_id);
  scope.sql.exec(
    'INSERT INTO review (order_id, result, reviewer, reason, counts, at) VALUES (?, ?, ?, ?, ?, ?)',
    ...[
      order_id,
      result,
      reviewer,
      reason ?? null,
      counts === undefined ? null : JSON.stringify(counts),
      scope.now,
    ],
  );
  const said = { order_id, number, reviewer, ...(counts === undefined ? {} : { counts }) };
  if (result === 'failed')
    appendEvent(scope, { type: 'order.verification_failed', data: { ...said, reason: reason ?? '' } });
  else {
    const data = { ...said, ...(reason === undefined ? {} : { reason }) };
    appendEvent(scope, { type: 'order.verified', data });
  }
  return ok({ verification: result });
}

const lastReviewer = ({ sql }: Scope, order_id: string): string | null =>
  first<{ reviewer: string | null }>(
    sql,
    'SELECT reviewer FROM review WHERE order_id = ? ORDER BY n DESC LIMIT 1',
    order_id,
  )?.reviewer ?? null;
