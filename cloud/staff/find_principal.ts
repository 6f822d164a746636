import { and, eq } from 'drizzle-orm';
import type { Claims } from '../../shared/auth/claims.ts';
import type { Db } from '../db/client.ts';
import { device, serviceToken, staff } from '../db/schema.ts';
import type { Principal } from './principal.ts';

/**
 * The account behind a verified token, or null where it is closed, revoked, or no longer what the token
 * says: a token lives for hours or more, a dismissal counts at once. `now` is UTC ISO 8601.
 */
export async function findPrincipal(db: Db, claims: Claims, now: string): Promise<Principal | null> {
  const found = await findAccount(db, claims, now);
  if (found === null) return null;
  return {
    id: claims.sub,
    role: claims.role,
    retailer_id: claims.retailer,
    store_id: claims.store ?? null,
    demo: found.demo,
    claims,
  };
}

function findAccount(db: Db, claims: Claims, now: string): Promise<{ demo: boolean } | null> {
  switch (claims.role) {
    case 'admin':
    case 'manager':
    case 'cashier':
      return findStaff(db, claims, now);
    case 'service':
      return findServiceToken(db, claims, now);
    case 'kiosk':
    case 'agent':
      return findDevice(db, claims);
    case 'shopper':
      return Promise.resolve(null);
  }
}

async function findStaff(db: Db, claims: Claims, now: string) {
  const [row] = await db
    .select({ role: staff.role, store_id: staff.store_id, demo: staff.demo, valid_until: staff.valid_until })
    .from(staff)
    .where(and(eq(staff.retailer_id, claims.retailer), eq(staff.id, claims.sub)));
  if (row === undefined || row.role !== claims.role || row.store_id !== (claims.store ?? null)) return null;
  return row.valid_until === null || now < row.valid_until ? { demo: row.demo } : null;
}

async function findServiceToken(db: Db, claims: Claims, now: string) {
  if (claims.jti === undefined) return null;
  const [row] = await db
    .select({ expires_at: serviceToken.expires_at, revoked_at: serviceToken.revoked_at })
    .from(serviceToken)
    .where(and(eq(serviceToken.retailer_id, claims.retailer), eq(serviceToken.id, claims.jti)));
  return row !== undefined && row.revoked_at === null && now < row.expires_at ? { demo: false } : null;
}

async function findDevice(db: Db, claims: Claims) {
  const [row] = await db
    .select({
      store_id: device.store_id,
      kind: device.kind,
      revoked_at: device.revoked_at,
      tokens_from: device.tokens_from,
    })
    .from(device)
    .where(and(eq(device.retailer_id, claims.retailer), eq(device.id, claims.sub)));
  if (row === undefined || row.revoked_at !== null || claims.iat < (row.tokens_from ?? 0)) return null;
  return row.kind === claims.role && row.store_id === claims.store ? { demo: false } : null;
}
