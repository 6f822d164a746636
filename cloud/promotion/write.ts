import { sql } from 'drizzle-orm';
import type { RetailerId } from '../../shared/ids/index.ts';
import { type Statement, statement } from '../db/client.ts';
import { promotion, promotionStore } from '../db/schema.ts';
import type { Effect } from '../effect.ts';
import { nextVersion } from './catalog_version.ts';
import type { Change } from './drafts.ts';
import { isNowhere } from './links.ts';

/** A parameter may have two megabytes; a portion goes over this by at most one promotion. */
const PORTION_BYTES = 900_000;

const utf8 = new TextEncoder();

/** JSON arrays of the rows, each within what a parameter may hold. */
export function portionsOf(rows: readonly unknown[]): string[] {
  const portions: string[] = [];
  let texts: string[] = [];
  let bytes = 0;
  const close = () => {
    if (texts.length > 0) portions.push(`[${texts.join(',')}]`);
    texts = [];
    bytes = 0;
  };
  for (const row of rows) {
    const text = JSON.stringify(row);
    const { length } = utf8.encode(text);
    if (bytes + length > PORTION_BYTES) close();
    texts.push(text);
    bytes += length;
  }
  close();
  return portions;
}

/** What makes the changes, over the catalogue of that version. Nothing where nothing changes: no new version either. */
export function writesOf(
  retailer: RetailerId,
  version: number,
  changes: readonly Change[],
  now: string,
): Statement[] {
  if (changes.length === 0) return [];
  const relinked = changes.filter(({ links_changed }) => links_changed);
  return [
    ...nextVersion(retailer, version),
    ...portionsOf(changes.map(rowOf)).map((rows) => putRows(retailer, rows, now)),
    ...portionsOf(relinked.map(({ id, links }) => [id, links.everywhere ? 1 : 0, links.stores])).flatMap(
      (rows) => putLinks(retailer, rows, now),
    ),
  ];
}

const rowOf = ({
  id,
  key,
  promotion: { title, family, is_active },
  links,
  source,
  revision,
  document,
}: Change) => [
  id,
  key,
  title,
  family,
  is_active ? 1 : 0,
  links.everywhere ? 1 : 0,
  isNowhere(links) ? 1 : 0,
  source,
  revision,
  document,
];

const putRows = (retailer: RetailerId, rows: string, now: string): Statement =>
  statement(sql`INSERT INTO ${promotion} (retailer_id, id, retailer_promotion_id, title, family, is_active, all_stores,
      unlinked_at, source, revision, document, updated_at)
    SELECT ${retailer}, value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5,
      iif(value ->> 6, ${now}, NULL), value ->> 7, value ->> 8, value ->> 9, ${now}
    FROM json_each(${rows}) WHERE true
    ON CONFLICT (retailer_id, id) DO UPDATE SET retailer_promotion_id = excluded.retailer_promotion_id,
      title = excluded.title, family = excluded.family, is_active = excluded.is_active, all_stores = excluded.all_stores,
      unlinked_at = iif(excluded.unlinked_at IS NULL, NULL, coalesce(unlinked_at, excluded.unlinked_at)),
      source = excluded.source, revision = excluded.revision, document = excluded.document,
      updated_at = excluded.updated_at`);

/** Live everywhere, the listed stores are those left out; else they are the live ones. */
const putLinks = (retailer: RetailerId, rows: string, now: string): Statement[] => [
  statement(sql`UPDATE ${promotionStore} SET deleted_at = iif(given.everywhere, NULL, coalesce(deleted_at, ${now}))
    FROM (SELECT value ->> 0 AS id, value ->> 1 AS everywhere FROM json_each(${rows})) AS given
    WHERE retailer_id = ${retailer} AND promotion_id = given.id`),
  statement(sql`INSERT INTO ${promotionStore} (retailer_id, promotion_id, store_id, linked_at, deleted_at)
    SELECT ${retailer}, given.value ->> 0, listed.value, ${now}, iif(given.value ->> 1, ${now}, NULL)
    FROM json_each(${rows}) AS given, json_each(given.value, '$[2]') AS listed WHERE true
    ON CONFLICT (retailer_id, promotion_id, store_id) DO UPDATE SET deleted_at = excluded.deleted_at`),
];

/** What an effect over a version of the catalogue says where another write was quicker, again and again. */
export const OVER_CATALOG: Pick<Effect<unknown>, 'guarded' | 'decides_anew'> = {
  guarded: { code: 'conflict', detail: 'The promotions are being changed by others; try again.' },
  decides_anew: true,
};
