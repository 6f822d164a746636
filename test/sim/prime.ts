import { shelfOf } from '../../edge/basket/shelf_cache.ts';
import { configOf } from '../../edge/basket/store_port.ts';
import { ok } from '../../shared/result.ts';
import { STORE } from './shop.ts';
import type { SimStore } from './store.ts';
import { BEGINNING_MS } from './world.ts';

/**
 * An isolate that has served this store before. What the basket's code keeps in its memory is then the same at the
 * beginning of every simulation, whatever ran in this process earlier.
 */
export async function prime({ edge }: SimStore): Promise<void> {
  const port = {
    store_id: STORE,
    ask: async <T>(question: (store: typeof edge) => Promise<T>) => ok(await question(edge)),
  };
  await configOf(port, { atLeast: 0, since: Number.POSITIVE_INFINITY }, BEGINNING_MS);
  await shelfOf(port, 0);
}
