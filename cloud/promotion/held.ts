import { and, eq, type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import { Instant } from '../../shared/api/common.ts';
import { type RetailerId, StoreId } from '../../shared/ids/index.ts';
import { Promotion } from '../../shared/promotion/schema.ts';
import type { Db } from '../db/client.ts';
import { promotion as table } from '../db/schema.ts';
import type { Links } from './links.ts';

/** A promotion as it is in the database. */
export interface Held {
  id: string;
  /** The retailer's own key. */
  key: string;
  /** The promotion as canonical JSON: equal text means that nothing changed. */
  document: string;
  links: Links;
  revision: number;
  source: string | null;
  updated_at: string;
}

/** A promotion as staff see it. `store_ids` null: every store of the retailer, but the excluded ones. */
export const StoredPromotion = z.object({
  ...Promotion.shape,
  store_ids: z.array(StoreId).nullable(),
  excluded_store_ids: z.array(StoreId),
  /** Grows with every edit; the entity tag. */
  revision: z.number().int(),
  updated_at: Instant,
});
export type StoredPromotion = z.infer<typeof StoredPromotion>;

// Named by hand: in a list of columns drizzle drops the table's name, and the subquery has a column of the same name.
/** Stores of the deleted links where a promotion is live everywhere, else of the live ones. */
const linked = sql<string>`(SELECT json_group_array(l.store_id) FROM promotion_store l
  WHERE l.retailer_id = promotion.retailer_id AND l.promotion_id = promotion.id
    AND (l.deleted_at IS NULL) <> promotion.all_stores)`;

/** The columns that `heldOf` needs. */
export const HELD_COLUMNS = {
  id: table.id,
  key: table.retailer_promotion_id,
  document: table.document,
  all_stores: table.all_stores,
  linked,
  revision: table.revision,
  source: table.source,
  updated_at: table.updated_at,
};

interface HeldRow extends Omit<Held, 'links'> {
  all_stores: boolean;
  linked: string;
}

const Stores = z.array(StoreId);

export function heldOf({ all_stores, linked: stores, ...row }: HeldRow): Held {
  return { ...row, links: { everywhere: all_stores, stores: Stores.parse(JSON.parse(stores)).sort() } };
}

export function viewOf({
  document,
  links,
  revision,
  updated_at,
}: Omit<Held, 'key' | 'source'>): StoredPromotion {
  const { everywhere, stores } = links;
  return {
    ...Promotion.parse(JSON.parse(document)),
    store_ids: everywhere ? null : [...stores],
    excluded_store_ids: everywhere ? [...stores] : [],
    revision,
    updated_at,
  };
}

/** Whether a promotion is live in a store: a link of its own decides, and without one whether it is live everywhere. */
export const liveIn = (
  store_id: StoreId,
): SQL => sql`coalesce((SELECT l.deleted_at IS NULL FROM promotion_store l
  WHERE l.retailer_id = promotion.retailer_id AND l.promotion_id = promotion.id AND l.store_id = ${store_id}), promotion.all_stores)`;

/** Ids and keys that one query names: they travel as one parameter of at most two megabytes. */
const NAMES_PER_QUERY = 2_000;

/** The promotions of the retailer with one of these ids or keys, those that are live nowhere too. */
export async function readHeld(
  db: Db,
  retailer: RetailerId,
  { ids = [], keys = [] }: { ids?: Iterable<string>; keys?: Iterable<string> },
): Promise<Held[]> {
  const held = new Map<string, Held>();
  const read = async (
    column: typeof table.id | typeof table.retailer_promotion_id,
    names: Iterable<string>,
  ) => {
    for (const part of partsOf([...new Set(names)], NAMES_PER_QUERY)) {
      const named = sql`${column} IN (SELECT value FROM json_each(${JSON.stringify(part)}))`;
      const rows = await db
        .select(HELD_COLUMNS)
        .from(table)
        .where(and(eq(table.retailer_id, retailer), named));
      for (const row of rows) held.set(row.id, heldOf(row));
    }
  };
  await read(table.id, ids);
  await read(table.retailer_promotion_id, keys);
  return [...held.values()];
}

function partsOf<T>(all: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, i) => all.slice(i * size, (i + 1) * size));
}

export async function findHeld(db: Db, retailer: RetailerId, id: string): Promise<Held | null> {
  return (await readHeld(db, retailer, { ids: [id] }))[0] ?? null;
}
