import { type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { StoreId } from '../../shared/ids/index.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import type { Act } from '../act.ts';
import { audit } from '../audit/record.ts';
import { type Db, statement } from '../db/client.ts';
import { promotion, promotionStore } from '../db/schema.ts';
import type { Effect } from '../effect.ts';
import type { Refusal } from '../http/refuse.ts';
import { hasStore } from '../store/find_store.ts';
import { nextVersion, readCatalogVersion } from './catalog_version.ts';
import { liveIn } from './held.ts';
import { OVER_CATALOG } from './write.ts';

/** How many rows of what an unlinking has touched. */
export const Unlinked = z.object({
  /** Promotions that were live in the store. */
  promotions: z.number().int(),
  /** Of them: linked to the store by name. */
  links: z.number().int(),
  /** Of them: live everywhere, and in every other store still. */
  exclusions: z.number().int(),
  /** Of them: live in no store any more, to be removed after a time of grace. */
  left_nowhere: z.number().int(),
});
export type Unlinked = z.infer<typeof Unlinked>;

/**
 * Takes promotions out of one store: all that are live there, or the one with that key. Promotions that are
 * live elsewhere stay as they are there. Refused where the key names none.
 */
export async function unlink(
  db: Db,
  act: Act,
  store: StoreId,
  key: string | null,
): Promise<Result<Effect<Unlinked>, Refusal>> {
  const { retailer_id } = act.principal;
  if (!(await hasStore(db, retailer_id, store))) return err({ code: 'not_found' });
  const version = await readCatalogVersion(db, retailer_id);
  const live = sql`${promotion.retailer_id} = ${retailer_id} AND ${liveIn(store)}
    ${key === null ? sql`` : sql`AND ${promotion.retailer_promotion_id} = ${key}`}`;
  const body = await countOf(db, live, store);
  if (key !== null && body.promotions === 0) return err({ code: 'not_found' });
  const counts = { count: body.promotions };
  const record = audit(db, act, 'promotion.unlink', key === null ? store : `${store}/${key}`, counts);
  if (body.promotions === 0) return ok({ body, statements: [record] });
  return ok({
    body,
    statements: [
      ...nextVersion(retailer_id, version),
      statement(sql`UPDATE ${promotion} SET revision = revision + 1, updated_at = ${act.now},
        unlinked_at = iif(${isLastLink(store)}, ${act.now}, NULL) WHERE ${live}`),
      // A promotion that is live everywhere gets a deleted link: the exception of this store.
      statement(sql`INSERT INTO ${promotionStore} (retailer_id, promotion_id, store_id, linked_at, deleted_at)
        SELECT retailer_id, id, ${store}, ${act.now}, ${act.now} FROM ${promotion} WHERE ${live}
        ON CONFLICT (retailer_id, promotion_id, store_id) DO UPDATE SET deleted_at = excluded.deleted_at`),
      record,
    ],
    ...OVER_CATALOG,
  });
}

/** Of a promotion that is live in the store: whether it is live in no other one. */
const isLastLink = (store: StoreId): SQL => sql`NOT promotion.all_stores AND NOT EXISTS (
  SELECT 1 FROM promotion_store l WHERE l.retailer_id = promotion.retailer_id AND l.promotion_id = promotion.id
    AND l.store_id <> ${store} AND l.deleted_at IS NULL)`;

async function countOf(db: Db, live: SQL, store: StoreId): Promise<Unlinked> {
  const [row] = await db
    .select({
      promotions: sql<number>`count(*)`,
      exclusions: sql<number>`coalesce(sum(promotion.all_stores), 0)`,
      left_nowhere: sql<number>`coalesce(sum(${isLastLink(store)}), 0)`,
    })
    .from(promotion)
    .where(live);
  const { promotions, exclusions, left_nowhere } = row ?? { promotions: 0, exclusions: 0, left_nowhere: 0 };
  return { promotions, links: promotions - exclusions, exclusions, left_nowhere };
}
