import type { StoreId } from '../../shared/ids/index.ts';

export const STORES_MAX = 10_000;

/** Where a promotion is live. */
export interface Links {
  everywhere: boolean;
  /** The stores it is live in; or, where it is live everywhere, the stores that were left out. Sorted. */
  stores: readonly StoreId[];
}

export const EVERYWHERE: Links = { everywhere: true, stores: [] };
export const NOWHERE: Links = { everywhere: false, stores: [] };

export const linksOf = (store_ids: readonly StoreId[] | null, excluded: readonly StoreId[] = []): Links => ({
  everywhere: store_ids === null,
  stores: [...new Set(store_ids ?? excluded)].sort(),
});

export const isLiveIn = ({ everywhere, stores }: Links, store: StoreId): boolean =>
  stores.includes(store) !== everywhere;

export const isNowhere = ({ everywhere, stores }: Links): boolean => !everywhere && stores.length === 0;

export const without = (links: Links, store: StoreId): Links =>
  isLiveIn(links, store) ? { ...links, stores: toggled(links.stores, store) } : links;

function toggled(stores: readonly StoreId[], store: StoreId): StoreId[] {
  return stores.includes(store) ? stores.filter((one) => one !== store) : [...stores, store].sort();
}

export const sameLinks = (a: Links, b: Links): boolean =>
  a.everywhere === b.everywhere &&
  a.stores.length === b.stores.length &&
  a.stores.every((id, i) => id === b.stores[i]);

/** Whether some store, now or later, has both. */
export function overlap(a: Links, b: Links): boolean {
  if (a.everywhere && b.everywhere) return true;
  const [listed, other] = a.everywhere ? [b, a] : [a, b];
  const others = new Set(other.stores);
  return listed.stores.some((store) => others.has(store) !== other.everywhere);
}
