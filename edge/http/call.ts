import { ShopperId } from '../../shared/ids/index.ts';
import type { Call, Caller } from '../basket/port.ts';
import type { Ctx } from './context.ts';

export const IDEMPOTENCY_KEY_CHARACTERS_MAX = 255;

/** The call as the objects see it: who, from where, under which idempotency key. */
export async function callOf(c: Ctx): Promise<Call> {
  const url = new URL(c.req.url);
  const key = idempotencyKey(c);
  return {
    caller: callerOf(c),
    origin: url.origin,
    ...(key === null
      ? {}
      : { idempotency: { route: `${c.req.method} ${url.pathname}`, key, body_hash: await bodyHash(c) } }),
  };
}

/** The key of a POST, or null: without one the call is simply not protected. */
export function idempotencyKey(c: Ctx): string | null {
  const key = c.req.method === 'POST' ? c.req.header('idempotency-key') : undefined;
  return key === undefined || key === '' ? null : key.slice(0, IDEMPOTENCY_KEY_CHARACTERS_MAX);
}

export async function bodyHash(c: Ctx): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(await c.req.text()));
  return Array.from(new Uint8Array(digest), (b) => b.toString(16).padStart(2, '0')).join('');
}

function callerOf(c: Ctx): Caller {
  const claims = c.get('claims');
  if (claims.role === 'shopper') {
    const shopper_id = ShopperId.parse(claims.sub);
    if (claims.store === undefined) throw new Error('a shopper token without a store');
    return { kind: 'shopper', shopper_id, store_id: claims.store, retailer_id: claims.retailer };
  }
  return { kind: 'store', retailer_id: claims.retailer, store_id: claims.store ?? null };
}
