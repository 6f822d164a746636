import type { BasketId, StoreId } from '../../shared/ids/index.ts';
import type { StoreForEdge } from '../../shared/rpc/store.ts';
import type { Ctx } from './context.ts';

/** A new stub each time: after an error a stub is broken for good. */
export const storeOf = (c: Ctx, id: StoreId): StoreForEdge => c.env.STORE.getByName(id);
export const basketOf = (c: Ctx, id: BasketId) => c.env.BASKET.getByName(id);
