import type { OrderId } from '../../shared/ids/index.ts';
import type { TillSale } from '../../shared/rpc/agents.ts';
import type { Ctx } from './context.ts';

/**
 * An order that a till of the caller's own store made by itself: such an order has no trip, the store itself
 * knows it. Null for shoppers, and for callers of no store in particular: the cloud answers those.
 */
export async function tillSaleOf(c: Ctx, order_id: OrderId): Promise<TillSale | null> {
  const { role, store: store_id, retailer } = c.get('claims');
  if (role === 'shopper' || store_id === undefined) return null;
  const store = c.env.STORE.getByName(store_id);
  const sale = await store.tillSale(order_id);
  if (sale === null) return null;
  return (await store.config())?.retailer_id === retailer ? sale : null;
}
