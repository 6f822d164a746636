import { and, eq, sql } from 'drizzle-orm';
import { z } from 'zod';
import { ADDON_GROUPS_MAX, AddonGroup, Deposit, Item } from '../../shared/catalog/item.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import type { Act } from '../act.ts';
import { audit } from '../audit/record.ts';
import { type Db, type Statement, statement } from '../db/client.ts';
import { item, itemCode } from '../db/schema.ts';
import type { Effect } from '../effect.ts';
import type { Refusal } from '../http/refuse.ts';
import { itemErrors, type SkuOwner } from './item_errors.ts';

const ITEMS_PER_PUT_MAX = 500;
/** With a word for every field, inside too: one that nobody knows is refused, not lost. */
const StrictItem = z.strictObject({
  ...Item.shape,
  addon_groups: z.array(AddonGroup.strict()).max(ADDON_GROUPS_MAX).optional(),
  deposit: Deposit.strict().optional(),
});
export const PutItems = z.strictObject({ items: z.array(StrictItem).min(1).max(ITEMS_PER_PUT_MAX) });
export type PutItems = z.infer<typeof PutItems>;
export const Count = z.object({ count: z.number().int() });
export type Count = z.infer<typeof Count>;

/** Creates or replaces items, all of them or none. Every item that cannot be is named in the refusal. */
export async function putItems(
  db: Db,
  act: Act,
  { items }: PutItems,
): Promise<Result<Effect<Count>, Refusal>> {
  const { retailer_id } = act.principal;
  const skus = JSON.stringify(items.map(({ sku }) => sku));
  const owners: SkuOwner[] = await db
    .select({ sku: item.sku, id: item.id })
    .from(item)
    .where(
      and(eq(item.retailer_id, retailer_id), sql`${item.sku} IN (SELECT value FROM json_each(${skus}))`),
    );
  const errors = itemErrors(items, owners);
  if (errors.length > 0) return err({ code: 'invalid', errors });
  return ok({
    body: { count: items.length },
    statements: [...writes(act, items), audit(db, act, 'item.put', 'items', { count: items.length })],
    races: [
      { of: 'item.sku', refusal: { code: 'conflict', detail: 'Another call has taken one of the SKUs.' } },
    ],
  });
}

/** A whole list travels as one JSON parameter: a statement takes a hundred parameters at most. */
function writes(act: Act, items: readonly Item[]): Statement[] {
  const { retailer_id } = act.principal;
  const ids = JSON.stringify(items.map(({ id }) => id));
  const listed = sql`(SELECT value FROM json_each(${ids}))`;
  const rows = JSON.stringify(
    items.map((one) => [one.id, one.sku, one.name.toLowerCase(), JSON.stringify(one)]),
  );
  const codes = JSON.stringify(
    items.flatMap((one) => [...new Set([...one.gtins, ...one.codes])].map((code) => [code, one.id])),
  );
  return [
    // Two items may exchange their SKUs within one list: no row keeps its old one meanwhile.
    statement(
      sql`UPDATE ${item} SET sku = char(0) || id WHERE retailer_id = ${retailer_id} AND id IN ${listed}`,
    ),
    statement(sql`INSERT INTO ${item} (retailer_id, id, sku, search, document, updated_at)
      SELECT ${retailer_id}, value ->> 0, value ->> 1, value ->> 2, value ->> 3, ${act.now} FROM json_each(${rows}) WHERE true
      ON CONFLICT (retailer_id, id) DO UPDATE SET
        sku = excluded.sku, search = excluded.search, document = excluded.document, updated_at = excluded.updated_at`),
    statement(sql`DELETE FROM ${itemCode} WHERE retailer_id = ${retailer_id} AND item_id IN ${listed}`),
    statement(sql`INSERT INTO ${itemCode} (retailer_id, code, item_id)
      SELECT ${retailer_id}, value ->> 0, value ->> 1 FROM json_each(${codes})`),
  ];
}
