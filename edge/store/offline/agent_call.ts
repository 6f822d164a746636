import { err, ok, type Result } from '../../../shared/result.ts';
import type { AgentCall, Repeatable } from '../../../shared/rpc/agents.ts';
import type { Scope } from '../scope.ts';
import { first, type Sql } from '../sql.ts';

/** How long an agent's idempotency key answers the same. */
export const AGENT_CALLS_KEPT_MS = 35 * 24 * 3_600_000;

/**
 * Runs a verb once under the call's idempotency key, in the caller's transaction: the first success is kept
 * and answered again, a refusal is not. Without a key the verb simply runs.
 */
export function once<T, E>(
  scope: Scope,
  { agent, idempotency }: AgentCall,
  verb: () => Result<T, E>,
): Result<Repeatable<T>, E | { code: 'idempotency_key_reuse' }> {
  const fresh = (): Result<Repeatable<T>, E> => {
    const done = verb();
    return done.ok ? ok({ body: done.value, replayed: false }) : done;
  };
  if (idempotency === undefined) return fresh();
  const { route, key, body_hash } = idempotency;
  const kept = first<{ body_hash: string; answer: string }>(
    scope.sql,
    'SELECT body_hash, answer FROM agent_call WHERE agent = ? AND route = ? AND key = ? AND at > ?',
    agent,
    route,
    key,
    scope.now - AGENT_CALLS_KEPT_MS,
  );
  if (kept !== null) {
    if (kept.body_hash !== body_hash) return err({ code: 'idempotency_key_reuse' });
    return ok({ body: JSON.parse(kept.answer), replayed: true });
  }
  const done = fresh();
  if (!done.ok) return done;
  scope.sql.exec(
    'INSERT OR REPLACE INTO agent_call (agent, route, key, body_hash, answer, at) VALUES (?, ?, ?, ?, ?, ?)',
    agent,
    route,
    key,
    body_hash,
    JSON.stringify(done.value.body),
    scope.now,
  );
  return done;
}

export function oldestAgentCallAt(sql: Sql): number | null {
  return first<{ at: number | null }>(sql, 'SELECT min(at) AS at FROM agent_call')?.at ?? null;
}

export function purgeAgentCalls(sql: Sql, now: number): void {
  sql.exec('DELETE FROM agent_call WHERE at <= ?', now - AGENT_CALLS_KEPT_MS);
}
