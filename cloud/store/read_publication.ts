import { and, asc, eq, gt, isNull, ne, or, sql } from 'drizzle-orm';
import { Item } from '../../shared/catalog/item.ts';
import { StoreConfig } from '../../shared/config/store_config.ts';
import type { ItemId, RetailerId, StoreId } from '../../shared/ids/index.ts';
import { PROMOTION_PART_BYTES_MAX, PROMOTIONS_PER_PART_MAX } from '../../shared/rpc/store.ts';
import type { Db } from '../db/client.ts';
import { device, item, promotion, store, tag } from '../db/schema.ts';
import { liveIn } from '../promotion/held.ts';
import { StoreSettings } from './settings.ts';

const ITEMS_PER_PART = 500;
const TAGS_PER_PART = 1_000;
const PROMOTIONS_PER_PAGE = 200;

/** Which store of which tenant. */
export interface Place {
  retailer_id: RetailerId;
  store_id: StoreId;
}

/** The configuration under its new version: the settings and every device that is not revoked. Null: no such store. */
export async function readConfig(db: Db, place: Place, version: number): Promise<StoreConfig | null> {
  const [row] = await db
    .select({ settings: store.settings })
    .from(store)
    .where(and(eq(store.retailer_id, place.retailer_id), eq(store.id, place.store_id)));
  if (row === undefined) return null;
  const devices = await db
    .select({
      id: device.id,
      kind: device.kind,
      name: device.name,
      username: device.username,
      secret_sha256: device.secret_sha256,
      tokens_from: device.tokens_from,
    })
    .from(device)
    .where(
      and(
        eq(device.retailer_id, place.retailer_id),
        eq(device.store_id, place.store_id),
        isNull(device.revoked_at),
      ),
    )
    .orderBy(asc(device.id));
  const settings = StoreSettings.parse(JSON.parse(row.settings));
  const credentials = devices.map(({ tokens_from, ...one }) =>
    tokens_from === null ? one : { ...one, tokens_from },
  );
  return StoreConfig.parse({ v: 1, version, ...place, ...settings, devices: credentials });
}

/** The retailer's items by id, a part at a time. */
export async function* readItems(db: Db, retailer: RetailerId): AsyncGenerator<Item[]> {
  let after = '';
  for (;;) {
    const rows = await db
      .select({ document: item.document })
      .from(item)
      .where(and(eq(item.retailer_id, retailer), sql`${item.id} > ${after}`))
      .orderBy(asc(item.id))
      .limit(ITEMS_PER_PART);
    const items = rows.map(({ document }) => Item.parse(JSON.parse(document)));
    if (items.length > 0) yield items;
    after = items.at(-1)?.id ?? after;
    if (items.length < ITEMS_PER_PART) return;
  }
}

/** Some promotions as the store takes them: the text of a JSON array of documents. */
interface PromotionPart {
  count: number;
  promotions: string;
}

const utf8 = new TextEncoder();

/** The active promotions that are live in a store, by id, a part at a time. */
export async function* readPromotions(
  db: Db,
  { retailer_id, store_id }: Place,
): AsyncGenerator<PromotionPart> {
  let documents: string[] = [];
  let bytes = 0;
  const part = (): PromotionPart => ({ count: documents.length, promotions: `[${documents.join(',')}]` });
  let after = '';
  for (;;) {
    const rows = await db
      .select({ id: promotion.id, document: promotion.document })
      .from(promotion)
      .where(
        and(
          eq(promotion.retailer_id, retailer_id),
          eq(promotion.is_active, true),
          gt(promotion.id, after),
          liveIn(store_id),
        ),
      )
      .orderBy(asc(promotion.id))
      .limit(PROMOTIONS_PER_PAGE);
    for (const { document } of rows) {
      // One byte for the comma, and two for the brackets of a part that holds it alone.
      const length = utf8.encode(document).length + 1;
      if (documents.length === PROMOTIONS_PER_PART_MAX || bytes + length + 2 > PROMOTION_PART_BYTES_MAX) {
        yield part();
        documents = [];
        bytes = 0;
      }
      documents.push(document);
      bytes += length;
    }
    after = rows.at(-1)?.id ?? after;
    if (rows.length < PROMOTIONS_PER_PAGE) break;
  }
  if (documents.length > 0) yield part();
}

interface TagOfItem {
  epc: string;
  item_id: ItemId;
}

/** The store's tags that this life (epoch) of its object does not know yet or knows otherwise, a part at a time. */
export async function* readUnregisteredTags(
  db: Db,
  { retailer_id, store_id }: Place,
  epoch: string,
): AsyncGenerator<TagOfItem[]> {
  let after = '';
  for (;;) {
    const rows = await db
      .select({ epc: tag.epc, item_id: tag.item_id })
      .from(tag)
      .where(
        and(
          eq(tag.retailer_id, retailer_id),
          eq(tag.store_id, store_id),
          gt(tag.epc, after),
          or(isNull(tag.registered_epoch), ne(tag.registered_epoch, epoch)),
        ),
      )
      .orderBy(asc(tag.epc))
      .limit(TAGS_PER_PART);
    if (rows.length > 0) yield rows;
    after = rows.at(-1)?.epc ?? after;
    if (rows.length < TAGS_PER_PART) return;
  }
}

/** Remembers that the object has them, unless a tag was bound anew since it was read. */
export async function markRegistered(
  db: Db,
  { retailer_id, store_id }: Place,
  epoch: string,
  tags: readonly TagOfItem[],
): Promise<void> {
  const pairs = JSON.stringify(tags.map(({ epc, item_id }) => [epc, item_id]));
  await db.run(sql`UPDATE ${tag} SET registered_epoch = ${epoch}
    WHERE retailer_id = ${retailer_id} AND store_id = ${store_id}
      AND (epc, item_id) IN (SELECT value ->> 0, value ->> 1 FROM json_each(${pairs}))`);
}

export async function countTags(db: Db, { retailer_id, store_id }: Place): Promise<number> {
  const [row] = await db
    .select({ n: sql<number>`count(*)` })
    .from(tag)
    .where(and(eq(tag.retailer_id, retailer_id), eq(tag.store_id, store_id)));
  return row?.n ?? 0;
}
