import { and, eq } from 'drizzle-orm';
import type { z } from 'zod';
import type { StoreId } from '../../shared/ids/index.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import type { Act } from '../act.ts';
import { audit } from '../audit/record.ts';
import type { Db } from '../db/client.ts';
import { fulfilmentTarget } from '../db/schema.ts';
import type { Effect } from '../effect.ts';
import type { Refusal } from '../http/refuse.ts';
import { findStore } from '../store/find_store.ts';
import { addressFault, type FulfilmentTargets } from './target.ts';

/** Replaces where a store's documents go. Jobs of a target that is gone stay, and go on if it comes back. */
export async function putTargets(
  db: Db,
  act: Act,
  store_id: StoreId,
  { targets }: z.infer<typeof FulfilmentTargets>,
  demo: boolean,
): Promise<Result<Effect<z.infer<typeof FulfilmentTargets>>, Refusal>> {
  const { retailer_id } = act.principal;
  if ((await findStore(db, retailer_id, store_id)) === null) return err({ code: 'not_found' });
  const errors = targets.flatMap(({ url }, i) => {
    const message = addressFault(url, demo);
    return message === null ? [] : [{ path: `/targets/${i}/url`, code: 'bad_address', message }];
  });
  if (errors.length > 0) return err({ code: 'invalid', errors });
  const rows = targets.map(({ settings, ...target }) => ({
    ...target,
    retailer_id,
    store_id,
    settings: JSON.stringify(settings),
    updated_at: act.now,
  }));
  return ok({
    body: { targets },
    statements: [
      db
        .delete(fulfilmentTarget)
        .where(and(eq(fulfilmentTarget.retailer_id, retailer_id), eq(fulfilmentTarget.store_id, store_id)))
        .toSQL(),
      ...rows.map((row) => db.insert(fulfilmentTarget).values(row).toSQL()),
      audit(db, act, 'fulfilment_targets.put', store_id, { targets: targets.length }),
    ],
  });
}
