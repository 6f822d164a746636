import type { z } from '@hono/zod-openapi';
import type { Context, TypedResponse } from 'hono';
import type { JSONParsed } from 'hono/utils/types';
import type { Result } from '../../shared/result.ts';
import { type Act, actOf } from '../act.ts';
import { type Db, isDuplicate, openDb, writeAtOnce } from '../db/client.ts';
import { wasGuarded } from '../db/guard.ts';
import type { Effect } from '../effect.ts';
import { canonicalJson, sha256Hex } from './canonical.ts';
import type { CloudContext, Ctx } from './context.ts';
import { type Earlier, findEarlier, type KeyedCall, remember } from './idempotency.ts';
import { keysOf } from './keys.ts';
import { type Refusal, type Refused, type RouteProblem, refuse, refused } from './refuse.ts';

type Success = 200 | 201;
/** The answer of a verb, or its refusal, as the routes' descriptions type them. */
type Answer<B, S extends Success> =
  | (Response & TypedResponse<JSONParsed<B>, S, 'json'>)
  | Refused<RouteProblem>;
type Decide<B> = (db: Db, act: Act) => Promise<Result<Effect<B>, Refusal>>;

export const actOfRequest = (c: Context<CloudContext>): Act =>
  actOf(c.get('principal'), c.get('requestId'), Date.now(), (bytes) => crypto.getRandomValues(bytes));

/** Decides and writes once; the answer is the decision's body. For PUT and DELETE, which repeat harmlessly. */
export async function commit<B extends object, S extends Success>(
  c: Ctx,
  status: S,
  decide: Decide<B>,
): Promise<Answer<B, S>> {
  const db = openDb(c.env.DB);
  const decided = await decide(db, actOfRequest(c));
  if (!decided.ok) return refused(c, decided.error);
  try {
    await writeAtOnce(db, decided.value.statements);
  } catch (error) {
    return refused(c, refusalOfRace(decided.value, error));
  }
  return c.json(decided.value.body, status);
}

/**
 * Like `commit`, for a POST: under an `Idempotency-Key` the first success is remembered in the batch of its
 * own effect and answered again. `schema` is what the answer must be, also when it comes from the table.
 */
export async function commitOnce<T extends z.ZodType<object>, S extends Success>(
  c: Ctx,
  schema: T,
  status: S,
  decide: Decide<z.output<T>>,
): Promise<Answer<z.output<T>, S>> {
  const call = await keyedCall(c);
  if (call === null) return commit(c, status, decide);
  const db = openDb(c.env.DB);
  const keys = await keysOf(c.env);
  const act = actOfRequest(c);

  const earlier = await findEarlier(db, keys, act, call);
  if (earlier.kind !== 'none') return answerEarlier(c, schema, status, earlier);
  const decided = await decide(db, act);
  if (!decided.ok) return refused(c, decided.error);
  const { statements } = decided.value;
  // As the schema orders it: the first answer and its repeats are the same bytes.
  const body = schema.parse(decided.value.body);
  try {
    await writeAtOnce(db, [...statements, ...(await remember(db, keys, act, call, body))]);
  } catch (error) {
    if (!isDuplicate(error, 'idempotency.key')) return refused(c, refusalOfRace(decided.value, error));
    return answerEarlier(c, schema, status, await findEarlier(db, keys, act, call));
  }
  return c.json(body, status);
}

/** The answer where an earlier call with the key exists; a racing one that was just undone counts as running. */
export function answerEarlier<T extends z.ZodType<object>, S extends Success>(
  c: Ctx,
  schema: T,
  status: S,
  earlier: Earlier,
): Answer<z.output<T>, S> {
  if (earlier.kind === 'other_body') return refuse(c, 'idempotency_key_reuse');
  if (earlier.kind !== 'answered') return refuse(c, 'idempotency_in_flight');
  c.header('Idempotency-Replayed', 'true');
  return c.json(schema.parse(earlier.body), status);
}

/** The call under its key, or null where the caller sent none. */
export async function keyedCall(c: Ctx): Promise<KeyedCall | null> {
  const key = c.req.header('idempotency-key');
  if (key === undefined || key === '') return null;
  const { retailer_id, id } = c.get('principal');
  const text = await c.req.text();
  const body: unknown = text === '' ? null : JSON.parse(text);
  return {
    retailer_id,
    principal: id,
    route: `${c.req.method} ${c.req.path}`,
    key,
    body_hash: await sha256Hex(canonicalJson(body)),
  };
}

function refusalOfRace<B>(effect: Effect<B>, error: unknown): Refusal {
  if (effect.guarded !== undefined && wasGuarded(error)) return effect.guarded;
  const lost = effect.races?.find(({ of }) => isDuplicate(error, of));
  if (lost === undefined) throw error;
  return lost.refusal;
}
