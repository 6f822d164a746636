import { z } from '@hono/zod-openapi';
import { and, eq } from 'drizzle-orm';
import { Instant } from '../../../shared/api/common.ts';
import { Role } from '../../../shared/auth/claims.ts';
import { RetailerId, StoreId } from '../../../shared/ids/index.ts';
import { openDb } from '../../db/client.ts';
import { retailer, staff } from '../../db/schema.ts';
import type { App } from '../context.ts';
import { refuse } from '../refuse.ts';
import { ACCOUNTS, guarded, jsonAnswer } from '../route.ts';

const Me = z
  .object({
    id: z.string(),
    role: Role,
    retailer: z.object({ id: RetailerId, name: z.string() }),
    /** Null: every store of the retailer. */
    store_id: StoreId.nullable(),
    /** Of staff only. */
    name: z.string().optional(),
    email: z.string().optional(),
    expires_at: Instant,
  })
  .openapi('Me');

const read = guarded(ACCOUNTS, {
  method: 'get',
  path: '/v1/me',
  tags: ['Sign-in'],
  summary: 'Who the token says you are',
  responses: { 200: jsonAnswer(Me, 'The caller') },
});

export function me(app: App): void {
  app.openapi(read, async (c) => {
    const { id, role, retailer_id, store_id, claims } = c.get('principal');
    const db = openDb(c.env.DB);
    const [[tenant], [person]] = await db.batch([
      db.select({ name: retailer.name }).from(retailer).where(eq(retailer.id, retailer_id)),
      db
        .select({ name: staff.name, email: staff.email })
        .from(staff)
        .where(and(eq(staff.retailer_id, retailer_id), eq(staff.id, id))),
    ]);
    if (tenant === undefined) return refuse(c, 'unauthenticated');
    return c.json(
      {
        id,
        role,
        retailer: { id: retailer_id, name: tenant.name },
        store_id,
        ...person,
        expires_at: new Date(claims.exp * 1000).toISOString(),
      },
      200,
    );
  });
}
