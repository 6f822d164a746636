import { z } from '@hono/zod-openapi';
import { and, eq, sql } from 'drizzle-orm';
import { listOf } from '../../../shared/http/list.ts';
import { StoreId } from '../../../shared/ids/index.ts';
import { openDb } from '../../db/client.ts';
import { promotion as table } from '../../db/schema.ts';
import { entityTag } from '../../promotion/edit_promotion.ts';
import { HELD_COLUMNS, heldOf, liveIn, viewOf } from '../../promotion/held.ts';
import { Unlinked, unlink } from '../../promotion/unlink.ts';
import { hasStore } from '../../store/find_store.ts';
import { attempt, commit } from '../commit.ts';
import type { App } from '../context.ts';
import { refuse, refused } from '../refuse.ts';
import { ADMIN, guarded, guardedWrite, jsonAnswer, jsonBody, STAFF } from '../route.ts';
import { PromotionQuery, PromotionSchema, readPromotions } from './promotions.ts';
import { StorePath } from './stores.ts';

const KEY_MAX = 255;
const KEYS_MAX = 500;
const Key = z.string().min(1).max(KEY_MAX);
const KeyPath = z.object({ store_id: StoreId, retailer_promotion_id: Key });

const list = guarded(STAFF, {
  method: 'get',
  path: '/v1/promotions/store/{store_id}',
  tags: ['Promotions'],
  summary: 'The promotions that are linked to a store',
  request: { params: StorePath, query: PromotionQuery },
  responses: { 200: jsonAnswer(listOf(PromotionSchema), 'By id') },
});

const unlinkAll = guardedWrite(ADMIN, {
  method: 'delete',
  path: '/v1/promotions/store/{store_id}',
  tags: ['Promotions'],
  summary: 'Take all promotions out of a store',
  description: 'Those that are live in other stores stay there.',
  request: { params: StorePath },
  responses: { 200: jsonAnswer(Unlinked.openapi('Unlinked'), 'What was unlinked') },
});

const find = guardedWrite(STAFF, {
  method: 'post',
  path: '/v1/promotions/bulk/{store_id}',
  tags: ['Promotions'],
  summary: 'Those promotions of a store that have one of these keys',
  request: {
    params: StorePath,
    body: jsonBody(z.strictObject({ retailer_ids: z.array(Key).max(KEYS_MAX) })),
  },
  responses: { 200: jsonAnswer(listOf(PromotionSchema), 'By id, all at once') },
});

const read = guarded(STAFF, {
  method: 'get',
  path: '/v1/promotions/{store_id}/{retailer_promotion_id}',
  tags: ['Promotions'],
  summary: 'The promotion of a store that has the key',
  request: { params: KeyPath },
  responses: { 200: jsonAnswer(PromotionSchema, 'The promotion; `ETag` is its revision') },
});

const unlinkOne = guardedWrite(ADMIN, {
  method: 'delete',
  path: '/v1/promotions/{store_id}/{retailer_promotion_id}',
  tags: ['Promotions'],
  summary: 'Take the promotion with the key out of a store',
  request: { params: KeyPath },
  responses: { 204: { description: 'Done' } },
});

export function promotionsOfStore(app: App): void {
  app.openapi(list, async (c) => {
    const { store_id } = c.req.valid('param');
    const { retailer_id } = c.get('principal');
    if (!(await hasStore(openDb(c.env.DB), retailer_id, store_id))) return refuse(c, 'not_found');
    const page = await readPromotions(c, c.req.valid('query'), liveIn(store_id));
    return page.ok ? c.json(page.value, 200) : refused(c, page.error);
  });

  app.openapi(unlinkAll, (c) =>
    commit(c, 200, (db, act) => unlink(db, act, c.req.valid('param').store_id, null)),
  );

  app.openapi(find, async (c) => {
    const db = openDb(c.env.DB);
    const { store_id } = c.req.valid('param');
    const { retailer_id } = c.get('principal');
    if (!(await hasStore(db, retailer_id, store_id))) return refuse(c, 'not_found');
    const keys = JSON.stringify(c.req.valid('json').retailer_ids);
    const rows = await db
      .select(HELD_COLUMNS)
      .from(table)
      .where(
        and(
          eq(table.retailer_id, retailer_id),
          liveIn(store_id),
          sql`${table.retailer_promotion_id} IN (SELECT value FROM json_each(${keys}))`,
        ),
      )
      .orderBy(table.id);
    return c.json({ data: rows.map((row) => viewOf(heldOf(row))), has_more: false }, 200);
  });

  app.openapi(read, async (c) => {
    const { store_id, retailer_promotion_id } = c.req.valid('param');
    const { retailer_id } = c.get('principal');
    const db = openDb(c.env.DB);
    if (!(await hasStore(db, retailer_id, store_id))) return refuse(c, 'not_found');
    const [row] = await db
      .select(HELD_COLUMNS)
      .from(table)
      .where(
        and(
          eq(table.retailer_id, retailer_id),
          eq(table.retailer_promotion_id, retailer_promotion_id),
          liveIn(store_id),
        ),
      );
    if (row === undefined) return refuse(c, 'not_found');
    const held = heldOf(row);
    c.header('etag', entityTag(held));
    return c.json(viewOf(held), 200);
  });

  app.openapi(unlinkOne, async (c) => {
    const { store_id, retailer_promotion_id } = c.req.valid('param');
    const done = await attempt(c, (db, act) => unlink(db, act, store_id, retailer_promotion_id));
    return done.ok ? c.body(null, 204) : refused(c, done.error);
  });
}
