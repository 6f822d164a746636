import { err, ok, type Result } from '../../shared/result.ts';
import type { Act } from '../act.ts';
import { audit } from '../audit/record.ts';
import type { Db } from '../db/client.ts';
import type { Effect } from '../effect.ts';
import type { Refusal } from '../http/refuse.ts';
import { applyOperations, namesIn } from './apply_operations.ts';
import { readCatalog } from './catalog_version.ts';
import { readHeld } from './held.ts';
import { OVER_CATALOG, writesOf } from './write.ts';

/** Runs the operations in order, all of them or none. A refusal names each that fails by its place. */
export async function transact(
  db: Db,
  act: Act,
  ops: readonly unknown[],
): Promise<Result<Effect<Record<string, never>>, Refusal>> {
  const { retailer_id } = act.principal;
  const catalog = await readCatalog(db, retailer_id);
  const held = await readHeld(db, retailer_id, namesIn(ops));
  const changes = applyOperations(ops, catalog, held, () => act.freshId('prm'));
  if (!changes.ok) {
    const [first] = changes.error;
    const place = /^\/ops\/(\d+)/.exec(first?.path ?? '')?.[1];
    return err({
      code: 'bad_request',
      detail: `Operation ${place}: ${first?.message}.`,
      errors: changes.error,
    });
  }
  return ok({
    body: {},
    statements: [
      ...writesOf(retailer_id, catalog.version, changes.value, act.now),
      audit(db, act, 'promotion.bulk', 'promotions', { ops: ops.length, changed: changes.value.length }),
    ],
    ...OVER_CATALOG,
  });
}
