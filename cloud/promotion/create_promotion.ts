import { err, ok, type Result } from '../../shared/result.ts';
import type { Act } from '../act.ts';
import { audit } from '../audit/record.ts';
import type { Db } from '../db/client.ts';
import type { Effect } from '../effect.ts';
import type { Refusal } from '../http/refuse.ts';
import { readCatalog } from './catalog_version.ts';
import { changeOf, KeyIndex } from './drafts.ts';
import { readHeld, type StoredPromotion, viewOf } from './held.ts';
import { newPromotion } from './new_promotion.ts';
import type { Fields } from './patch.ts';
import { OVER_CATALOG, writesOf } from './write.ts';

/** Creates a promotion with its groups, nodes, qualifiers and stores, from a document in either vocabulary. */
export async function createPromotion(
  db: Db,
  act: Act,
  document: Fields,
): Promise<Result<Effect<StoredPromotion>, Refusal>> {
  const { retailer_id } = act.principal;
  const given = document['retailer'] ?? retailer_id;
  if (given !== retailer_id) return err({ code: 'not_found' });
  const catalog = await readCatalog(db, retailer_id);
  const keys = [document['retailer_promotion_id'], document['promo_id_retailer']].flatMap((key) =>
    typeof key === 'string' ? [key] : [],
  );
  const index = new KeyIndex(await readHeld(db, retailer_id, { keys }));
  const made = newPromotion(document, act.freshId('prm'), catalog, index);
  if (!made.ok) return err({ code: 'invalid', errors: made.error });
  const { promotion, links } = made.value;
  const change = changeOf({ before: null, promotion, links, source: null });
  if (change === null) throw new Error('a new promotion is a change');
  return ok({
    body: viewOf({ ...change, updated_at: act.now }),
    statements: [
      ...writesOf(retailer_id, catalog.version, [change], act.now),
      audit(db, act, 'promotion.create', change.id, { key: change.key }),
    ],
    ...OVER_CATALOG,
  });
}
