import { createHash } from 'node:crypto';
import type { Tables } from '../state/agent_state.ts';
import type { AgentParts, Ctx } from './context.ts';
import { type FitsAnyRoute, fitsAnyRoute } from './fits_any_route.ts';
import { refuse } from './refuse.ts';

const KEY_CHARS_MAX = 255;

/** Keeps the answer under the call's key; to be called in the transaction of the effect. */
export type Remember = (tables: Tables, status: number, answer: unknown) => void;

/**
 * Runs a POST under its Idempotency-Key, if it has one: the first success is answered again, a key with
 * another body is refused, a call that is still running is a conflict, a failed one runs again.
 */
export function onceOnly(parts: AgentParts) {
  const running = new Set<string>();
  return async <R extends Response>(
    c: Ctx,
    run: (remember: Remember) => Promise<R> | R,
  ): Promise<R | FitsAnyRoute> => {
    const key = c.req.header('idempotency-key');
    if (key === undefined || key === '') return run(() => {});
    const body = await c.req.text();
    const call = {
      caller: c.get('claims').sub,
      route: `${c.req.method} ${c.req.path}`,
      key: key.slice(0, KEY_CHARS_MAX),
      body_sha256: createHash('sha256').update(body).digest('hex'),
    };
    const mark = JSON.stringify([call.caller, call.route, call.key]);
    if (running.has(mark)) return refuse(c, 'idempotency_in_flight');
    const earlier = parts.state.tables.idempotency.earlier(call);
    if (earlier.kind === 'other_body') return refuse(c, 'idempotency_key_reuse');
    if (earlier.kind === 'replay') {
      const headers = { 'content-type': 'application/json', 'idempotency-replayed': 'true' };
      return fitsAnyRoute(new Response(earlier.answer, { status: earlier.status, headers }));
    }
    running.add(mark);
    try {
      return await run((tables, status, answer) =>
        tables.idempotency.remember(call, status, JSON.stringify(answer), parts.now()),
      );
    } finally {
      running.delete(mark);
    }
  };
}
