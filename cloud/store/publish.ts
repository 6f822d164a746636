import { err, ok, type Result } from '../../shared/result.ts';
import type { StoreForCloud } from '../../shared/rpc/store.ts';
import type { Db } from '../db/client.ts';
import { readCatalogVersion } from '../promotion/catalog_version.ts';
import {
  countTags,
  markRegistered,
  type Place,
  readConfig,
  readItems,
  readPromotions,
  readUnregisteredTags,
} from './read_publication.ts';

/** As much of a store's object as a publication needs. */
type PublishedStore = Pick<
  StoreForCloud,
  'putConfig' | 'stageShelf' | 'stagePromotions' | 'swapShelf' | 'registerTags' | 'status'
>;

/** What one publication brought to the store's object. */
export interface Published {
  items: number;
  promotions: number;
  /** All tags of the store. */
  tags: number;
  /** Those of them that the object did not know, or knew otherwise. */
  tags_registered: number;
}

export type PublishRefusal =
  | { code: 'not_found' }
  /** A publication with a higher version was quicker: the store has what is newer. */
  | { code: 'overtaken' }
  | { code: 'refused'; detail: string };

/**
 * Brings configuration, catalogue, promotions, devices and tags to the store's object under a version of
 * their own. The shelf is staged in parts and swapped whole, so no scan ever sees half of it. Again with the
 * same version changes nothing; a broken-off publication is simply published again under the next version.
 */
export async function publish(
  db: Db,
  object: PublishedStore,
  place: Place,
  version: number,
): Promise<Result<Published, PublishRefusal>> {
  const config = await readConfig(db, place, version);
  if (config === null) return err({ code: 'not_found' });
  const put = await object.putConfig(config);
  if (!put.ok) return err(refusalOf(put.error.code));

  let parts = 0;
  for await (const items of readItems(db, place.retailer_id)) {
    const staged = await object.stageShelf({ version, part: parts, items });
    if (!staged.ok) return err(refusalOf(staged.error.code));
    parts++;
  }
  const staged = await stagePromotions(db, object, place, version);
  if (!staged.ok) return staged;
  const swapped = await object.swapShelf({ version, parts, ...staged.value });
  if (!swapped.ok) return err(refusalOf(swapped.error.code));

  const registered = await registerTags(db, object, place);
  if (!registered.ok) return registered;
  const tags = await countTags(db, place);
  return ok({
    items: swapped.value.items,
    promotions: swapped.value.promotions,
    tags,
    tags_registered: registered.value,
  });
}

/** How often the promotions may change while they are being read. */
const READINGS_MAX = 4;

/**
 * The promotions of one version of the catalogue, whole: half of a change that touches several of them must
 * never sell. Parts of an earlier reading are replaced, and dropped where the last one has fewer.
 */
async function stagePromotions(
  db: Db,
  object: PublishedStore,
  place: Place,
  version: number,
): Promise<Result<{ promotion_parts: number; catalog_version: number }, PublishRefusal>> {
  for (let reading = 1; reading <= READINGS_MAX; reading++) {
    const catalog_version = await readCatalogVersion(db, place.retailer_id);
    let part = 0;
    for await (const promotions of readPromotions(db, place)) {
      const staged = await object.stagePromotions({ version, part, ...promotions });
      if (!staged.ok) return err(refusalOf(staged.error.code));
      part++;
    }
    if ((await readCatalogVersion(db, place.retailer_id)) === catalog_version)
      return ok({ promotion_parts: part, catalog_version });
  }
  return err({ code: 'refused', detail: 'its promotions are being changed; publish again' });
}

async function registerTags(
  db: Db,
  object: PublishedStore,
  place: Place,
): Promise<Result<number, PublishRefusal>> {
  const status = await object.status();
  if (status === null) return err({ code: 'refused', detail: 'the store was not provisioned' });
  let count = 0;
  for await (const tags of readUnregisteredTags(db, place, status.epoch)) {
    const answer = await object.registerTags({ tags });
    if (!answer.ok) return err(refusalOf(answer.error.code));
    await markRegistered(db, place, status.epoch, tags);
    count += tags.length;
  }
  return ok(count);
}

const refusalOf = (code: string): PublishRefusal =>
  code === 'stale_version' ? { code: 'overtaken' } : { code: 'refused', detail: code };
