import { z } from 'zod';
import { listOf } from '../../../../shared/http/list.ts';
import { StoreId } from '../../../../shared/ids/index.ts';
import { Promotion } from '../../../../shared/promotion/schema.ts';

/** A promotion as the service keeps it, with where it is live and which edit of it this is. */
export const Stored = z.object({
  ...Promotion.shape,
  /** Null: every store of the retailer, but the excluded ones. */
  store_ids: z.array(StoreId).nullable(),
  excluded_store_ids: z.array(StoreId).default([]),
  revision: z.int(),
  updated_at: z.string(),
});
export type Stored = z.infer<typeof Stored>;
export const StoredPage = listOf(Stored);

export const Store = z.object({
  id: StoreId,
  name: z.string(),
  currency: z.string(),
  timezone: z.string(),
});
export type Store = z.infer<typeof Store>;
export const StorePage = listOf(Store);

/** One publication to a store, newest first in its list. */
export const PublicationRow = z.object({
  version: z.int(),
  state: z.enum(['running', 'published', 'failed']),
  started_at: z.string(),
  finished_at: z.string().nullable(),
});
export type PublicationRow = z.infer<typeof PublicationRow>;
export const PublicationPage = listOf(PublicationRow);

export const isFor = ({ store_ids, excluded_store_ids }: Stored, store: StoreId): boolean =>
  store_ids === null ? !excluded_store_ids.includes(store) : store_ids.includes(store);

/** The promotion alone, as the engine takes it. */
export function promotionOf(stored: Stored): Promotion {
  const { store_ids: _, excluded_store_ids: __, revision: ___, updated_at: ____, ...promotion } = stored;
  return promotion;
}
