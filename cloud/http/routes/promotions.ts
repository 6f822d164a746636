import { z } from '@hono/zod-openapi';
import { and, eq, sql } from 'drizzle-orm';
import { listOf } from '../../../shared/http/list.ts';
import { PromotionId, StoreId } from '../../../shared/ids/index.ts';
import { Promotion } from '../../../shared/promotion/schema.ts';
import { Count } from '../../catalog/put_items.ts';
import { openDb } from '../../db/client.ts';
import { promotion as table } from '../../db/schema.ts';
import { PutPromotions, putPromotions, StoredPromotion } from '../../promotion/put_promotions.ts';
import { commit } from '../commit.ts';
import type { App } from '../context.ts';
import { ListQuery, readPage } from '../page.ts';
import { refuse, refused } from '../refuse.ts';
import { ADMIN, guarded, guardedWrite, jsonAnswer, jsonBody, STAFF } from '../route.ts';

const PromotionSchema = StoredPromotion.openapi('Promotion');
const COLUMNS = { document: table.document, store_ids: table.store_ids };

const list = guarded(STAFF, {
  method: 'get',
  path: '/v1/promotions',
  tags: ['Promotions'],
  summary: 'The promotions of the retailer',
  request: {
    query: ListQuery.extend({
      store_id: StoreId.optional(),
      is_active: z.enum(['true', 'false']).optional(),
    }),
  },
  responses: { 200: jsonAnswer(listOf(PromotionSchema), 'By id') },
});

const read = guarded(STAFF, {
  method: 'get',
  path: '/v1/promotions/{promotion_id}',
  tags: ['Promotions'],
  summary: 'One promotion',
  request: { params: z.object({ promotion_id: PromotionId }) },
  responses: { 200: jsonAnswer(PromotionSchema, 'The promotion') },
});

const put = guardedWrite(ADMIN, {
  method: 'put',
  path: '/v1/promotions',
  tags: ['Promotions'],
  summary: 'Create or replace up to 500 promotions, all or none',
  description:
    'Each in our own words or in the documented field names and letter codes; `store_ids` limits one to some stores. Stores learn of them with their next publication.',
  request: { body: jsonBody(PutPromotions.openapi('PutPromotions')) },
  responses: { 200: jsonAnswer(Count, 'How many') },
});

export function promotions(app: App): void {
  app.openapi(list, async (c) => {
    const db = openDb(c.env.DB);
    const { store_id, is_active, ...query } = c.req.valid('query');
    const ours = eq(table.retailer_id, c.get('principal').retailer_id);
    const at = async (id: string) => {
      const [row] = await db
        .select({ id: table.id })
        .from(table)
        .where(and(ours, eq(table.id, id)));
      return row === undefined ? null : [row.id];
    };
    const page = await readPage(
      query,
      { columns: [table.id], direction: 'ascending', at },
      ({ within, orderBy, limit }) =>
        db
          .select(COLUMNS)
          .from(table)
          .where(
            and(
              ours,
              within,
              store_id === undefined
                ? undefined
                : sql`(${table.store_ids} IS NULL OR ${store_id} IN (SELECT value FROM json_each(${table.store_ids})))`,
              is_active === undefined ? undefined : eq(table.is_active, is_active === 'true'),
            ),
          )
          .orderBy(...orderBy)
          .limit(limit),
    );
    if (!page.ok) return refused(c, page.error);
    return c.json({ data: page.value.data.map(promotionOf), has_more: page.value.has_more }, 200);
  });

  app.openapi(read, async (c) => {
    const [row] = await openDb(c.env.DB)
      .select(COLUMNS)
      .from(table)
      .where(
        and(
          eq(table.retailer_id, c.get('principal').retailer_id),
          eq(table.id, c.req.valid('param').promotion_id),
        ),
      );
    return row === undefined ? refuse(c, 'not_found') : c.json(promotionOf(row), 200);
  });

  app.openapi(put, (c) => commit(c, 200, (db, act) => putPromotions(db, act, c.req.valid('json'))));
}

function promotionOf(row: { document: string; store_ids: string | null }): StoredPromotion {
  const store_ids = row.store_ids === null ? null : z.array(StoreId).parse(JSON.parse(row.store_ids));
  return { ...Promotion.parse(JSON.parse(row.document)), store_ids };
}
