import { createHash } from 'node:crypto';
import { and, eq, lt, sql } from 'drizzle-orm';
import { z } from 'zod';
import { PromotionId, type RetailerId, StoreId, uuidFromDigest } from '../../../shared/ids/index.ts';
import { ImportFormat } from '../../../shared/promotion/import/entry.ts';
import { err, ok, type Result } from '../../../shared/result.ts';
import type { Act } from '../../act.ts';
import { type Db, type Statement, writeAtOnce } from '../../db/client.ts';
import { store, promotionImport as table } from '../../db/schema.ts';
import type { Refusal } from '../../http/refuse.ts';
import { ImportMode } from './import_row.ts';

/** A reading that has been silent for so long has died with its isolate. */
const SILENCE_MS_MAX = 15 * 60_000;

export const ImportRequest = z.object({
  format: ImportFormat,
  /** The store that the whole file is for; without it the file says where each promotion is live. */
  store_id: StoreId.optional(),
  /** `replace` also ends what earlier files of the source had and this one lacks. */
  mode: ImportMode.default('merge'),
});
export type ImportRequest = z.infer<typeof ImportRequest>;

/** An import whose row is there and whose file is still to be read. */
export interface Begun extends ImportRequest {
  id: string;
  retailer_id: RetailerId;
  source: string;
  /** ISO 4217 code of every amount in the file. */
  currency: string;
}

/**
 * Opens the import's row. Another one of the same source that still runs is over: the newer file counts. Files
 * without a store need one currency in all of the retailer's stores.
 */
export async function beginImport(db: Db, act: Act, request: ImportRequest): Promise<Result<Begun, Refusal>> {
  const { retailer_id } = act.principal;
  const { format, mode, store_id } = request;
  const currencies = await db
    .selectDistinct({ currency: sql<string>`settings ->> 'currency'` })
    .from(store)
    .where(
      and(eq(store.retailer_id, retailer_id), store_id === undefined ? undefined : eq(store.id, store_id)),
    );
  const [only, another] = currencies;
  if (only === undefined) return err({ code: 'not_found' });
  if (another !== undefined) {
    const message = 'the stores have different currencies: import for one store at a time';
    return err({ code: 'invalid', errors: [{ path: '/store_id', code: 'several_currencies', message }] });
  }
  const source = `${format} ${store_id ?? '*'}`;
  const id = act.freshId('pim');
  await writeAtOnce(db, [
    db
      .update(table)
      .set({ state: 'interrupted', finished_at: act.now })
      .where(and(eq(table.retailer_id, retailer_id), eq(table.source, source), eq(table.state, 'running')))
      .toSQL(),
    db
      .insert(table)
      .values({
        retailer_id,
        id,
        format,
        mode,
        store_id: store_id ?? null,
        source,
        state: 'running',
        started_at: act.now,
        touched_at: act.now,
      })
      .toSQL(),
  ]);
  return ok({ ...request, id, retailer_id, source, currency: only.currency });
}

/** The id of the promotion that a source calls by that key: the same in each of its files. */
export function idInSource({ retailer_id, source }: Begun, key: string): PromotionId {
  const digest = createHash('sha256').update(`${retailer_id}\n${source}\n${key}`).digest();
  return PromotionId.parse(`prm_${uuidFromDigest(digest)}`);
}

/** Rows of imports that died with their isolate say so; the scheduled run calls it. */
export const closeSilentImports = (db: Db, now_ms: number): Statement =>
  db
    .update(table)
    .set({ state: 'interrupted', finished_at: new Date(now_ms).toISOString() })
    .where(
      and(eq(table.state, 'running'), lt(table.touched_at, new Date(now_ms - SILENCE_MS_MAX).toISOString())),
    )
    .toSQL();
