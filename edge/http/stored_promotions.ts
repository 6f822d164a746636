import { localDateTime } from '../../shared/basket/local_time.ts';
import type { StoreConfig } from '../../shared/config/store_config.ts';
import { StoreId } from '../../shared/ids/index.ts';
import type { CompiledPromotions } from '../../shared/promotion/compile.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import type { Refusal } from '../basket/port.ts';
import { shelfNow } from '../basket/shelf_cache.ts';
import { CONFIG_FRESH_MS, configOf, storePort } from '../basket/store_port.ts';
import type { Ctx } from './context.ts';

export interface StoredPromotions {
  compiled: CompiledPromotions;
  /** Of the retailer's promotions that the store sells by. */
  version: number;
  now_local: string;
  config: StoreConfig;
}

/**
 * The promotions on the shelf of a store of the caller's, and what its clock says now or at the moment given.
 * A store that is not there, or not the caller's, is unknown.
 */
export async function storedPromotions(
  c: Ctx,
  wanted: { store_id?: string | undefined; evaluated_at?: string | undefined },
): Promise<Result<StoredPromotions, Refusal>> {
  const id = StoreId.safeParse(wanted.store_id);
  const { retailer, store: own } = c.get('claims');
  if (!id.success || (own !== undefined && own !== id.data)) return err({ code: 'unknown_store' });
  const store = storePort(c.env, id.data);
  const now = Date.now();
  const config = await configOf(store, { atLeast: 0, since: now - CONFIG_FRESH_MS }, now);
  if (!config.ok) return config;
  if (config.value === null || config.value.retailer_id !== retailer) return err({ code: 'unknown_store' });
  const shelf = await shelfNow(store);
  if (!shelf.ok) return shelf;
  const at = wanted.evaluated_at === undefined ? now : Date.parse(wanted.evaluated_at);
  return ok({
    compiled: shelf.value.promotions,
    version: shelf.value.catalog_version,
    now_local: localDateTime(at, config.value.timezone),
    config: config.value,
  });
}
