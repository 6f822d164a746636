import { and, eq } from 'drizzle-orm';
import { z } from 'zod';
import { Instant } from '../../shared/api/common.ts';
import type { Claims } from '../../shared/auth/claims.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import type { Act } from '../act.ts';
import { audit } from '../audit/record.ts';
import type { Db } from '../db/client.ts';
import { serviceToken } from '../db/schema.ts';
import type { Effect } from '../effect.ts';
import type { Refusal } from '../http/refuse.ts';

const SERVICE_TOKEN_TTL_S = 400 * 24 * 3_600;

export const ServiceToken = z.object({
  id: z.string(),
  name: z.string(),
  created_at: Instant,
  expires_at: Instant,
  revoked_at: Instant.nullable(),
});
export type ServiceToken = z.infer<typeof ServiceToken>;
export const NewServiceToken = ServiceToken.extend({ token: z.string() });
export type NewServiceToken = z.infer<typeof NewServiceToken>;
export const CreateServiceToken = z.strictObject({ name: z.string().min(1).max(100) });

export const SERVICE_TOKEN_COLUMNS = {
  id: serviceToken.id,
  name: serviceToken.name,
  created_at: serviceToken.created_at,
  expires_at: serviceToken.expires_at,
  revoked_at: serviceToken.revoked_at,
};

/** A token for another system of the retailer; shown once, known here by its `jti` alone. */
export async function createServiceToken(
  db: Db,
  act: Act,
  { name }: z.infer<typeof CreateServiceToken>,
  sign: (claims: Claims) => Promise<string>,
): Promise<Result<Effect<NewServiceToken>, Refusal>> {
  const { retailer_id } = act.principal;
  const id = act.freshId('svt');
  const iat = Math.floor(act.now_ms / 1000);
  const exp = iat + SERVICE_TOKEN_TTL_S;
  const row: ServiceToken = {
    id,
    name,
    created_at: act.now,
    expires_at: new Date(exp * 1000).toISOString(),
    revoked_at: null,
  };
  const claims: Claims = {
    iss: 'sesame-cloud',
    aud: 'sesame',
    sub: id,
    role: 'service',
    retailer: retailer_id,
    iat,
    exp,
    jti: id,
  };
  return ok({
    body: { ...row, token: await sign(claims) },
    statements: [
      db
        .insert(serviceToken)
        .values({ ...row, retailer_id })
        .toSQL(),
      audit(db, act, 'service_token.create', id),
    ],
  });
}

export async function revokeServiceToken(
  db: Db,
  act: Act,
  id: string,
): Promise<Result<Effect<ServiceToken>, Refusal>> {
  const here = and(eq(serviceToken.retailer_id, act.principal.retailer_id), eq(serviceToken.id, id));
  const [row] = await db.select(SERVICE_TOKEN_COLUMNS).from(serviceToken).where(here);
  if (row === undefined) return err({ code: 'not_found' });
  if (row.revoked_at !== null) return ok({ body: row, statements: [] });
  return ok({
    body: { ...row, revoked_at: act.now },
    statements: [
      db.update(serviceToken).set({ revoked_at: act.now }).where(here).toSQL(),
      audit(db, act, 'service_token.revoke', id),
    ],
  });
}
