import { and, eq } from 'drizzle-orm';
import { OrderId, RefundId, uuidFromDigest } from '../../shared/ids/index.ts';
import type { Act } from '../act.ts';
import type { Db, Statement } from '../db/client.ts';
import { refundAsk } from '../db/schema.ts';
import type { KeyedCall } from '../http/idempotency.ts';

/** The refund of a call: under a key always the same one, so that the order makes it once. */
export async function refundIdOf(call: KeyedCall | null, act: Act): Promise<RefundId> {
  if (call === null) return RefundId.parse(act.freshId('ref'));
  const { retailer_id, principal, route, key } = call;
  const text = new TextEncoder().encode([retailer_id, principal, route, key].join('\n'));
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', text));
  return RefundId.parse(`ref_${uuidFromDigest(digest)}`);
}

const here = (retailer_id: Act['principal']['retailer_id'], refundId: string) =>
  and(eq(refundAsk.retailer_id, retailer_id), eq(refundAsk.refund_id, refundId));

/** Remembers which order a refund is asked for: a refund's id does not say. */
export const noteAsk = (db: Db, { principal, now }: Act, refund_id: RefundId, order_id: OrderId): Statement =>
  db
    .insert(refundAsk)
    .values({ retailer_id: principal.retailer_id, refund_id, order_id, asked_by: principal.id, at: now })
    .onConflictDoNothing()
    .toSQL();

/** The order refused it: there is no such refund. */
export const forgetAsk = (db: Db, { principal }: Act, refundId: RefundId): Statement =>
  db.delete(refundAsk).where(here(principal.retailer_id, refundId)).toSQL();

/** The order of a refund, or null where this retailer has none of that id. */
export async function orderOfRefund(
  db: Db,
  retailerId: Act['principal']['retailer_id'],
  refundId: RefundId,
): Promise<OrderId | null> {
  const [row] = await db
    .select({ order_id: refundAsk.order_id })
    .from(refundAsk)
    .where(here(retailerId, refundId));
  return row === undefined ? null : OrderId.parse(row.order_id);
}
