import { and, eq, sql } from 'drizzle-orm';
import type { StoreId } from '../../shared/ids/index.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import type { Act } from '../act.ts';
import { audit } from '../audit/record.ts';
import type { Db } from '../db/client.ts';
import { onlyIf } from '../db/guard.ts';
import { store } from '../db/schema.ts';
import type { Effect } from '../effect.ts';
import type { Refusal } from '../http/refuse.ts';
import { findStore, type Store } from './find_store.ts';
import { checkSettings, type StoreSettings } from './settings.ts';

interface PutStore {
  id: StoreId;
  settings: StoreSettings;
  /** The entity tag of `If-Match`; null: the client sent none. `*` is any revision that exists. */
  if_match: string | null;
  demo_allowed: boolean;
}

type PutStoreEffect = Effect<Store> & { created: boolean };

/** Creates a store under an id that the client chose, or replaces its settings. What is published stays. */
export async function putStore(db: Db, act: Act, put: PutStore): Promise<Result<PutStoreEffect, Refusal>> {
  const refusal = checkSettings(put.settings, put.demo_allowed);
  if (refusal !== null) return err(refusal);
  const { retailer_id } = act.principal;
  const before = await findStore(db, retailer_id, put.id);
  if (put.if_match !== null && !matches(put.if_match, before)) return err({ code: 'precondition_failed' });
  return ok(before === null ? create(db, act, put) : update(db, act, put, before));
}

const matches = (tag: string, before: Store | null): boolean =>
  before !== null && (tag === '*' || tag === entityTag(before));

export const entityTag = ({ revision }: { revision: number }): string => `"${revision}"`;

function create(db: Db, act: Act, { id, settings }: PutStore): PutStoreEffect {
  const { retailer_id } = act.principal;
  const row = { id, revision: 1, created_at: act.now, updated_at: act.now };
  return {
    created: true,
    body: { ...settings, ...row, published_version: null },
    statements: [
      db
        .insert(store)
        .values({ ...row, retailer_id, name: settings.name, settings: JSON.stringify(settings) })
        .toSQL(),
      audit(db, act, 'store.create', id),
    ],
    races: [
      { of: 'store.retailer_id', refusal: { code: 'conflict' } },
      // Another tenant's store: as if it were not there.
      { of: 'store.id', refusal: { code: 'not_found' } },
    ],
  };
}

function update(db: Db, act: Act, { id, settings, if_match }: PutStore, before: Store): PutStoreEffect {
  const here = and(eq(store.retailer_id, act.principal.retailer_id), eq(store.id, id));
  const revision = before.revision + 1;
  const unchanged = onlyIf(sql`(SELECT ${store.revision} FROM ${store} WHERE ${here}) = ${before.revision}`);
  return {
    created: false,
    body: { ...before, ...settings, revision, updated_at: act.now },
    statements: [
      unchanged,
      db
        .update(store)
        .set({ name: settings.name, settings: JSON.stringify(settings), revision, updated_at: act.now })
        .where(here)
        .toSQL(),
      audit(db, act, 'store.update', id, { revision }),
    ],
    guarded: { code: if_match === null ? 'conflict' : 'precondition_failed' },
  };
}
