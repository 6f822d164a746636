import { z } from 'zod';
import type { StoreId } from '../../shared/ids/index.ts';
import { type CompiledPromotions, compile } from '../../shared/promotion/compile.ts';
import { PlanMemo } from '../../shared/promotion/plan/memo.ts';
import { Promotion } from '../../shared/promotion/schema.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import type { PromotionsQuery, ShelfForBasket, ShelfPromotions } from '../../shared/rpc/store.ts';
import { logError } from '../http/log.ts';
import type { StorePort, Unavailable } from './store_port.ts';

/** Compiled promotions of a few stores stay in the isolate's memory; the one not used for longest goes. */
const SHELVES_CACHED_MAX = 16;
const shelves = new Map<StoreId, Shelf>();
/** How often the store may swap its shelf while it is being read. */
const READINGS_MAX = 3;

export interface Shelf {
  version: number;
  /** The version of the retailer's promotions that the shelf was published with. */
  catalog_version: number;
  promotions: CompiledPromotions;
  /** Plans that baskets met before: one more scan searches only what it touches. */
  plans: PlanMemo;
}

/** The promotions of the shelf that the store sells from at this moment. */
export async function shelfNow(store: StorePort): Promise<Result<Shelf, Unavailable>> {
  const asked = await store.ask((s) => s.shelfForBasket());
  if (!asked.ok) return asked;
  return asked.value === null ? err({ code: 'store_unavailable' }) : shelfOf(store, asked.value.version);
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
  const fetched = await fetchShelf(store);
  if (!fetched.ok) return fetched;
  shelves.delete(store.store_id);
  if (shelves.size >= SHELVES_CACHED_MAX) shelves.delete(shelves.keys().next().value ?? store.store_id);
  shelves.set(store.store_id, fetched.value);
  return fetched;
}

async function fetchShelf(store: StorePort): Promise<Result<Shelf, Unavailable>> {
  for (let reading = 1; reading <= READINGS_MAX; reading++) {
    const asked = await store.ask((s) => s.shelfForBasket());
    if (!asked.ok) return asked;
    if (asked.value === null) break;
    const promotions = await fetchPromotions(store, asked.value);
    if (!promotions.ok) return promotions;
    const { version, catalog_version } = asked.value;
    if (promotions.value !== null)
      return ok({ version, catalog_version, promotions: compile(promotions.value), plans: new PlanMemo() });
  }
  return err({ code: 'store_unavailable' });
}

/** Null: the store has swapped its shelf meanwhile. */
async function fetchPromotions(
  store: StorePort,
  { version }: ShelfForBasket,
): Promise<Result<Promotion[] | null, Unavailable>> {
  const promotions: Promotion[] = [];
  let query: PromotionsQuery | null = { version, from: 0 };
  while (query !== null) {
    const asked: Result<ShelfPromotions | null, Unavailable> = await ask(store, query);
    if (!asked.ok) return asked;
    if (asked.value === null) return ok(null);
    for (const part of asked.value.parts) promotions.push(...parsed(part));
    query = asked.value.next === null ? null : { version, from: asked.value.next };
  }
  return ok(promotions);
}

const ask = (store: StorePort, query: PromotionsQuery) => store.ask((s) => s.promotionsForBasket(query));

const Documents = z.array(z.unknown());

/** The cloud has put every document into our own words: translating them again would take twice as long. */
function parsed(part: string): Promotion[] {
  return Documents.parse(JSON.parse(part)).flatMap((document) => {
    const promotion = Promotion.safeParse(document);
    if (promotion.success) return [promotion.data];
    logError('a published promotion cannot be read and is left out', {
      error: JSON.stringify(promotion.error.issues),
    });
    return [];
  });
}
