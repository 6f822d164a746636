import { z } from '@hono/zod-openapi';
import { and, eq } from 'drizzle-orm';
import { listOf } from '../../../shared/http/list.ts';
import { openDb } from '../../db/client.ts';
import { serviceToken as table } from '../../db/schema.ts';
import {
  CreateServiceToken,
  createServiceToken,
  NewServiceToken,
  revokeServiceToken,
  SERVICE_TOKEN_COLUMNS,
  ServiceToken,
} from '../../service/service_token.ts';
import { commit, commitOnce } from '../commit.ts';
import type { App } from '../context.ts';
import { keysOf } from '../keys.ts';
import { ListQuery, readPage } from '../page.ts';
import { refused } from '../refuse.ts';
import { ADMIN, guarded, guardedWrite, IdempotencyHeader, jsonAnswer, jsonBody } from '../route.ts';
import { signToken } from '../token.ts';

const ServiceTokenSchema = ServiceToken.openapi('ServiceToken');

const list = guarded(ADMIN, {
  method: 'get',
  path: '/v1/service_tokens',
  tags: ['Service tokens'],
  summary: 'The tokens of other systems',
  request: { query: ListQuery },
  responses: { 200: jsonAnswer(listOf(ServiceTokenSchema), 'Oldest first') },
});

const create = guardedWrite(ADMIN, {
  method: 'post',
  path: '/v1/service_tokens',
  tags: ['Service tokens'],
  summary: 'Make a token for another system',
  description:
    'The token (400 days) is shown this once. It may call the evaluation of promotions at the edge.',
  request: { headers: IdempotencyHeader, body: jsonBody(CreateServiceToken.openapi('CreateServiceToken')) },
  responses: { 201: jsonAnswer(NewServiceToken.openapi('NewServiceToken'), 'The token') },
});

const revoke = guardedWrite(ADMIN, {
  method: 'delete',
  path: '/v1/service_tokens/{token_id}',
  tags: ['Service tokens'],
  summary: 'Revoke a token',
  description:
    'It ends here at once; the edge, which checks the signature alone, honours it until it expires.',
  request: { params: z.object({ token_id: z.string().max(128) }) },
  responses: { 200: jsonAnswer(ServiceTokenSchema, 'The token, revoked') },
});

export function serviceTokens(app: App): void {
  app.openapi(list, async (c) => {
    const db = openDb(c.env.DB);
    const ours = eq(table.retailer_id, c.get('principal').retailer_id);
    const at = async (id: string) => {
      const [row] = await db
        .select({ created_at: table.created_at, id: table.id })
        .from(table)
        .where(and(ours, eq(table.id, id)));
      return row === undefined ? null : [row.created_at, row.id];
    };
    const order = { columns: [table.created_at, table.id], direction: 'ascending', at } as const;
    const page = await readPage(c.req.valid('query'), order, ({ within, orderBy, limit }) =>
      db
        .select(SERVICE_TOKEN_COLUMNS)
        .from(table)
        .where(and(ours, within))
        .orderBy(...orderBy)
        .limit(limit),
    );
    return page.ok ? c.json(page.value, 200) : refused(c, page.error);
  });
  app.openapi(create, (c) =>
    commitOnce(c, NewServiceToken, 201, async (db, act) => {
      const keys = await keysOf(c.env);
      return createServiceToken(db, act, c.req.valid('json'), (claims) => signToken(claims, keys));
    }),
  );
  app.openapi(revoke, (c) =>
    commit(c, 200, (db, act) => revokeServiceToken(db, act, c.req.valid('param').token_id)),
  );
}
