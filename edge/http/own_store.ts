import type { StoreConfig } from '../../shared/config/store_config.ts';
import type { StoreId } from '../../shared/ids/index.ts';
import type { Ctx } from './context.ts';
import { storeOf } from './objects.ts';

/** The store in the shopper's token, if there is one and it is of her retailer; `wanted` must be it. */
export async function ownStore(c: Ctx, wanted?: StoreId): Promise<StoreConfig | null> {
  const { store, retailer } = c.get('claims');
  if (store === undefined || (wanted !== undefined && wanted !== store)) return null;
  const config = await storeOf(c, store).config();
  return config?.retailer_id === retailer ? config : null;
}
