import { z } from 'zod';
import { Refund } from '../../shared/api/refund.ts';
import { basketIdOfOrder, type OrderId } from '../../shared/ids/index.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import type { BasketForCloud, RefundRefusal } from '../../shared/rpc/refunds.ts';
import type { Db } from '../db/client.ts';
import type { BasketNamespace } from '../env.ts';
import type { Refusal } from '../http/refuse.ts';
import { readOrder } from '../order/order.ts';
import type { Principal } from '../staff/principal.ts';
import { refundStaff } from './staff.ts';

/** What an order's object refuses, as the routes describe it. */
const Code = z.enum([
  'approval_required',
  'conflict',
  'forbidden',
  'idempotency_key_reuse',
  'invalid',
  'method_not_refundable',
  'not_found',
  'not_paid',
  'not_refundable',
  'not_refundable_here',
  'quantity_refunded',
  'rate_limited',
  'refund_exceeds_captured',
  'refund_exceeds_line',
  'refund_window_over',
  'store_unavailable',
]);

/** Where a caller's question goes, and who she is. */
export interface RefundDesk {
  db: Db;
  baskets: BasketNamespace;
  principal: Principal;
}

/**
 * Puts one question to the object of an order. An order that only this database knows was sold by a till: nobody can
 * refund it from here. The object's answers are of another Worker and are parsed by who uses them.
 */
export async function askOrder<T>(
  { db, baskets, principal }: RefundDesk,
  orderId: OrderId,
  question: (basket: BasketForCloud) => Promise<Result<T, RefundRefusal>>,
): Promise<Result<T, Refusal>> {
  let answer: Result<T, RefundRefusal>;
  try {
    answer = await question(baskets.getByName(basketIdOfOrder(orderId)));
  } catch {
    return err({ code: 'store_unavailable' });
  }
  if (answer.ok) return ok(answer.value);
  const { code, detail, errors } = answer.error;
  const known = Code.parse(code);
  const here = known !== 'not_found' || (await readOrder(db, principal, orderId)) === null;
  return err({
    code: here ? known : 'not_refundable_here',
    ...(detail === undefined ? {} : { detail }),
    ...(errors === undefined ? {} : { errors }),
  });
}

/** The refunds of an order as they stand at this moment, oldest first; a till's order has none here. */
export async function refundsOfOrder(desk: RefundDesk, orderId: OrderId): Promise<Result<Refund[], Refusal>> {
  const staff = refundStaff(desk.principal);
  const asked = await askOrder(desk, orderId, (basket) => basket.refundsFor(staff));
  if (asked.ok) return ok(z.array(Refund).parse(asked.value));
  return asked.error.code === 'not_refundable_here' ? ok([]) : asked;
}
