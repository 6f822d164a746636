import type { StoreConfig } from '../../shared/config/store_config.ts';
import type { StoreId } from '../../shared/ids/index.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import type { StoreForEdge } from '../../shared/rpc/store.ts';
import type { Env } from '../env.ts';
import { logError } from '../http/log.ts';

export interface Unavailable {
  code: 'store_unavailable';
}

/** The trip's store. A call never rejects; what the store refuses is inside the value. */
export interface StorePort {
  readonly store_id: StoreId;
  ask<T>(question: (store: StoreForEdge) => Promise<T>): Promise<Result<T, Unavailable>>;
}

/**
 * Each question gets a new stub, since a rejected call breaks its stub, and is put a second time: every
 * method of the store is idempotent, and most failures are an object that has just moved.
 */
export function storePort(env: Env, storeId: StoreId): StorePort {
  return {
    store_id: storeId,
    async ask(question) {
      for (let last = false; ; last = true) {
        try {
          return ok(await question(env.STORE.getByName(storeId)));
        } catch (error) {
          if (!last) continue;
          logError('the store did not answer', { error });
          return err({ code: 'store_unavailable' });
        }
      }
    },
  };
}

/** What the store allows now (gateways, times to live) may be known this late. */
export const CONFIG_FRESH_MS = 10_000;
const CONFIGS_CACHED_MAX = 64;
const configs = new Map<StoreId, { config: StoreConfig; fetched_at: number }>();

/**
 * The store's configuration, from memory where that is good enough: at least version `atLeast`, and fetched
 * after `since` (milliseconds since 1970). Null: there is no such store.
 */
export async function configOf(
  store: StorePort,
  wanted: { atLeast: number; since: number },
  nowMs: number,
): Promise<Result<StoreConfig | null, Unavailable>> {
  const known = configs.get(store.store_id);
  if (known !== undefined && known.config.version >= wanted.atLeast && known.fetched_at > wanted.since) {
    return ok(known.config);
  }
  const asked = await store.ask((s) => s.config());
  if (asked.ok && asked.value !== null) {
    configs.delete(store.store_id);
    if (configs.size >= CONFIGS_CACHED_MAX) configs.delete(configs.keys().next().value ?? store.store_id);
    configs.set(store.store_id, { config: asked.value, fetched_at: nowMs });
  }
  return asked;
}
