import type { Role } from '../../shared/auth/claims.ts';
import { ShopperId } from '../../shared/ids/index.ts';
import type { Call, Caller, StaffCall } from '../basket/port.ts';
import type { Ctx } from './context.ts';

export const IDEMPOTENCY_KEY_CHARACTERS_MAX = 255;

/** The call as the objects see it: who, from where, under which idempotency key. */
export async function callOf(c: Ctx): Promise<Call> {
  const url = new URL(c.req.url);
  const key = idempotencyKey(c);
  return {
    caller: callerOf(c),
    origin: url.origin,
    ...channelOf(c.get('claims').role),
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

/** Agents and services handle no payments of trips. */
function channelOf(role: Role): Pick<Call, 'channel'> {
  switch (role) {
    case 'shopper':
      return { channel: 'web' };
    case 'kiosk':
      return { channel: 'kiosk' };
    case 'admin':
    case 'manager':
    case 'cashier':
      return { channel: 'cashier' };
    default:
      return {};
  }
}

/** The call of one of the staff; null: the token is of somebody else. */
export async function staffCallOf(c: Ctx): Promise<StaffCall | null> {
  const { caller, ...call } = await callOf(c);
  return caller.kind === 'staff' ? { ...call, caller } : null;
}

function callerOf(c: Ctx): Caller {
  const { role, sub, store, retailer } = c.get('claims');
  if (role === 'shopper') {
    const shopper_id = ShopperId.parse(sub);
    if (store === undefined) throw new Error('a shopper token without a store');
    return { kind: 'shopper', shopper_id, store_id: store, retailer_id: retailer };
  }
  const of = { retailer_id: retailer, store_id: store ?? null };
  return role === 'admin' || role === 'manager' || role === 'cashier'
    ? { kind: 'staff', staff_id: sub, role, ...of }
    : { kind: 'store', ...of };
}
