import type { z } from '@hono/zod-openapi';
import type { Context, TypedResponse } from 'hono';
import type { JSONParsed } from 'hono/utils/types';
import { err, ok, type Result } from '../../shared/result.ts';
import { type Act, actOf } from '../act.ts';
import { type Db, isDuplicate, openDb, type Statement, writeAtOnce } from '../db/client.ts';
import { wasGuarded } from '../db/guard.ts';
import type { Effect } from '../effect.ts';
import { canonicalJson, sha256Hex } from './canonical.ts';
import type { CloudContext, Ctx } from './context.ts';
import { type Earlier, findEarlier, type KeyedCall, remember } from './idempotency.ts';
import { keysOf } from './keys.ts';
import { type Refusal, type Refused, type RouteProblem, refused } from './refuse.ts';

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
  const done = await attempt(c, decide);
  return done.ok ? c.json(done.value, status) : refused(c, done.error);
}

/** Like `commit`, for the routes that answer in their own way. */
export async function attempt<B>(c: Ctx, decide: Decide<B>): Promise<Result<B, Refusal>> {
  const db = openDb(c.env.DB);
  const act = actOfRequest(c);
  return decideAndWrite(
    db,
    () => decide(db, act),
    async ({ statements }) => statements,
  );
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
  const done = await attemptOnce(c, schema, decide);
  return done.ok ? c.json(done.value, status) : refused(c, done.error);
}

/** Like `commitOnce`, for the routes that answer in their own way; a repeat is marked in the headers already. */
export async function attemptOnce<T extends z.ZodType<object>>(
  c: Ctx,
  schema: T,
  decide: Decide<z.output<T>>,
): Promise<Result<z.output<T>, Refusal>> {
  const call = await keyedCall(c);
  if (call === null) return attempt(c, decide);
  const db = openDb(c.env.DB);
  const keys = await keysOf(c.env);
  const act = actOfRequest(c);

  const earlier = await findEarlier(db, keys, act, call);
  if (earlier.kind !== 'none') return bodyOfEarlier(c, schema, earlier);
  try {
    const done = await decideAndWrite(
      db,
      async () => {
        const decided = await decide(db, act);
        // As the schema orders it: the first answer and its repeats are the same bytes.
        return decided.ok
          ? ok({ ...decided.value, body: schema.parse(decided.value.body) })
          : err(decided.error);
      },
      async ({ statements, body }) => [...statements, ...(await remember(db, keys, act, call, body))],
    );
    if (done.ok) return done;
    // A racing call with the same key may have been quicker, and be the reason of the refusal.
    const racing = await findEarlier(db, keys, act, call);
    return racing.kind === 'none' ? done : bodyOfEarlier(c, schema, racing);
  } catch (error) {
    if (!isDuplicate(error, 'idempotency.key')) throw error;
    return bodyOfEarlier(c, schema, await findEarlier(db, keys, act, call));
  }
}

/** How often a decision is made anew because what it was made over has changed meanwhile. */
const DECISIONS_MAX = 4;

async function decideAndWrite<B>(
  db: Db,
  decide: () => Promise<Result<Effect<B>, Refusal>>,
  statementsOf: (effect: Effect<B>) => Promise<Statement[]>,
): Promise<Result<B, Refusal>> {
  for (let decisions = 1; ; decisions++) {
    const decided = await decide();
    if (!decided.ok) return decided;
    try {
      await writeAtOnce(db, await statementsOf(decided.value));
      return ok(decided.value.body);
    } catch (error) {
      if (decided.value.decides_anew === true && wasGuarded(error) && decisions < DECISIONS_MAX) continue;
      return err(refusalOfRace(decided.value, error));
    }
  }
}

/** The answer where an earlier call with the key exists; a racing one that was just undone counts as running. */
export function answerEarlier<T extends z.ZodType<object>, S extends Success>(
  c: Ctx,
  schema: T,
  status: S,
  earlier: Earlier,
): Answer<z.output<T>, S> {
  const body = bodyOfEarlier(c, schema, earlier);
  return body.ok ? c.json(body.value, status) : refused(c, body.error);
}

export function bodyOfEarlier<T extends z.ZodType<object>>(
  c: Ctx,
  schema: T,
  earlier: Earlier,
): Result<z.output<T>, Refusal> {
  if (earlier.kind === 'other_body') return err({ code: 'idempotency_key_reuse' });
  if (earlier.kind === 'sealed_for_good') {
    const detail = 'This call was made before; its answer cannot be read since the service has a new key.';
    return err({ code: 'conflict', detail });
  }
  if (earlier.kind !== 'answered') return err({ code: 'idempotency_in_flight' });
  c.header('Idempotency-Replayed', 'true');
  return ok(schema.parse(earlier.body));
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
