import { and, eq, lt, sql } from 'drizzle-orm';
import { z } from 'zod';
import { Instant } from '../../shared/api/common.ts';
import { StoreId } from '../../shared/ids/index.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import type { Act } from '../act.ts';
import { audit } from '../audit/record.ts';
import { type Db, type Statement, statement, writeAtOnce } from '../db/client.ts';
import { publication, store } from '../db/schema.ts';
import type { StoreNamespace } from '../env.ts';
import type { Refusal } from '../http/refuse.ts';
import { hasStore } from './find_store.ts';
import { type Published, type PublishRefusal, publish } from './publish.ts';
import type { Place } from './read_publication.ts';

/** A publication that has not ended by then died with its isolate. */
const PUBLICATION_MS_MAX = 10 * 60_000;

/** What the caller of a publication is told. */
export const Publication = z.object({
  store_id: StoreId,
  version: z.number().int(),
  items: z.number().int(),
  promotions: z.number().int(),
  tags: z.number().int(),
  tags_registered: z.number().int(),
  /** Milliseconds. */
  took: z.number().int(),
  at: Instant,
});
export type Publication = z.infer<typeof Publication>;

/** A row of the list: also those that failed or still run. */
export const PublicationRow = z.object({
  version: z.number().int(),
  state: z.enum(['running', 'published', 'failed']),
  items: z.number().int(),
  promotions: z.number().int(),
  tags: z.number().int(),
  reason: z.string().nullable(),
  started_at: Instant,
  finished_at: Instant.nullable(),
});

export const PUBLICATION_COLUMNS = {
  version: publication.version,
  state: publication.state,
  items: publication.items,
  promotions: publication.promotions,
  tags: publication.tags,
  reason: publication.reason,
  started_at: publication.started_at,
  finished_at: publication.finished_at,
};

/** The writes that go with the beginning and the end of a call: the caller's idempotency key. */
export interface CallWrites {
  begin: Statement[];
  done(body: Publication): Promise<Statement[]>;
  failed: Statement[];
}

/**
 * One publication from its version number to its end. `clock` gives milliseconds. The row tells in the list
 * what became of it; a version is given once, whatever becomes of it.
 */
export async function runPublication(
  { db, stores, clock }: { db: Db; stores: StoreNamespace; clock: () => number },
  act: Act,
  store_id: StoreId,
  writes: CallWrites,
): Promise<Result<Publication, Refusal>> {
  const place = { retailer_id: act.principal.retailer_id, store_id };
  if (!(await hasStore(db, place.retailer_id, store_id))) return err({ code: 'not_found' });
  const known = await knownVersion(stores, store_id);
  if (known === null) return err({ code: 'store_unavailable' });
  const version = await begin(db, act, place, known, writes.begin);
  if (version === null) return err({ code: 'not_found' });

  const end = (set: Partial<typeof publication.$inferInsert>): Statement =>
    db
      .update(publication)
      .set({ ...set, finished_at: new Date(clock()).toISOString() })
      .where(and(here(place), eq(publication.version, version)))
      .toSQL();
  const fail = (reason: string) => writeAtOnce(db, [end({ state: 'failed', reason }), ...writes.failed]);
  const published = await attempt(db, stores, place, version).catch(async (error: unknown) => {
    await fail('internal');
    throw error;
  });
  if (!published.ok) {
    await fail(published.error.code);
    return published;
  }
  const { items, promotions, tags } = published.value;
  const body = { store_id, version, ...published.value, took: clock() - act.now_ms, at: act.now };
  await writeAtOnce(db, [
    end({ state: 'published', items, promotions, tags }),
    audit(db, act, 'store.publish', store_id, { version, items, promotions, tags }),
    ...(await writes.done(body)),
  ]);
  return ok(body);
}

const here = ({ retailer_id, store_id }: Place) =>
  and(eq(publication.retailer_id, retailer_id), eq(publication.store_id, store_id));

/** The highest version that the store's object has seen: after a loss of this database it is ahead of us. */
async function knownVersion(stores: StoreNamespace, id: StoreId): Promise<number | null> {
  try {
    const status = await stores.getByName(id).status();
    return status === null ? 0 : Math.max(status.config_version, status.shelf_version);
  } catch {
    return null;
  }
}

/** Takes the next version and opens its row, in one batch. Null: the retailer has no such store. */
async function begin(
  db: Db,
  act: Act,
  { retailer_id, store_id }: Place,
  known: number,
  more: Statement[],
): Promise<number | null> {
  const ours = and(eq(store.retailer_id, retailer_id), eq(store.id, store_id));
  const taken = db
    .update(store)
    .set({ last_version: sql`max(${store.last_version}, ${known}) + 1` })
    .where(ours)
    .returning({ version: store.last_version });
  const opened = statement(sql`INSERT INTO ${publication} (retailer_id, store_id, version, state, started_at)
    SELECT ${store.retailer_id}, ${store.id}, ${store.last_version}, 'running', ${act.now} FROM ${store} WHERE ${ours}`);
  const [rows = []] = await writeAtOnce(db, [taken.toSQL(), opened, ...more]);
  const [row] = z.array(z.object({ last_version: z.number() })).parse(rows);
  return row?.last_version ?? null;
}

async function attempt(
  db: Db,
  stores: StoreNamespace,
  place: Place,
  version: number,
): Promise<Result<Published, Refusal>> {
  try {
    const published = await publish(db, stores.getByName(place.store_id), place, version);
    return published.ok ? published : err(refusalOf(published.error));
  } catch (error) {
    // A stub's error means that the object was away; anything of our own is a bug and goes on as one.
    if (error instanceof Error && ('remote' in error || 'retryable' in error || 'overloaded' in error))
      return err({ code: 'store_unavailable' });
    throw error;
  }
}

function refusalOf(refusal: PublishRefusal): Refusal {
  if (refusal.code === 'not_found') return { code: 'not_found' };
  if (refusal.code === 'overtaken')
    return { code: 'conflict', detail: 'A newer publication has overtaken this one.' };
  return { code: 'conflict', detail: `The store refused: ${refusal.detail}.` };
}

/** Rows of publications that died with their isolate say so; the scheduled run calls it. */
export const closeInterrupted = (db: Db, now_ms: number): Statement =>
  db
    .update(publication)
    .set({ state: 'failed', reason: 'interrupted', finished_at: new Date(now_ms).toISOString() })
    .where(
      and(
        eq(publication.state, 'running'),
        lt(publication.started_at, new Date(now_ms - PUBLICATION_MS_MAX).toISOString()),
      ),
    )
    .toSQL();
