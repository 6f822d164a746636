import type { z } from 'zod';
import { err, ok, type Result } from '../../shared/result.ts';
import type { Act } from '../act.ts';
import { type Db, isDuplicate, openDb, type Statement, writeAtOnce } from '../db/client.ts';
import { actOfRequest, bodyOfEarlier, keyedCall } from './commit.ts';
import type { Ctx } from './context.ts';
import { abandon, findEarlier, type KeyedCall, reserve, settle } from './idempotency.ts';
import { keysOf } from './keys.ts';
import type { Refusal } from './refuse.ts';

/** An effect that another Worker's object keeps, once by its own key; what is written here stands around it. */
export interface Elsewhere<B> {
  /** Written before it is asked. */
  begin: Statement[];
  ask(): Promise<Result<B, Refusal>>;
  /** Written with its answer. */
  done(body: B): Statement[];
  /** Written where it refused. */
  refused(refusal: Refusal): Statement[];
}

/**
 * Lets another object do something, under an `Idempotency-Key` once: the key is taken before it is asked and answered
 * with what it said. A call that dies in between runs again, and the object answers what it did.
 */
export async function commitElsewhere<T extends z.ZodType<object>>(
  c: Ctx,
  schema: T,
  plan: (db: Db, act: Act, call: KeyedCall | null) => Promise<Elsewhere<z.output<T>>>,
): Promise<Result<z.output<T>, Refusal>> {
  const db = openDb(c.env.DB);
  const act = actOfRequest(c);
  const call = await keyedCall(c);
  const keys = await keysOf(c.env);
  if (call !== null) {
    const earlier = await findEarlier(db, keys, act, call);
    if (earlier.kind !== 'none') return bodyOfEarlier(c, schema, earlier);
  }
  const { begin, ask, done, refused } = await plan(db, act, call);
  try {
    await writeAtOnce(db, [...begin, ...(call === null ? [] : reserve(db, act, call))]);
  } catch (error) {
    if (!isDuplicate(error, 'idempotency.key')) throw error;
    return err({ code: 'idempotency_in_flight' });
  }
  const free = call === null ? [] : [abandon(db, call)];
  const asked = await ask().catch(async (error: unknown) => {
    await writeAtOnce(db, free);
    throw error;
  });
  if (!asked.ok) {
    await writeAtOnce(db, [...refused(asked.error), ...free]);
    return asked;
  }
  const body = schema.parse(asked.value);
  await writeAtOnce(db, [...done(body), ...(call === null ? [] : [await settle(db, keys, call, body)])]);
  return ok(body);
}
