import { Promotion } from '../../shared/promotion/schema.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import type { Act } from '../act.ts';
import { audit } from '../audit/record.ts';
import type { Db } from '../db/client.ts';
import type { Effect } from '../effect.ts';
import type { Refusal } from '../http/refuse.ts';
import { readCatalog } from './catalog_version.ts';
import { changeOf, type Issue, KeyIndex, rivalIssue, storable, unknownStores } from './drafts.ts';
import { findHeld, type Held, readHeld, type StoredPromotion, viewOf } from './held.ts';
import { type Links, linksOf, NOWHERE } from './links.ts';
import { readLinks } from './new_promotion.ts';
import { Fields, patched, readPatch } from './patch.ts';
import { OVER_CATALOG, writesOf } from './write.ts';

/** One promotion at the revision that the caller read; `if_match` null: at any. */
interface Which {
  id: string;
  if_match: string | null;
}

export const entityTag = ({ revision }: { revision: number }): string => `"${revision}"`;
const matches = (tag: string, before: Held): boolean => tag === '*' || tag === entityTag(before);

const PLACES = ['store_ids', 'stores', 'excluded_store_ids'];

/**
 * Changes the fields that are given, in either vocabulary; null sets one back to its default, groups and
 * qualifiers are replaced whole. The result is judged like a new promotion.
 */
export async function editPromotion(
  db: Db,
  act: Act,
  { id, if_match }: Which,
  given: Fields,
): Promise<Result<Effect<StoredPromotion>, Refusal>> {
  const { retailer_id } = act.principal;
  const catalog = await readCatalog(db, retailer_id);
  const before = await findHeld(db, retailer_id, id);
  if (before === null) return err({ code: 'not_found' });
  if (if_match !== null && !matches(if_match, before)) return err({ code: 'precondition_failed' });
  const next = editedOf(before, given);
  if (!next.ok) return err({ code: 'invalid', errors: next.error });
  const { promotion, links } = next.value;
  const index = new KeyIndex(await readHeld(db, retailer_id, { keys: [before.key] }));
  const rival = index.rival(id, before.key, links);
  const errors = [
    ...unknownStores(links, catalog.stores),
    ...(rival === null ? [] : [rivalIssue(before.key, rival)]),
  ];
  if (errors.length > 0) return err({ code: 'invalid', errors });
  const change = changeOf({ before, promotion, links, source: before.source });
  if (change === null) return ok({ body: viewOf(before), statements: [] });
  return ok({
    body: viewOf({ ...change, updated_at: act.now }),
    statements: [
      ...writesOf(retailer_id, catalog.version, [change], act.now),
      audit(db, act, 'promotion.update', id, { revision: change.revision }),
    ],
    ...OVER_CATALOG,
  });
}

function editedOf(before: Held, given: Fields) {
  const places = Object.fromEntries(PLACES.flatMap((name) => (name in given ? [[name, given[name]]] : [])));
  const fields = Object.fromEntries(Object.entries(given).filter(([name]) => !PLACES.includes(name)));
  const patch = readPatch(fields);
  const links: Result<Links, Issue[]> =
    Object.keys(places).length > 0 ? placed(before, places) : ok(before.links);
  if (!patch.ok || !links.ok)
    return err([...(patch.ok ? [] : patch.error), ...(links.ok ? [] : links.error)]);
  const promotion = storable(patched(Fields.parse(JSON.parse(before.document)), patch.value));
  return promotion.ok ? ok({ promotion: promotion.value, links: links.value }) : promotion;
}

/** Exclusions alone belong to a promotion that is live everywhere. */
function placed({ links }: Held, places: Fields): Result<Links, Issue[]> {
  const read = readLinks(places);
  if (!read.ok || 'store_ids' in places || 'stores' in places || links.everywhere) return read;
  return ok(linksOf(links.stores));
}

/** Takes the promotion out of every store; the row follows after a time of grace. */
export async function endPromotion(
  db: Db,
  act: Act,
  { id, if_match }: Which,
): Promise<Result<Effect<Record<string, never>>, Refusal>> {
  const { retailer_id } = act.principal;
  const catalog = await readCatalog(db, retailer_id);
  const before = await findHeld(db, retailer_id, id);
  if (before === null) return err({ code: 'not_found' });
  if (if_match !== null && !matches(if_match, before)) return err({ code: 'precondition_failed' });
  const promotion = Promotion.parse(JSON.parse(before.document));
  const change = changeOf({ before, promotion, links: NOWHERE, source: before.source });
  return ok({
    body: {},
    statements: [
      ...writesOf(retailer_id, catalog.version, change === null ? [] : [change], act.now),
      audit(db, act, 'promotion.unlink', id),
    ],
    ...OVER_CATALOG,
  });
}
