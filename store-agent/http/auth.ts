import type { MiddlewareHandler } from 'hono';
import { errors, jwtVerify } from 'jose';
import { Claims, type Role } from '../../shared/auth/claims.ts';
import { deviceStands } from '../../shared/auth/device_stands.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import { issuerOf, keySetOf } from '../exit/pass.ts';
import type { JwksDocument } from '../state/agent_state.ts';
import type { AgentContext, AgentParts } from './context.ts';
import { refuse } from './refuse.ts';

const CLOCK_SKEW_S = 30;
const CACHED_TOKENS_MAX = 500;

/** Who may speak to a store agent. */
export const DEVICE_AND_STAFF: readonly Role[] = ['kiosk', 'admin', 'manager', 'cashier', 'agent'];

/** Who may tell a device to do something: people, by name. */
export const STAFF: readonly Role[] = ['admin', 'manager', 'cashier'];

export type TokenFailure = 'no_keys' | 'unknown_key' | 'invalid';

const checked = new WeakMap<JwksDocument, Map<string, Claims>>();

/**
 * The claims of a token that has not expired, signed with a key of the service that it names: the edge
 * signs shoppers and nobody else. By the keys that are held, without a network.
 */
export async function verifyToken(
  token: string,
  jwks: JwksDocument | null,
  nowMs: number,
): Promise<Result<Claims, TokenFailure>> {
  if (jwks === null) return err('no_keys');
  const cache = checked.get(jwks) ?? new Map<string, Claims>();
  checked.set(jwks, cache);
  const known = cache.get(token);
  if (known !== undefined) return known.exp + CLOCK_SKEW_S > nowMs / 1000 ? ok(known) : err('invalid');
  try {
    const { payload, protectedHeader } = await jwtVerify(token, keySetOf(jwks), {
      audience: 'sesame',
      algorithms: ['EdDSA', 'Ed25519'],
      clockTolerance: CLOCK_SKEW_S,
      currentDate: new Date(nowMs),
    });
    const claims = Claims.safeParse(payload);
    if (!claims.success) return err('invalid');
    const { iss, role } = claims.data;
    if (iss !== issuerOf(jwks, protectedHeader.kid)) return err('invalid');
    if ((iss === 'sesame-edge') !== (role === 'shopper')) return err('invalid');
    if (cache.size >= CACHED_TOKENS_MAX) cache.clear();
    cache.set(token, claims.data);
    return ok(claims.data);
  } catch (error) {
    return err(error instanceof errors.JWKSNoMatchingKey ? 'unknown_key' : 'invalid');
  }
}

/** Lets a caller of this store with one of these roles in. */
export function requireRole(
  parts: AgentParts,
  roles: readonly Role[] = DEVICE_AND_STAFF,
): MiddlewareHandler<AgentContext> {
  return async (c, next) => {
    const token = /^Bearer\s+(\S+)$/i.exec(c.req.header('authorization') ?? '')?.[1];
    if (token === undefined) return refuse(c, 'unauthenticated');
    const nowMs = parts.passes.edgeNow();
    let claims = await verifyToken(token, parts.state.jwks, nowMs);
    if (!claims.ok && claims.error !== 'invalid' && (await parts.passes.refreshKeys())) {
      claims = await verifyToken(token, parts.state.jwks, nowMs);
    }
    const store = parts.state.config;
    if (store === null || (!claims.ok && claims.error === 'no_keys')) {
      return refuse(c, 'store_unavailable', { detail: 'the agent has not reached the edge yet' });
    }
    if (!claims.ok) return refuse(c, 'unauthenticated');
    const { role, retailer, store: tokenStore } = claims.value;
    if (!roles.includes(role) || retailer !== store.retailer_id) return refuse(c, 'forbidden');
    if (tokenStore !== undefined && tokenStore !== parts.config.store_id) return refuse(c, 'forbidden');
    const isDevice = role === 'kiosk' || role === 'agent';
    if (isDevice && !deviceStands(store.devices, claims.value)) return refuse(c, 'forbidden');
    c.set('claims', claims.value);
    return next();
  };
}
