import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { StoreId } from '../../shared/ids/index.ts';
import { call } from './call.ts';

const POLL_MS = 50;
const POLLS_MAX = 100;
const Id = z.object({ id: z.string() });
const Guest = z.object({ token: z.string() });
const Paid = z.object({ payment_status: z.string() });

/** A shopper's whole trip for one tagged item: scan, order, pay. Rejects when the money does not come. */
export async function buyTag(edge: string, storeId: StoreId, epc: string): Promise<void> {
  const guest = await call({
    base: edge,
    method: 'POST',
    path: '/v1/guest_sessions',
    body: { store_id: storeId },
    answer: Guest,
  });
  const post = <T>(path: string, body: unknown, answer: z.ZodType<T>): Promise<T> =>
    call({ base: edge, method: 'POST', path, token: guest.token, body, answer });
  const basket = await post('/v1/baskets', { store_id: storeId }, Id);
  await post(`/v1/baskets/${basket.id}/scans`, { epc }, z.unknown());
  const order = await post('/v1/orders', { basket_id: basket.id }, Id);
  await post(`/v1/orders/${order.id}/payments`, { gateway: 'test', method: 'card' }, z.unknown());
  for (let polls = 0; polls < POLLS_MAX; polls++) {
    const { payment_status } = await call({
      base: edge,
      method: 'GET',
      path: `/v1/orders/${order.id}`,
      token: guest.token,
      answer: Paid,
    });
    if (payment_status === 'captured') return;
    await sleep(POLL_MS);
  }
  throw new Error(`the demo's own purchase of ${epc} was not paid`);
}
