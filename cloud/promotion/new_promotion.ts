import { z } from 'zod';
import { fieldErrors } from '../../shared/http/problem.ts';
import { StoreId } from '../../shared/ids/index.ts';
import type { Promotion } from '../../shared/promotion/schema.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import type { Catalog } from './catalog_version.ts';
import { type Issue, type KeyIndex, rivalIssue, storable, unknownStores } from './drafts.ts';
import { type Links, linksOf, STORES_MAX } from './links.ts';
import type { Fields } from './patch.ts';

/** Store ids, or the documented links of a store with its id. */
const Stores = z
  .array(z.union([StoreId, z.looseObject({ store_id: StoreId }).transform(({ store_id }) => store_id)]))
  .max(STORES_MAX);
const Where = z.object({
  store_ids: Stores.nullish(),
  stores: Stores.nullish(),
  excluded_store_ids: Stores.nullish(),
});

/** Where a document says that its promotion is live; one that says nothing is live everywhere. */
export function readLinks(document: Fields): Result<Links, Issue[]> {
  const where = Where.safeParse(document);
  if (!where.success) return err(fieldErrors(where.error));
  const { store_ids, stores, excluded_store_ids } = where.data;
  return ok(linksOf(store_ids ?? stores ?? null, excluded_store_ids ?? []));
}

/** A new promotion from a document in either vocabulary, under an id of ours. */
export function newPromotion(
  document: Fields,
  id: string,
  catalog: Catalog,
  index: KeyIndex,
): Result<{ promotion: Promotion; key: string; links: Links }, Issue[]> {
  const named = document['id'] ?? document['ksuid'];
  if (named !== undefined && named !== null)
    return err([{ path: '/id', code: 'read_only', message: 'a new promotion is given its id' }]);
  if ((document['retailer'] ?? catalog.retailer_id) !== catalog.retailer_id)
    return err([{ path: '/retailer', code: 'other_retailer', message: 'is not your own' }]);
  const links = readLinks(document);
  const promotion = storable({ ...document, id });
  if (!links.ok || !promotion.ok)
    return err([...(links.ok ? [] : links.error), ...(promotion.ok ? [] : promotion.error)]);
  const issues = unknownStores(links.value, catalog.stores);
  if (issues.length > 0) return err(issues);
  const key = promotion.value.retailer_promotion_id ?? id;
  const rival = index.rival(id, key, links.value);
  if (rival !== null) return err([rivalIssue(key, rival)]);
  return ok({ promotion: promotion.value, key, links: links.value });
}
