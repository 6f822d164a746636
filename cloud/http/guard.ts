import type { MiddlewareHandler } from 'hono';
import type { Role } from '../../shared/auth/claims.ts';
import { StoreId } from '../../shared/ids/index.ts';
import { openDb } from '../db/client.ts';
import { findPrincipal } from '../staff/find_principal.ts';
import { reachesStore } from '../staff/principal.ts';
import type { CloudContext } from './context.ts';
import { keysOf } from './keys.ts';
import { refuse } from './refuse.ts';
import { verifyToken } from './token.ts';

/**
 * Lets callers with one of these roles in, whose account is still open. A store in the path that is not
 * within the caller's reach is hidden: 404, as if it were not there.
 */
export function guard(roles: readonly Role[]): MiddlewareHandler<CloudContext> {
  return async (c, next) => {
    const token = /^Bearer +(\S+)$/i.exec(c.req.header('authorization') ?? '')?.[1];
    if (token === undefined) return refuse(c, 'unauthenticated');
    const now = Date.now();
    const claims = await verifyToken(token, await keysOf(c.env), now);
    if (claims === null) return refuse(c, 'unauthenticated');
    // The role is refused before the account is looked up: a shopper has none here.
    if (!roles.includes(claims.role)) return refuse(c, 'forbidden');
    const principal = await findPrincipal(openDb(c.env.DB), claims, new Date(now).toISOString());
    if (principal === null) return refuse(c, 'unauthenticated');
    const store = StoreId.safeParse(c.req.param('store_id'));
    if (store.success && !reachesStore(principal, store.data)) return refuse(c, 'not_found');
    c.set('principal', principal);
    return next();
  };
}
