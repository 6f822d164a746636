import { createRoute, z } from '@hono/zod-openapi';
import { CreateOrder, ExitPass, Order, ReviewOrder } from '../../../shared/api/order.ts';
import { ExitPassClaims } from '../../../shared/auth/exit_pass.ts';
import { basketIdOfOrder, OrderId } from '../../../shared/ids/index.ts';
import { answered, refused } from '../answer.ts';
import { callOf } from '../call.ts';
import type { App, Ctx } from '../context.ts';
import { idempotent, jsonAnswer, jsonBody, READ_REFUSALS, refusals, WRITE_REFUSALS } from '../describe.ts';
import { keysOf } from '../keys.ts';
import { basketOf } from '../objects.ts';
import { forRoles } from '../require_role.ts';
import { tillSaleOf } from '../till_sale.ts';
import { signExitPass } from '../token.ts';

export const OrderPath = z.object({ order_id: OrderId });
const shopper = forRoles('shopper');
export const orderReaders = forRoles('shopper', 'admin', 'manager', 'cashier', 'kiosk', 'agent');

const create = createRoute({
  method: 'post',
  path: '/v1/orders',
  tags: ['Shoppers'],
  summary: 'Turn a basket into an order',
  ...shopper,
  request: { body: jsonBody(CreateOrder), headers: idempotent },
  responses: {
    201: jsonAnswer(Order, 'The new order'),
    200: jsonAnswer(Order, 'The order this basket had become before'),
    ...WRITE_REFUSALS,
  },
});

const read = createRoute({
  method: 'get',
  path: '/v1/orders/{order_id}',
  tags: ['Shoppers', 'Staff'],
  summary: 'Read an order with its payments, receipt and exit pass',
  ...orderReaders,
  request: { params: OrderPath },
  responses: { 200: jsonAnswer(Order, 'The order'), ...READ_REFUSALS },
});

const cancel = createRoute({
  method: 'post',
  path: '/v1/orders/{order_id}/cancel',
  tags: ['Shoppers', 'Staff'],
  summary: 'Cancel an order that is not paid; its number stays as a void',
  ...forRoles('shopper', 'admin', 'manager', 'cashier'),
  request: { params: OrderPath, headers: idempotent },
  responses: { 200: jsonAnswer(Order, 'The cancelled order'), ...WRITE_REFUSALS },
});

const review = createRoute({
  method: 'post',
  path: '/v1/orders/{order_id}/verification',
  tags: ['Staff'],
  summary: 'Say what was in the bag of a paid order',
  description:
    'An order whose `verification_status` is `pending` has a pass that opens nothing; once it is `verified` the shopper gets a new one. What one member of staff found wrong only another one clears: `second_reviewer_needed`. `failed` needs a `reason`.',
  ...forRoles('admin', 'manager', 'cashier'),
  request: { params: OrderPath, body: jsonBody(ReviewOrder), headers: idempotent },
  responses: { 200: jsonAnswer(Order, 'The order'), ...WRITE_REFUSALS },
});

const exitPass = createRoute({
  method: 'get',
  path: '/v1/orders/{order_id}/exit_pass',
  tags: ['Shoppers'],
  summary: 'The signed pass that opens the gate without a network',
  description:
    'A pass opens one gate once. `refresh=true` makes a new one, for a second gate or after it ran out.',
  ...shopper,
  request: { params: OrderPath, query: z.object({ refresh: z.enum(['true', 'false']).optional() }) },
  responses: {
    200: jsonAnswer(ExitPass, 'A compact JWS, EdDSA'),
    ...READ_REFUSALS,
    ...refusals(409, 422),
  },
});

export function orders(app: App): void {
  app.openapi(create, async (c) => {
    const { basket_id, ...asked } = c.req.valid('json');
    const opened = await basketOf(c, basket_id).openOrder(await callOf(c), asked);
    if (!opened.ok) return refused(c, opened.error);
    if (opened.value.replayed) c.header('Idempotency-Replayed', 'true');
    return c.json(await orderWithPass(c, opened.value.body), opened.value.created ? 201 : 200);
  });
  app.openapi(read, async (c) => {
    const { order_id } = c.req.valid('param');
    const found = await basketOf(c, basketIdOfOrder(order_id)).readOrder(await callOf(c));
    if (!found.ok && found.error.code === 'not_found') {
      const sale = await tillSaleOf(c, order_id);
      if (sale !== null) return c.json(sale.order, 200);
    }
    return answered(c, 200, found, (body) => orderWithPass(c, body));
  });
  app.openapi(cancel, async (c) =>
    answered(
      c,
      200,
      await basketOf(c, basketIdOfOrder(c.req.valid('param').order_id)).cancelOrder(await callOf(c)),
      (body) => orderWithPass(c, body),
    ),
  );
  app.openapi(review, async (c) => {
    const basket = basketOf(c, basketIdOfOrder(c.req.valid('param').order_id));
    const reviewed = await basket.reviewOrder(await callOf(c), c.req.valid('json'));
    return answered(c, 200, reviewed, ({ order }) => order);
  });
  app.openapi(exitPass, async (c) => {
    const refresh = c.req.valid('query').refresh === 'true';
    const basket = basketOf(c, basketIdOfOrder(c.req.valid('param').order_id));
    return answered(c, 200, await basket.exitPass(await callOf(c), refresh), (claims) =>
      signedPass(c, claims),
    );
  });
}

/** Claims as they come over the RPC, whose types know no tuples: parsed before they are signed. */
interface OfTrip {
  order: Order;
  pass: object | null;
}

async function orderWithPass(c: Ctx, { order, pass }: OfTrip): Promise<Order> {
  return pass === null ? order : { ...order, exit_pass: await signedPass(c, pass) };
}

async function signedPass(c: Ctx, unsigned: object): Promise<ExitPass> {
  const claims = ExitPassClaims.parse(unsigned);
  return {
    pass: await signExitPass(claims, await keysOf(c.env)),
    expires_at: new Date(claims.exp * 1000).toISOString(),
    epcs: claims.epcs.map(([epc]) => epc),
  };
}
