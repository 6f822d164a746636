import { and, eq, sql } from 'drizzle-orm';
import { z } from 'zod';
import { Instant } from '../../shared/api/common.ts';
import { type RetailerId, StoreId } from '../../shared/ids/index.ts';
import type { Db } from '../db/client.ts';
import { publication, store } from '../db/schema.ts';
import { StoreSettings } from './settings.ts';

/** A store as staff see it: its settings and what of them is published. */
export const Store = z.object({
  id: StoreId,
  ...StoreSettings.shape,
  /** Grows with every edit. */
  revision: z.number().int(),
  /** The version that the store works with; null: never published. */
  published_version: z.number().int().nullable(),
  created_at: Instant,
  updated_at: Instant,
});
export type Store = z.infer<typeof Store>;

const published = sql<number | null>`(SELECT max(p.version) FROM ${publication} p
  WHERE p.retailer_id = ${store.retailer_id} AND p.store_id = ${store.id} AND p.state = 'published')`;

/** The columns that `storeOf` needs. */
export const STORE_COLUMNS = {
  id: store.id,
  settings: store.settings,
  revision: store.revision,
  published_version: published,
  created_at: store.created_at,
  updated_at: store.updated_at,
};

interface StoreRow {
  id: StoreId;
  settings: string;
  revision: number;
  published_version: number | null;
  created_at: string;
  updated_at: string;
}

export function storeOf({ settings, ...row }: StoreRow): Store {
  return { ...StoreSettings.parse(JSON.parse(settings)), ...row };
}

export async function findStore(db: Db, retailer: RetailerId, id: StoreId): Promise<Store | null> {
  const [row] = await db
    .select(STORE_COLUMNS)
    .from(store)
    .where(and(eq(store.retailer_id, retailer), eq(store.id, id)));
  return row === undefined ? null : storeOf(row);
}

/** Whether the retailer has a store of that id. */
export async function hasStore(db: Db, retailer: RetailerId, id: StoreId): Promise<boolean> {
  const rows = await db
    .select({ id: store.id })
    .from(store)
    .where(and(eq(store.retailer_id, retailer), eq(store.id, id)));
  return rows.length > 0;
}
