import { eq, sql } from 'drizzle-orm';
import { z } from 'zod';
import { StoreId } from '../../shared/ids/index.ts';
import { parsePromotion } from '../../shared/promotion/parse.ts';
import { Promotion } from '../../shared/promotion/schema.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import type { Act } from '../act.ts';
import { audit } from '../audit/record.ts';
import type { FieldError } from '../catalog/item_errors.ts';
import type { Count } from '../catalog/put_items.ts';
import { type Db, statement } from '../db/client.ts';
import { promotion, store } from '../db/schema.ts';
import type { Effect } from '../effect.ts';
import type { Refusal } from '../http/refuse.ts';

const PROMOTIONS_PER_PUT_MAX = 500;
const STORES_MAX = 10_000;

/** Our own words or the documented field names and letter codes; `store_ids` is ours in both. */
export const PutPromotions = z.strictObject({
  promotions: z
    .array(z.looseObject({ store_ids: z.array(StoreId).max(STORES_MAX).nullish() }))
    .min(1)
    .max(PROMOTIONS_PER_PUT_MAX),
});
export type PutPromotions = z.infer<typeof PutPromotions>;

/** A promotion as staff see it. `store_ids` null: every store of the retailer. */
export const StoredPromotion = z.object({ ...Promotion.shape, store_ids: z.array(StoreId).nullable() });
export type StoredPromotion = z.infer<typeof StoredPromotion>;

/** Creates or replaces promotions, all of them or none. Every one that cannot be is named in the refusal. */
export async function putPromotions(
  db: Db,
  act: Act,
  put: PutPromotions,
): Promise<Result<Effect<Count>, Refusal>> {
  const { retailer_id } = act.principal;
  const stores = await db.select({ id: store.id }).from(store).where(eq(store.retailer_id, retailer_id));
  const { rows, errors } = parseAll(put.promotions, new Set<string>(stores.map(({ id }) => id)));
  if (errors.length > 0) return err({ code: 'invalid', errors });
  return ok({
    body: { count: rows.length },
    statements: [
      statement(sql`INSERT INTO ${promotion} (retailer_id, id, title, family, is_active, store_ids, document, updated_at)
        SELECT ${retailer_id}, value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, ${act.now}
        FROM json_each(${JSON.stringify(rows)}) WHERE true
        ON CONFLICT (retailer_id, id) DO UPDATE SET title = excluded.title, family = excluded.family,
          is_active = excluded.is_active, store_ids = excluded.store_ids, document = excluded.document,
          updated_at = excluded.updated_at`),
      audit(db, act, 'promotion.put', 'promotions', { count: rows.length }),
    ],
  });
}

type Row = [
  id: string,
  title: string,
  family: string,
  is_active: 0 | 1,
  store_ids: string | null,
  document: string,
];

function parseAll(
  given: PutPromotions['promotions'],
  stores: ReadonlySet<string>,
): { rows: Row[]; errors: FieldError[] } {
  const errors: FieldError[] = [];
  const rows = new Map<string, Row>();
  for (const [i, { store_ids, ...document }] of given.entries()) {
    const at = `/promotions/${i}`;
    for (const [s, id] of (store_ids ?? []).entries()) {
      if (!stores.has(id))
        errors.push({
          path: `${at}/store_ids/${s}`,
          code: 'unknown_store',
          message: 'there is no such store',
        });
    }
    const parsed = parsePromotion(document);
    if (!parsed.ok) {
      errors.push(
        ...parsed.error.issues.map((issue) => ({
          ...issue,
          path: `${at}/${issue.path.replaceAll('.', '/')}`,
        })),
      );
      continue;
    }
    const { id, title, family, is_active } = parsed.value;
    if (rows.has(id))
      errors.push({ path: `${at}/id`, code: 'duplicate', message: `promotion ${id} is in the list twice` });
    rows.set(id, [
      id,
      title,
      family,
      is_active ? 1 : 0,
      store_ids ? JSON.stringify(store_ids) : null,
      JSON.stringify(parsed.value),
    ]);
  }
  return { rows: [...rows.values()], errors };
}
