import { type BasketId, ShopperId, type StoreId } from '../../shared/ids/index.ts';
import type { StoreForEdge } from '../../shared/rpc/store.ts';
import type { ShopperForEdge } from '../shopper/port.ts';
import type { Ctx } from './context.ts';

/** A new stub each time: after an error a stub is broken for good. */
export const storeOf = (c: Ctx, id: StoreId): StoreForEdge => c.env.STORE.getByName(id);
export const basketOf = (c: Ctx, id: BasketId) => c.env.BASKET.getByName(id);
/** What is kept of the shopper who calls; another one's is out of reach by construction. */
export const shopperOf = (c: Ctx): ShopperForEdge =>
  c.env.SHOPPER.getByName(ShopperId.parse(c.get('claims').sub));
