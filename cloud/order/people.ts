import { and, eq, inArray } from 'drizzle-orm';
import type { RetailerId } from '../../shared/ids/index.ts';
import type { Db } from '../db/client.ts';
import { staff } from '../db/schema.ts';

/** A statement holds a hundred parameters at most. */
const IDS_MAX = 90;

/** The names of members of staff by id; who is unknown is left out. */
export async function namesOf(
  db: Db,
  retailer_id: RetailerId,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .select({ id: staff.id, name: staff.name })
    .from(staff)
    .where(and(eq(staff.retailer_id, retailer_id), inArray(staff.id, ids.slice(0, IDS_MAX))));
  return new Map(rows.map(({ id, name }) => [id, name]));
}
