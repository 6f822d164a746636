import { eq, sql } from 'drizzle-orm';
import type { RetailerId, StoreId } from '../../shared/ids/index.ts';
import { type Db, type Statement, statement } from '../db/client.ts';
import { onlyIf } from '../db/guard.ts';
import { retailer, store } from '../db/schema.ts';

/** The retailer's catalogue of promotions at one moment: what a decision is made over. */
export interface Catalog {
  retailer_id: RetailerId;
  version: number;
  stores: ReadonlySet<StoreId>;
}

/** To be read before anything that a decision rests on, so that what came later undoes its write. */
export async function readCatalog(db: Db, id: RetailerId): Promise<Catalog> {
  const version = await readCatalogVersion(db, id);
  const rows = await db.select({ id: store.id }).from(store).where(eq(store.retailer_id, id));
  return { retailer_id: id, version, stores: new Set(rows.map((row) => row.id)) };
}

export async function readCatalogVersion(db: Db, id: RetailerId): Promise<number> {
  const [row] = await db
    .select({ version: retailer.catalog_version })
    .from(retailer)
    .where(eq(retailer.id, id));
  return row?.version ?? 0;
}

/** Undoes the batch if the catalogue is no longer of that version, and makes the next one. */
export const nextVersion = (id: RetailerId, version: number): Statement[] => [
  onlyIf(sql`(SELECT catalog_version FROM ${retailer} WHERE ${retailer.id} = ${id}) = ${version}`),
  statement(sql`UPDATE ${retailer} SET catalog_version = ${version + 1} WHERE id = ${id}`),
];
