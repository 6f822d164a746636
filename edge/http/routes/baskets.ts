import { createRoute, z } from '@hono/zod-openapi';
import {
  AddAddon,
  AddOpenLine,
  Basket,
  ChangeLine,
  CreateBasket,
  OverridePrice,
  Scan,
  ScanAnswer,
} from '../../../shared/api/basket.ts';
import { BasketId, LineId, uuidFromDigest, uuidv7 } from '../../../shared/ids/index.ts';
import { answered, answeredText } from '../answer.ts';
import { callOf, idempotencyKey, staffCallOf } from '../call.ts';
import type { App, Ctx } from '../context.ts';
import { idempotent, jsonAnswer, jsonBody, READ_REFUSALS, refusals, WRITE_REFUSALS } from '../describe.ts';
import { basketOf } from '../objects.ts';
import { refuse } from '../refuse.ts';
import { forRoles } from '../require_role.ts';

const BasketPath = z.object({ basket_id: BasketId });
const LinePath = BasketPath.extend({ line_id: LineId });
const common = { tags: ['Shoppers'], ...forRoles('shopper') };

const create = createRoute({
  ...common,
  method: 'post',
  path: '/v1/baskets',
  summary: 'Open a basket',
  request: { body: jsonBody(CreateBasket), headers: idempotent },
  responses: { 201: jsonAnswer(Basket, 'The empty basket'), ...WRITE_REFUSALS },
});

const read = createRoute({
  tags: ['Shoppers', 'Staff'],
  ...forRoles('shopper', 'admin', 'manager', 'cashier'),
  method: 'get',
  path: '/v1/baskets/{basket_id}',
  summary: 'Read a basket',
  request: {
    params: BasketPath,
    query: z.object({
      include: z.enum(['explanation', 'audit']).optional().openapi({
        description:
          '`explanation`: why the basket costs what it costs. `audit`, for staff: how its sums came about, unit by unit',
      }),
    }),
  },
  responses: { 200: jsonAnswer(Basket, 'The basket'), ...READ_REFUSALS, ...refusals(422) },
});

const scan = createRoute({
  ...common,
  method: 'post',
  path: '/v1/baskets/{basket_id}/scans',
  summary: 'Scan a code or a tag into the basket',
  request: { params: BasketPath, body: jsonBody(Scan), headers: idempotent },
  responses: { 200: jsonAnswer(ScanAnswer, 'The line and the whole basket'), ...WRITE_REFUSALS },
});

const change = createRoute({
  ...common,
  method: 'patch',
  path: '/v1/baskets/{basket_id}/lines/{line_id}',
  summary: 'Set the quantity of a line; 0 removes it',
  request: { params: LinePath, body: jsonBody(ChangeLine) },
  responses: { 200: jsonAnswer(Basket, 'The basket'), ...WRITE_REFUSALS },
});

const remove = createRoute({
  ...common,
  method: 'delete',
  path: '/v1/baskets/{basket_id}/lines/{line_id}',
  summary: 'Take a line out of the basket',
  request: { params: LinePath },
  responses: { 200: jsonAnswer(Basket, 'The basket'), ...WRITE_REFUSALS },
});

const addon = createRoute({
  ...common,
  method: 'post',
  path: '/v1/baskets/{basket_id}/lines/{line_id}/addons',
  summary: 'Choose something beside a line, so many for each of its units',
  description:
    'The item must be in one of the add-on groups of the line’s item (`addon_not_offered`), and no group takes more than its `max` (`quantity_limit`). Its `min` is looked at when the basket becomes an order (`addons_incomplete`). The add-on is a line with `parent_line_id`.',
  request: { params: LinePath, body: jsonBody(AddAddon), headers: idempotent },
  responses: { 200: jsonAnswer(Basket, 'The basket'), ...WRITE_REFUSALS },
});

const openLine = createRoute({
  ...common,
  method: 'post',
  path: '/v1/baskets/{basket_id}/lines',
  summary: 'Add something whose price the shopper says: a donation, a tip, a bag',
  description:
    'Of a kind that the store lists in `policies.basket.open_lines` (else `unknown_item`), within its bounds (`invalid`).',
  request: { params: BasketPath, body: jsonBody(AddOpenLine), headers: idempotent },
  responses: { 200: jsonAnswer(Basket, 'The basket'), ...WRITE_REFUSALS },
});

const override = createRoute({
  tags: ['Staff'],
  ...forRoles('admin', 'manager'),
  method: 'post',
  path: '/v1/baskets/{basket_id}/lines/{line_id}/price_override',
  summary: 'Set what a unit of a line costs, and say why',
  description: 'The line keeps what it cost before (`override`). Promotions count on it no more.',
  request: { params: LinePath, body: jsonBody(OverridePrice), headers: idempotent },
  responses: { 200: jsonAnswer(Basket, 'The basket'), ...WRITE_REFUSALS },
});

export function baskets(app: App): void {
  app.openapi(create, async (c) => {
    const { store_id, purchase_type } = c.req.valid('json');
    if (store_id !== c.get('claims').store) return refuse(c, 'unknown_store');
    const id = await newBasketId(c);
    return answered(c, 201, await basketOf(c, id).create(await callOf(c), { purchase_type }));
  });
  app.openapi(read, async (c) => {
    const wanted = c.req.valid('query').include;
    const include = { explanation: wanted === 'explanation', audit: wanted === 'audit' };
    return answered(c, 200, await basketOf(c, c.req.valid('param').basket_id).read(await callOf(c), include));
  });
  app.openapi(scan, async (c) => {
    const basket = basketOf(c, c.req.valid('param').basket_id);
    return answeredText(c, await basket.scanText(await callOf(c), c.req.valid('json')));
  });
  app.openapi(change, async (c) => {
    const { basket_id, line_id } = c.req.valid('param');
    return answered(
      c,
      200,
      await basketOf(c, basket_id).changeLine(await callOf(c), line_id, c.req.valid('json').quantity),
    );
  });
  app.openapi(remove, async (c) => {
    const { basket_id, line_id } = c.req.valid('param');
    return answered(c, 200, await basketOf(c, basket_id).changeLine(await callOf(c), line_id, 0));
  });
  app.openapi(addon, async (c) => {
    const { basket_id, line_id } = c.req.valid('param');
    const added = await basketOf(c, basket_id).addAddon(await callOf(c), line_id, c.req.valid('json'));
    return answered(c, 200, added);
  });
  app.openapi(openLine, async (c) => {
    const { basket_id } = c.req.valid('param');
    return answered(c, 200, await basketOf(c, basket_id).addOpenLine(await callOf(c), c.req.valid('json')));
  });
  app.openapi(override, async (c) => {
    const { basket_id, line_id } = c.req.valid('param');
    const call = await staffCallOf(c);
    if (call === null) return refuse(c, 'forbidden');
    return answered(c, 200, await basketOf(c, basket_id).overridePrice(call, line_id, c.req.valid('json')));
  });
}

/**
 * The same shopper with the same idempotency key reaches the same object, which then answers its first
 * success again; so the object that answers is also the one that remembers.
 */
async function newBasketId(c: Ctx): Promise<BasketId> {
  const key = idempotencyKey(c);
  if (key === null)
    return BasketId.parse(`bsk_${uuidv7(Date.now(), crypto.getRandomValues(new Uint8Array(10)))}`);
  const named = new TextEncoder().encode(`basket\n${c.get('claims').sub}\n${key}`);
  return BasketId.parse(
    `bsk_${uuidFromDigest(new Uint8Array(await crypto.subtle.digest('SHA-256', named)))}`,
  );
}
