import { eq, sql } from 'drizzle-orm';
import { z } from 'zod';
import { canonicalEpc } from '../../shared/catalog/epc.ts';
import { ItemId, type StoreId } from '../../shared/ids/index.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import type { Act } from '../act.ts';
import { audit } from '../audit/record.ts';
import { type Db, statement } from '../db/client.ts';
import { item, tag } from '../db/schema.ts';
import type { Effect } from '../effect.ts';
import type { Refusal } from '../http/refuse.ts';
import { hasStore } from '../store/find_store.ts';
import type { FieldError } from './item_errors.ts';
import type { Count } from './put_items.ts';

const TAGS_PER_PUT_MAX = 1_000;
const EPC_CHARACTERS_MAX = 200;

/** `epc` in any accepted spelling: hex in either case or an EPC URI. */
export const PutTags = z.strictObject({
  tags: z
    .array(z.strictObject({ epc: z.string().min(1).max(EPC_CHARACTERS_MAX), item_id: ItemId }))
    .min(1)
    .max(TAGS_PER_PUT_MAX),
});
export type PutTags = z.infer<typeof PutTags>;

/** Binds tags to items and brings them into a store, all of them or none. The store learns it when published. */
export async function putTags(
  db: Db,
  act: Act,
  store: StoreId,
  { tags }: PutTags,
): Promise<Result<Effect<Count>, Refusal>> {
  const { retailer_id } = act.principal;
  if (!(await hasStore(db, retailer_id, store))) return err({ code: 'not_found' });
  const ids = JSON.stringify([...new Set(tags.map(({ item_id }) => item_id))]);
  const known = await db
    .select({ id: item.id })
    .from(item)
    .where(sql`${eq(item.retailer_id, retailer_id)} AND ${item.id} IN (SELECT value FROM json_each(${ids}))`);
  const { rows, errors } = canonicalTags(tags, new Set<string>(known.map(({ id }) => id)));
  if (errors.length > 0) return err({ code: 'invalid', errors });
  return ok({
    body: { count: rows.length },
    statements: [
      // A row that says the same keeps its registration: only what changed goes to the store again.
      statement(sql`INSERT INTO ${tag} (retailer_id, epc, store_id, item_id, registered_epoch, updated_at)
        SELECT ${retailer_id}, value ->> 0, ${store}, value ->> 1, NULL, ${act.now} FROM json_each(${JSON.stringify(rows)}) WHERE true
        ON CONFLICT (retailer_id, epc) DO UPDATE SET
          store_id = excluded.store_id, item_id = excluded.item_id, registered_epoch = NULL, updated_at = excluded.updated_at
          WHERE store_id <> excluded.store_id OR item_id <> excluded.item_id`),
      audit(db, act, 'tag.put', store, { count: rows.length }),
    ],
  });
}

function canonicalTags(
  tags: PutTags['tags'],
  known: ReadonlySet<string>,
): { rows: [string, string][]; errors: FieldError[] } {
  const rows = new Map<string, string>();
  const errors: FieldError[] = [];
  for (const [i, { epc, item_id }] of tags.entries()) {
    const spelt = canonicalEpc(epc);
    if (!spelt.ok) {
      errors.push({ path: `/tags/${i}/epc`, code: 'bad_epc', message: `not an EPC: ${spelt.error.code}` });
      continue;
    }
    if (!known.has(item_id))
      errors.push({ path: `/tags/${i}/item_id`, code: 'unknown_item', message: 'there is no such item' });
    if (rows.has(spelt.value))
      errors.push({ path: `/tags/${i}/epc`, code: 'duplicate', message: 'the tag is in the list twice' });
    rows.set(spelt.value, item_id);
  }
  return { rows: [...rows], errors };
}
