import type { MiddlewareHandler } from 'hono';
import type { Role } from '../../shared/auth/claims.ts';
import type { EdgeContext } from './context.ts';
import { keysOf } from './keys.ts';
import { BODY_BYTES_MAX, readJsonOf } from './read_body.ts';
import { refuse } from './refuse.ts';
import { verifyToken } from './token.ts';

/**
 * A route for these roles: the guard and what the document says of it, from one list. No body is read before
 * the caller is known.
 */
export const forRoles = (...roles: Role[]) => forRolesWithBody(BODY_BYTES_MAX, ...roles);

/** The same for a route whose body may be larger or must be smaller than others'. */
export const forRolesWithBody = (bodyBytesMax: number, ...roles: Role[]) => ({
  security: [{ bearer: [] }],
  'x-roles': roles,
  middleware: [requireRole(roles), readJsonOf(bodyBytesMax)],
});

/**
 * Lets a caller with one of these roles in. A path that names a store is hidden from tokens of another
 * store: 404, as if it were not there.
 */
function requireRole(roles: readonly Role[]): MiddlewareHandler<EdgeContext> {
  return async (c, next) => {
    const header = c.req.header('authorization') ?? '';
    const token = /^Bearer\s+(\S+)$/i.exec(header)?.[1];
    if (!token) return refuse(c, 'unauthenticated');
    const claims = await verifyToken(token, await keysOf(c.env), Date.now());
    if (!claims) return refuse(c, 'unauthenticated');
    if (!roles.includes(claims.role)) return refuse(c, 'forbidden');
    const store = c.req.param('store_id');
    if (store !== undefined && claims.store !== undefined && claims.store !== store)
      return refuse(c, 'not_found');
    c.set('claims', claims);
    return next();
  };
}
