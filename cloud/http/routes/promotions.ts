import { z } from '@hono/zod-openapi';
import { and, eq, type SQL } from 'drizzle-orm';
import { listOf } from '../../../shared/http/list.ts';
import { PromotionId, RetailerId, StoreId } from '../../../shared/ids/index.ts';
import { err, ok, type Result } from '../../../shared/result.ts';
import { Count } from '../../catalog/put_items.ts';
import { openDb } from '../../db/client.ts';
import { promotion as table } from '../../db/schema.ts';
import { readCatalogVersion } from '../../promotion/catalog_version.ts';
import { createPromotion } from '../../promotion/create_promotion.ts';
import { editPromotion, endPromotion, entityTag } from '../../promotion/edit_promotion.ts';
import { findHeld, HELD_COLUMNS, heldOf, liveIn, StoredPromotion, viewOf } from '../../promotion/held.ts';
import { LintReport, lintPromotions } from '../../promotion/lint_promotions.ts';
import { PutPromotions, putPromotions } from '../../promotion/put_promotions.ts';
import { attempt, attemptOnce, commit } from '../commit.ts';
import type { App, Ctx } from '../context.ts';
import { ListQuery, type Page, readPage } from '../page.ts';
import { type Refusal, refuse, refused } from '../refuse.ts';
import { ADMIN, guarded, guardedWrite, IdempotencyHeader, jsonAnswer, jsonBody, STAFF } from '../route.ts';

export const PromotionSchema = StoredPromotion.openapi('Promotion');
export const PromotionQuery = ListQuery.extend({ is_active: z.enum(['true', 'false']).optional() });
const PromotionPath = z.object({ promotion_id: PromotionId });
const IfMatch = z.object({ 'if-match': z.string().max(64).optional() });

/** Any fields: the verb reads them in either vocabulary and names what it does not know. */
const PromotionFields = z.record(z.string(), z.unknown()).openapi('PromotionFields', {
  description:
    'Fields of a promotion, in our own words or in the documented field names and letter codes. `store_ids`: null is every store, and `excluded_store_ids` are those left out.',
});

const list = guarded(STAFF, {
  method: 'get',
  path: '/v1/promotions',
  tags: ['Promotions'],
  summary: 'The promotions of the retailer',
  request: { query: PromotionQuery.extend({ store_id: StoreId.optional() }) },
  responses: { 200: jsonAnswer(listOf(PromotionSchema), 'By id') },
});

const listOfRetailer = guarded(STAFF, {
  method: 'get',
  path: '/v1/promotions/retailer/{retailer_id}',
  tags: ['Promotions'],
  summary: 'The same list under the name of your own retailer',
  request: { params: z.object({ retailer_id: RetailerId }), query: PromotionQuery },
  responses: { 200: jsonAnswer(listOf(PromotionSchema), 'By id') },
});

const catalog = guarded(STAFF, {
  method: 'get',
  path: '/v1/promotion_catalog',
  tags: ['Promotions'],
  summary: 'The version of the promotions, which grows with every change of them',
  responses: { 200: jsonAnswer(z.object({ catalog_version: z.number().int() }), 'The version') },
});

const findings = guarded(STAFF, {
  method: 'get',
  path: '/v1/promotions/lint',
  tags: ['Promotions'],
  summary: 'What looks like a mistake in the promotions that are live',
  request: { query: z.object({ store_id: StoreId.optional() }) },
  responses: { 200: jsonAnswer(LintReport, 'The findings') },
});

const read = guarded(STAFF, {
  method: 'get',
  path: '/v1/promotions/{promotion_id}',
  tags: ['Promotions'],
  summary: 'One promotion',
  request: { params: PromotionPath },
  responses: { 200: jsonAnswer(PromotionSchema, 'The promotion; `ETag` is its revision') },
});

const create = guardedWrite(ADMIN, {
  method: 'post',
  path: '/v1/promotions',
  tags: ['Promotions'],
  summary: 'Create a promotion with its groups, nodes, qualifiers and stores',
  description:
    'Its key must be the only one of its kind in each of its stores. Stores learn of it with their next publication.',
  request: { headers: IdempotencyHeader, body: jsonBody(PromotionFields) },
  responses: { 201: jsonAnswer(PromotionSchema, 'The new promotion; `ETag` is its revision') },
});

