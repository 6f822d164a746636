import { z } from '@hono/zod-openapi';
import { and, eq } from 'drizzle-orm';
import { Item } from '../../../shared/catalog/item.ts';
import { listOf } from '../../../shared/http/list.ts';
import { ItemId } from '../../../shared/ids/index.ts';
import { itemsNamed } from '../../catalog/find_items.ts';
import { Count, PutItems, putItems } from '../../catalog/put_items.ts';
import { openDb } from '../../db/client.ts';
import { item as table } from '../../db/schema.ts';
import { commit } from '../commit.ts';
import type { App } from '../context.ts';
import { ListQuery, readPage } from '../page.ts';
import { refuse, refused } from '../refuse.ts';
import { ADMIN, guarded, guardedWrite, jsonAnswer, jsonBody, STAFF } from '../route.ts';

const ItemSchema = Item.openapi('Item');
const SEARCH_CHARACTERS_MAX = 200;

const list = guarded(STAFF, {
  method: 'get',
  path: '/v1/items',
  tags: ['Catalogue'],
  summary: 'Find items by name, SKU or code',
  request: { query: ListQuery.extend({ q: z.string().max(SEARCH_CHARACTERS_MAX).optional() }) },
  responses: { 200: jsonAnswer(listOf(ItemSchema), 'By name') },
});

const read = guarded(STAFF, {
  method: 'get',
  path: '/v1/items/{item_id}',
  tags: ['Catalogue'],
  summary: 'One item',
  request: { params: z.object({ item_id: ItemId }) },
  responses: { 200: jsonAnswer(ItemSchema, 'The item') },
});

const put = guardedWrite(ADMIN, {
  method: 'put',
  path: '/v1/items',
  tags: ['Catalogue'],
  summary: 'Create or replace up to 500 items, all or none',
  description:
    'Every item that cannot be is named in `errors`. Stores learn of them with their next publication.',
  request: { body: jsonBody(PutItems.openapi('PutItems')) },
  responses: { 200: jsonAnswer(Count, 'How many') },
});

export function items(app: App): void {
  app.openapi(list, async (c) => {
    const db = openDb(c.env.DB);
    const { retailer_id } = c.get('principal');
    const { q, ...query } = c.req.valid('query');
    const ours = eq(table.retailer_id, retailer_id);
    const at = async (id: string) => {
      const known = ItemId.safeParse(id);
      if (!known.success) return null;
      const [row] = await db
        .select({ search: table.search, id: table.id })
        .from(table)
        .where(and(ours, eq(table.id, known.data)));
      return row === undefined ? null : [row.search, row.id];
    };
    const order = { columns: [table.search, table.id], direction: 'ascending', at } as const;
    const page = await readPage(query, order, ({ within, orderBy, limit }) =>
      db
        .select({ document: table.document })
        .from(table)
        .where(and(ours, within, q === undefined ? undefined : itemsNamed(retailer_id, q)))
        .orderBy(...orderBy)
        .limit(limit),
    );
    if (!page.ok) return refused(c, page.error);
    return c.json({ data: page.value.data.map(itemOf), has_more: page.value.has_more }, 200);
  });

  app.openapi(read, async (c) => {
    const [row] = await openDb(c.env.DB)
      .select({ document: table.document })
      .from(table)
      .where(
        and(
          eq(table.retailer_id, c.get('principal').retailer_id),
          eq(table.id, c.req.valid('param').item_id),
        ),
      );
    return row === undefined ? refuse(c, 'not_found') : c.json(itemOf(row), 200);
  });

  app.openapi(put, (c) => commit(c, 200, (db, act) => putItems(db, act, c.req.valid('json'))));
}

const itemOf = (row: { document: string }): Item => Item.parse(JSON.parse(row.document));
