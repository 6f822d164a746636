import { z } from 'zod';
import { StoreId } from '../../shared/ids/index.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import type { Act } from '../act.ts';
import { audit } from '../audit/record.ts';
import type { FieldError } from '../catalog/item_errors.ts';
import type { Count } from '../catalog/put_items.ts';
import type { Db } from '../db/client.ts';
import type { Effect } from '../effect.ts';
import type { Refusal } from '../http/refuse.ts';
import { type Catalog, readCatalog } from './catalog_version.ts';
import { changeOf, type Draft, KeyIndex, rivalIssue, storable } from './drafts.ts';
import { type Held, readHeld } from './held.ts';
import { linksOf, STORES_MAX } from './links.ts';
import type { Fields } from './patch.ts';
import { OVER_CATALOG, writesOf } from './write.ts';

const PROMOTIONS_PER_PUT_MAX = 500;
const Stores = z.array(StoreId).max(STORES_MAX);

/** Our own words or the documented field names and letter codes; where a promotion is live is ours in both. */
export const PutPromotions = z.strictObject({
  promotions: z
    .array(z.looseObject({ store_ids: Stores.nullish(), excluded_store_ids: Stores.nullish() }))
    .min(1)
    .max(PROMOTIONS_PER_PUT_MAX),
});
export type PutPromotions = z.infer<typeof PutPromotions>;
type Given = PutPromotions['promotions'];

/**
 * Creates or replaces promotions under ids of the caller's, all of them or none. Every one that cannot be is
 * named in the refusal. One without a key of the retailer's has its id as key.
 */
export async function putPromotions(
  db: Db,
  act: Act,
  put: PutPromotions,
): Promise<Result<Effect<Count>, Refusal>> {
  const { retailer_id } = act.principal;
  const catalog = await readCatalog(db, retailer_id);
  const documents = put.promotions.map(keyed);
  const held = await readHeld(db, retailer_id, {
    ids: documents.flatMap(({ id, ksuid }) => textOf(id ?? ksuid)),
    keys: documents.flatMap(({ retailer_promotion_id }) => textOf(retailer_promotion_id)),
  });
  const { drafts, errors } = draftsOf(put.promotions, documents, catalog, held);
  if (errors.length > 0) return err({ code: 'invalid', errors });
  const changes = drafts.flatMap((draft) => changeOf(draft) ?? []);
  const writes = writesOf(retailer_id, catalog.version, changes, act.now);
  return ok({
    body: { count: drafts.length },
    statements: [...writes, audit(db, act, 'promotion.put', 'promotions', { count: drafts.length })],
    ...OVER_CATALOG,
  });
}

const textOf = (value: unknown): string[] => (typeof value === 'string' ? [value] : []);

function keyed(document: Fields): Fields {
  const key = document['retailer_promotion_id'] ?? document['promo_id_retailer'];
  return { ...document, retailer_promotion_id: key ?? document['id'] ?? document['ksuid'] };
}

function draftsOf(
  given: Given,
  documents: readonly Fields[],
  { stores }: Catalog,
  held: readonly Held[],
): { drafts: Draft[]; errors: FieldError[] } {
  const errors: FieldError[] = [];
  const drafts = new Map<string, Draft>();
  const before = new Map(held.map((one) => [one.id, one]));
  const places = new Map<string, number>();
  for (const [i, { store_ids, excluded_store_ids }] of given.entries()) {
    const at = `/promotions/${i}`;
    for (const [field, ids] of Object.entries({ store_ids, excluded_store_ids }))
      for (const [s, id] of (ids ?? []).entries())
        if (!stores.has(id))
          errors.push({
            path: `${at}/${field}/${s}`,
            code: 'unknown_store',
            message: 'there is no such store',
          });
    const parsed = storable(documents[i]);
    if (!parsed.ok) {
      errors.push(...parsed.error.map((issue) => ({ ...issue, path: `${at}${issue.path}` })));
      continue;
    }
    const { id } = parsed.value;
    if (drafts.has(id))
      errors.push({ path: `${at}/id`, code: 'duplicate', message: `promotion ${id} is in the list twice` });
    places.set(id, i);
    drafts.set(id, {
      before: before.get(id) ?? null,
      promotion: parsed.value,
      links: linksOf(store_ids ?? null, excluded_store_ids ?? []),
      source: before.get(id)?.source ?? null,
    });
  }
  // Two promotions may exchange their keys within one list: what is replaced does not count.
  const index = new KeyIndex(held.filter(({ id }) => !drafts.has(id)));
  for (const [id, { promotion, links }] of drafts) {
    const key = promotion.retailer_promotion_id ?? id;
    const rival = index.rival(id, key, links);
    index.set(id, key, links);
    if (rival === null) continue;
    const issue = rivalIssue(key, rival);
    errors.push({ ...issue, path: `/promotions/${places.get(id) ?? 0}${issue.path}` });
  }
  return { drafts: [...drafts.values()], errors };
}
