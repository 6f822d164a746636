import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { CreateRefund, type Refund, type RetryRefund } from '../../../shared/api/refund.ts';
import { RefundId, StaffId } from '../../../shared/ids/index.ts';
import { type Result, unwrap } from '../../../shared/result.ts';
import type { RefundRefusal, RefundStaff } from '../../../shared/rpc/refunds.ts';
import {
  bodyOf,
  objectOf,
  openShop,
  ordered,
  payWith,
  retailer,
  ring,
  type Shop,
  storeOf,
  type Walk,
} from './fixture.ts';

const METHODS = [
  ...['card', 'card_declined', 'card_pending', 'card_timeout'],
  ...['card_refund_pending', 'card_refund_fails'],
];

/** A store that takes every kind of card, whose cashiers may refund up to 100.00. */
export async function openRefundShop(refund: Record<string, unknown> = {}): Promise<Shop> {
  const shop = await openShop({ refund });
  const gateways = shop.config.gateways.map((account) => ({ ...account, methods: METHODS }));
  const config = { ...shop.config, version: 2, gateways };
  unwrap(await storeOf(shop).putConfig(config));
  return { ...shop, config };
}

/** An order that is paid in parts, each of a method and in minor units; the last takes what is due. */
export async function sold(
  shop: Shop,
  what: { codes?: string[]; epcs?: string[] },
  payments: readonly [method: string, amount?: number][] = [['card']],
): Promise<Walk> {
  const w = await ordered(shop, what);
  for (const [method, amount] of payments)
    bodyOf(await payWith(w, method, amount === undefined ? {} : { amount }));
  return w;
}

export const staffOf = (shop: Shop, role: RefundStaff['role'] = 'cashier', more = {}): RefundStaff => ({
  id: StaffId.parse(`stf_${crypto.randomUUID()}`),
  role,
  retailer_id: retailer,
  store_id: shop.store_id,
  ...more,
});
export const newRefundId = () => RefundId.parse(`ref_${crypto.randomUUID()}`);

export async function askRefund(
  w: Walk,
  ask: object,
  more: { staff?: RefundStaff; refund_id?: RefundId; body_hash?: string } = {},
): Promise<Result<Refund, RefundRefusal>> {
  return objectOf(w).requestRefund({
    staff: more.staff ?? staffOf(w.shop),
    refund_id: more.refund_id ?? newRefundId(),
    body_hash: more.body_hash ?? 'x',
    ask: CreateRefund.parse({ reason: 'changed_mind', ...ask }),
  });
}

export const retryRefund = async (w: Walk, id: RefundId, retry: RetryRefund = {}, staff = staffOf(w.shop)) =>
  objectOf(w).changeRefund({ staff, refund_id: id, change: { do: 'retry', retry } });
export const decideOn = async (w: Walk, id: RefundId, verdict: 'approve' | 'reject', staff: RefundStaff) =>
  objectOf(w).changeRefund({ staff, refund_id: id, change: { do: verdict, verdict: {} } });
export const refundsOf = async (w: Walk) => unwrap(await objectOf(w).refundsFor(staffOf(w.shop)));
export const refundById = async (w: Walk, id: string) => (await refundsOf(w)).find((one) => one.id === id);

/**
 * Makes the trip's next question about a refund due now and lets its alarm do it. A test that set rows back has to
 * set the alarm too, which stood with them.
 */
export async function askBank(w: Walk): Promise<void> {
  await runInDurableObject(objectOf(w), async (_, state) => {
    state.storage.sql.exec('UPDATE leg_refund SET next_at = 1 WHERE next_at IS NOT NULL');
    state.storage.sql.exec('UPDATE duty SET next_at = 1');
    await state.storage.setAlarm(Date.now() + 60_000);
  });
  await runDurableObjectAlarm(objectOf(w));
  await ring(w);
}

export const storeSql = (shop: Shop, query: string): Promise<Record<string, SqlStorageValue>[]> =>
  runInDurableObject(storeOf(shop), (_, state) => state.storage.sql.exec(query).toArray());

/** What the store told the cloud of refunds, in order: the event, and how the refund stood. */
export async function toldOf(shop: Shop): Promise<[string, string][]> {
  const events = await storeSql(shop, `SELECT json FROM outbox WHERE json LIKE '%"refund.%' ORDER BY seq`);
  return events.map(({ json }) => {
    const { type, data } = JSON.parse(String(json));
    return [type, data.refund.status];
  });
}
