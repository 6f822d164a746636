import { sessionStatus } from '../../shared/payment/session.ts';
import type { Sql } from '../store/sql.ts';
import { legsOf, orderOf, sessionOf } from './rows.ts';

/**
 * Whether this order is being paid at this moment: a provider works on it, money waits to be captured, or it
 * was captured and the sale is not committed yet. A redirect that waits for the shopper is not.
 */
export function isBeingPaid(sql: Sql): boolean {
  const order = orderOf(sql);
  if (order === null || order.status !== 'created') return false;
  const status = sessionStatus(sessionOf(order, legsOf(sql)));
  return status === 'processing' || status === 'authorized' || status === 'paid';
}
