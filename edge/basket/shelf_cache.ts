import type { StoreId } from '../../shared/ids/index.ts';
import { type CompiledPromotions, compile } from '../../shared/promotion/compile.ts';
import { parsePromotion } from '../../shared/promotion/parse.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import { logError } from '../http/log.ts';
import type { StorePort, Unavailable } from './store_port.ts';

/** Compiled promotions of a few stores stay in the isolate's memory; the one not used for longest goes. */
const SHELVES_CACHED_MAX = 16;
const shelves = new Map<StoreId, Shelf>();

export interface Shelf {
  version: number;
  promotions: CompiledPromotions;
}

/**
 * The promotions of a store's shelf, at least of version `atLeast`. The store may have swapped its shelf
 * meanwhile; then the newer one counts, and the answer says which it is.
 */
export async function shelfOf(store: StorePort, atLeast: number): Promise<Result<Shelf, Unavailable>> {
  const known = shelves.get(store.store_id);
  if (known !== undefined && known.version >= atLeast) {
    shelves.delete(store.store_id);
    shelves.set(store.store_id, known);
    return ok(known);
  }
  const asked = await store.ask((s) => s.shelfForBasket());
  if (!asked.ok) return asked;
  if (asked.value === null) return err({ code: 'store_unavailable' });
  const shelf = { version: asked.value.version, promotions: compile(asked.value.promotions.flatMap(parsed)) };
  shelves.delete(store.store_id);
  if (shelves.size >= SHELVES_CACHED_MAX) shelves.delete(shelves.keys().next().value ?? store.store_id);
  shelves.set(store.store_id, shelf);
  return ok(shelf);
}

function parsed(document: unknown) {
  const promotion = parsePromotion(document);
  if (promotion.ok) return [promotion.value];
  logError('a published promotion cannot be read and is left out', {
    error: JSON.stringify(promotion.error.issues),
  });
  return [];
}