const edit = guardedWrite(ADMIN, {
  method: 'patch',
  path: '/v1/promotions/{promotion_id}',
  tags: ['Promotions'],
  summary: 'Change some fields of a promotion',
  description:
    'Null sets a field back to its default; groups and qualifiers are replaced whole. `If-Match` is honoured and not required.',
  request: { params: PromotionPath, headers: IfMatch, body: jsonBody(PromotionFields) },
  responses: { 200: jsonAnswer(PromotionSchema, 'The promotion; `ETag` is its revision') },
});

const end = guardedWrite(ADMIN, {
  method: 'delete',
  path: '/v1/promotions/{promotion_id}',
  tags: ['Promotions'],
  summary: 'Take a promotion out of every store',
  description:
    'It is removed for good seven days later, unless it is linked to a store again. `If-Match` is honoured and not required.',
  request: { params: PromotionPath, headers: IfMatch },
  responses: { 204: { description: 'Done' } },
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
    const { store_id, ...query } = c.req.valid('query');
    const page = await readPromotions(c, query, store_id === undefined ? undefined : liveIn(store_id));
    return page.ok ? c.json(page.value, 200) : refused(c, page.error);
  });

  app.openapi(listOfRetailer, async (c) => {
    if (c.req.valid('param').retailer_id !== c.get('principal').retailer_id) return refuse(c, 'not_found');
    const page = await readPromotions(c, c.req.valid('query'));
    return page.ok ? c.json(page.value, 200) : refused(c, page.error);
  });

  app.openapi(catalog, async (c) => {
    const { retailer_id } = c.get('principal');
    return c.json({ catalog_version: await readCatalogVersion(openDb(c.env.DB), retailer_id) }, 200);
  });

  app.openapi(findings, async (c) => {
    const { retailer_id } = c.get('principal');
    const { store_id } = c.req.valid('query');
    return c.json(await lintPromotions(openDb(c.env.DB), retailer_id, store_id ?? null), 200);
  });

  app.openapi(read, async (c) => {
    const { retailer_id } = c.get('principal');
    const held = await findHeld(openDb(c.env.DB), retailer_id, c.req.valid('param').promotion_id);
    if (held === null) return refuse(c, 'not_found');
    c.header('etag', entityTag(held));
    return c.json(viewOf(held), 200);
  });

  app.openapi(create, async (c) => {
    const made = await attemptOnce(c, StoredPromotion, (db, act) =>
      createPromotion(db, act, c.req.valid('json')),
    );
    if (!made.ok) return refused(c, made.error);
    c.header('etag', entityTag(made.value));
    return c.json(made.value, 201);
  });

  app.openapi(edit, async (c) => {
    const edited = await attempt(c, (db, act) => editPromotion(db, act, whichOf(c), c.req.valid('json')));
    if (!edited.ok) return refused(c, edited.error);
    c.header('etag', entityTag(edited.value));
    return c.json(edited.value, 200);
  });

  app.openapi(end, async (c) => {
    const ended = await attempt(c, (db, act) => endPromotion(db, act, whichOf(c)));
    return ended.ok ? c.body(null, 204) : refused(c, ended.error);
  });

  app.openapi(put, (c) => commit(c, 200, (db, act) => putPromotions(db, act, c.req.valid('json'))));

  /** What the path and `If-Match` name. */
  const whichOf = (c: Ctx) => ({
    id: c.req.param('promotion_id') ?? '',
    if_match: c.req.header('if-match') ?? null,
  });
}

/** A page of the retailer's promotions that meet a condition. */
export async function readPromotions(
  c: Ctx,
  { is_active, ...query }: z.infer<typeof PromotionQuery>,
  condition?: SQL,
): Promise<Result<Page<StoredPromotion>, Refusal<'invalid'>>> {
  const db = openDb(c.env.DB);
  const ours = eq(table.retailer_id, c.get('principal').retailer_id);
  const at = async (id: string) => {
    const [row] = await db
      .select({ id: table.id })
      .from(table)
      .where(and(ours, eq(table.id, id)));
    return row === undefined ? null : [row.id];
  };
  const active = is_active === undefined ? undefined : eq(table.is_active, is_active === 'true');
  const page = await readPage(
    query,
    { columns: [table.id], direction: 'ascending', at },
    ({ within, orderBy, limit }) =>
      db
        .select(HELD_COLUMNS)
        .from(table)
        .where(and(ours, within, condition, active))
        .orderBy(...orderBy)
        .limit(limit),
  );
  if (!page.ok) return err(page.error);
  const { data, has_more } = page.value;
  return ok({ data: data.map((row) => viewOf(heldOf(row))), has_more });
}
