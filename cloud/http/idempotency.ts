import { and, eq, isNull, lt, or } from 'drizzle-orm';
import type { RetailerId } from '../../shared/ids/index.ts';
import type { Act } from '../act.ts';
import type { Db, Statement } from '../db/client.ts';
import { idempotency } from '../db/schema.ts';
import type { Keys } from './keys.ts';
import { freshNonce, seal, unseal } from './seal.ts';

const DAY_MS = 24 * 3_600_000;
export const IDEMPOTENCY_KEPT_MS = 35 * DAY_MS;
/** A call that has not ended by then died with its isolate. */
const IN_FLIGHT_MS_MAX = 10 * 60_000;

/** One call under an idempotency key. */
export interface KeyedCall {
  retailer_id: RetailerId;
  principal: string;
  route: string;
  key: string;
  body_hash: string;
}

/** What became of an earlier call under the same key. */
export type Earlier =
  | { kind: 'none' }
  | { kind: 'in_flight' }
  | { kind: 'other_body' }
  | { kind: 'answered'; body: unknown }
  /** Answered before the service's own key was rotated: nobody can open the seal any more. */
  | { kind: 'sealed_for_good' };

const same = (call: KeyedCall) =>
  and(
    eq(idempotency.retailer_id, call.retailer_id),
    eq(idempotency.principal, call.principal),
    eq(idempotency.route, call.route),
    eq(idempotency.key, call.key),
  );

const before = (act: Act, ms: number): string => new Date(act.now_ms - ms).toISOString();

export async function findEarlier(db: Db, keys: Keys, act: Act, call: KeyedCall): Promise<Earlier> {
  const [row] = await db.select().from(idempotency).where(same(call));
  if (row === undefined || row.created_at < before(act, IDEMPOTENCY_KEPT_MS)) return { kind: 'none' };
  if (row.response === null && row.created_at < before(act, IN_FLIGHT_MS_MAX)) return { kind: 'none' };
  if (row.body_hash !== call.body_hash) return { kind: 'other_body' };
  if (row.response === null) return { kind: 'in_flight' };
  const text = await unseal(keys.sealing, row.response).catch(() => null);
  return text === null ? { kind: 'sealed_for_good' } : { kind: 'answered', body: JSON.parse(text) };
}

/**
 * The writes that remember an answer, for the batch of its own effect. A racing call with the same key
 * fails on the primary key, and with it everything else in its batch.
 */
export async function remember(
  db: Db,
  keys: Keys,
  act: Act,
  call: KeyedCall,
  body: unknown,
): Promise<Statement[]> {
  const response = await seal(keys.sealing, JSON.stringify(body), freshNonce());
  return [
    clearExpired(db, act, call),
    db
      .insert(idempotency)
      .values({ ...call, response, created_at: act.now })
      .toSQL(),
  ];
}

/** For an effect outside this database: the key is taken first, then `settle` or `abandon` ends the call. */
export const reserve = (db: Db, act: Act, call: KeyedCall): Statement[] => [
  clearExpired(db, act, call),
  db
    .insert(idempotency)
    .values({ ...call, response: null, created_at: act.now })
    .toSQL(),
];

export async function settle(db: Db, keys: Keys, call: KeyedCall, body: unknown): Promise<Statement> {
  const response = await seal(keys.sealing, JSON.stringify(body), freshNonce());
  return db.update(idempotency).set({ response }).where(same(call)).toSQL();
}

/** A failed attempt is run again, not replayed. */
export const abandon = (db: Db, call: KeyedCall): Statement =>
  db
    .delete(idempotency)
    .where(and(same(call), isNull(idempotency.response)))
    .toSQL();

/** Forgets what is older than the promise; the scheduled run calls it. */
export const forgetExpired = (db: Db, now_ms: number): Statement =>
  db
    .delete(idempotency)
    .where(lt(idempotency.created_at, new Date(now_ms - IDEMPOTENCY_KEPT_MS).toISOString()))
    .toSQL();

function clearExpired(db: Db, act: Act, call: KeyedCall): Statement {
  const expired = lt(idempotency.created_at, before(act, IDEMPOTENCY_KEPT_MS));
  const died = and(isNull(idempotency.response), lt(idempotency.created_at, before(act, IN_FLIGHT_MS_MAX)));
  return db
    .delete(idempotency)
    .where(and(same(call), or(expired, died)))
    .toSQL();
}
