import { z } from '@hono/zod-openapi';
import { and, eq } from 'drizzle-orm';
import { listOf } from '../../../shared/http/list.ts';
import { StoreId } from '../../../shared/ids/index.ts';
import { openDb } from '../../db/client.ts';
import { store as table } from '../../db/schema.ts';
import { findStore, STORE_COLUMNS, Store, storeOf } from '../../store/find_store.ts';
import { entityTag, putStore } from '../../store/put_store.ts';
import { StoreSettings } from '../../store/settings.ts';
import { actOfRequest, commit } from '../commit.ts';
import type { App } from '../context.ts';
import { ListQuery, readPage } from '../page.ts';
import { refuse, refused } from '../refuse.ts';
import { ADMIN, guarded, guardedWrite, jsonAnswer, jsonBody, STAFF } from '../route.ts';

export const StorePath = z.object({ store_id: StoreId });
const StoreSchema = Store.openapi('Store');

const list = guarded(STAFF, {
  method: 'get',
  path: '/v1/stores',
  tags: ['Stores'],
  summary: 'The stores within your reach',
  request: { query: ListQuery },
  responses: { 200: jsonAnswer(listOf(StoreSchema), 'By name') },
});

const read = guarded(STAFF, {
  method: 'get',
  path: '/v1/stores/{store_id}',
  tags: ['Stores'],
  summary: 'One store',
  request: { params: StorePath },
  responses: { 200: jsonAnswer(StoreSchema, 'The store; `ETag` is its revision') },
});

const put = guardedWrite(ADMIN, {
  method: 'put',
  path: '/v1/stores/{store_id}',
  tags: ['Stores'],
  summary: 'Create a store or replace its settings',
  description:
    'The store itself learns of it with the next publication. `If-Match` is honoured and not required.',
  request: {
    params: StorePath,
    headers: z.object({ 'if-match': z.string().max(64).optional() }),
    body: jsonBody(StoreSettings.openapi('StoreSettings')),
  },
  responses: { 200: jsonAnswer(StoreSchema, 'The store'), 201: jsonAnswer(StoreSchema, 'The new store') },
});

export function stores(app: App): void {
  app.openapi(list, async (c) => {
    const db = openDb(c.env.DB);
    const { retailer_id, store_id } = c.get('principal');
    const ours = and(
      eq(table.retailer_id, retailer_id),
      store_id === null ? undefined : eq(table.id, store_id),
    );
    const at = async (id: string) => {
      const known = StoreId.safeParse(id);
      if (!known.success) return null;
      const [row] = await db
        .select({ name: table.name, id: table.id })
        .from(table)
        .where(and(ours, eq(table.id, known.data)));
      return row === undefined ? null : [row.name, row.id];
    };
    const order = { columns: [table.name, table.id], direction: 'ascending', at } as const;
    const page = await readPage(c.req.valid('query'), order, ({ within, orderBy, limit }) =>
      db
        .select(STORE_COLUMNS)
        .from(table)
        .where(and(ours, within))
        .orderBy(...orderBy)
        .limit(limit),
    );
    if (!page.ok) return refused(c, page.error);
    return c.json({ data: page.value.data.map(storeOf), has_more: page.value.has_more }, 200);
  });

  app.openapi(read, async (c) => {
    const found = await findStore(
      openDb(c.env.DB),
      c.get('principal').retailer_id,
      c.req.valid('param').store_id,
    );
    if (found === null) return refuse(c, 'not_found');
    return c.json(found, 200, { ETag: entityTag(found) });
  });

  app.openapi(put, async (c) => {
    const input = {
      id: c.req.valid('param').store_id,
      settings: c.req.valid('json'),
      if_match: c.req.valid('header')['if-match'] ?? null,
      demo_allowed: c.env.DEMO === '1',
    };
    const decided = await putStore(openDb(c.env.DB), actOfRequest(c), input);
    if (!decided.ok) return refused(c, decided.error);
    const answer = await commit(c, decided.value.created ? 201 : 200, async () => decided);
    if (answer.ok) answer.headers.set('ETag', entityTag(decided.value.body));
    return answer;
  });
}
