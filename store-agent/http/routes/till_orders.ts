import { createRoute, z } from '@hono/zod-openapi';
import { Money } from '../../../shared/api/common.ts';
import { CreateOrder, CreatePayment, Order, Payment } from '../../../shared/api/order.ts';
import { basketIdOfOrder, OrderId } from '../../../shared/ids/index.ts';
import { RECEIPT_FORMATS, ReceiptDocument, receiptAs } from '../../../shared/receipt/index.ts';
import { requireRole } from '../auth.ts';
import type { AgentParts, App } from '../context.ts';
import {
  BEARER,
  BODY_REFUSALS,
  CONFLICT,
  DISK_FULL,
  idempotent,
  jsonAnswer,
  jsonBody,
  NOT_FOUND,
  TOKEN_REFUSALS,
  UNREADABLE,
} from '../describe.ts';
import { onceOnly } from '../once.ts';
import { refuse } from '../refuse.ts';
import { callerOf, TILL_ROLES } from '../till_caller.ts';

const OrderPath = z.object({ order_id: OrderId });
/** As at the edge, and for cash what was handed over. */
const CreateTillPayment = CreatePayment.pick({ gateway: true, method: true, amount: true })
  .extend({ tendered: Money.min(0).optional() })
  .strict();

const text = { schema: z.string() };

/** The shopper's order and payment calls, in the same shapes as at the edge, from the agent's own state. */
export function tillOrders(app: App, parts: AgentParts): void {
  const once = onceOnly(parts);
  const { till } = parts;
  const common = { tags: ['Till'], security: BEARER, middleware: [requireRole(parts, TILL_ROLES)] };
  const refusals = { ...TOKEN_REFUSALS, ...NOT_FOUND, ...BODY_REFUSALS, ...CONFLICT, ...DISK_FULL };

  const create = createRoute({
    ...common,
    method: 'post',
    path: '/v1/orders',
    summary: 'Turn a basket into an order, with a number of this device’s own series',
    request: { headers: idempotent, body: jsonBody(CreateOrder) },
    responses: {
      201: jsonAnswer(Order, 'The new order'),
      200: jsonAnswer(Order, 'The order this basket had become before'),
      ...refusals,
    },
  });
  const read = createRoute({
    ...common,
    method: 'get',
    path: '/v1/orders/{order_id}',
    summary: 'Read an order with its payments',
    request: { params: OrderPath },
    responses: { 200: jsonAnswer(Order, 'The order'), ...TOKEN_REFUSALS, ...NOT_FOUND },
  });
  const cancel = createRoute({
    ...common,
    method: 'post',
    path: '/v1/orders/{order_id}/cancel',
    summary: 'Cancel an order that is not paid; its number stays as a void',
    request: { params: OrderPath },
    responses: { 200: jsonAnswer(Order, 'The cancelled order'), ...refusals },
  });
  const pay = createRoute({
    ...common,
    method: 'post',
    path: '/v1/orders/{order_id}/payments',
    summary: 'Pay an order: cash, a card at a terminal of the shop, or later by link',
    description:
      'Gateways and methods: `cash` `cash` (with `tendered`), `terminal` `card`, `pay_later` `link`; `GET /v1/till` says which are there. With the last payment the sale is on the disk, the tags pass the gate and the receipt prints.',
    request: { params: OrderPath, headers: idempotent, body: jsonBody(CreateTillPayment) },
    responses: { 201: jsonAnswer(Payment, 'The attempt'), ...refusals },
  });
  const receipt = createRoute({
    ...common,
    method: 'get',
    path: '/v1/orders/{order_id}/receipt',
    summary: 'The receipt, in the format that is needed',
    request: {
      params: OrderPath,
      query: z.object({ format: z.enum(RECEIPT_FORMATS).default('html') }),
    },
    responses: {
      200: {
        description: 'The receipt',
        content: {
          'text/html': text,
          'text/plain': text,
          'image/svg+xml': text,
          'application/octet-stream': { schema: z.string().meta({ format: 'binary' }) },
          'application/json': { schema: ReceiptDocument },
        },
      },
      ...TOKEN_REFUSALS,
      ...NOT_FOUND,
      ...CONFLICT,
      ...UNREADABLE,
    },
  });

  app.openapi(create, (c) =>
    once(c, async (remember) => {
      const opened = await till.openOrder(
        callerOf(c, parts),
        c.req.valid('json').basket_id,
        (tables, { order, created }) => remember(tables, created ? 201 : 200, order),
      );
      if (!opened.ok) return refuse(c, opened.error.code, opened.error);
      return opened.value.created ? c.json(opened.value.order, 201) : c.json(opened.value.order, 200);
    }),
  );
  app.openapi(read, (c) => {
    const order = till.readOrder(callerOf(c, parts), basketIdOfOrder(c.req.valid('param').order_id));
    return order.ok ? c.json(order.value, 200) : refuse(c, order.error.code, order.error);
  });
  app.openapi(cancel, (c) => {
    const order = till.cancelOrder(callerOf(c, parts), basketIdOfOrder(c.req.valid('param').order_id));
    return order.ok ? c.json(order.value, 200) : refuse(c, order.error.code, order.error);
  });
  app.openapi(pay, (c) =>
    once(c, (remember) => {
      const basketId = basketIdOfOrder(c.req.valid('param').order_id);
      const tender = c.req.valid('json');
      const paid = till.pay(callerOf(c, parts), basketId, tender, (tables, answer) =>
        remember(tables, 201, answer),
      );
      if (!paid.ok) return refuse(c, paid.error.code, paid.error);
      parts.metrics.count('sesame_till_payments_total', { gateway: paid.value.gateway });
      return c.json(paid.value, 201);
    }),
  );
  app.openapi(receipt, (c) => {
    const { order_id } = c.req.valid('param');
    const order = till.readOrder(callerOf(c, parts), basketIdOfOrder(order_id));
    if (!order.ok) return refuse(c, order.error.code, order.error);
    const document = parts.state.tables.receipts.document(order_id);
    if (document === null) return refuse(c, 'not_paid');
    const { format } = c.req.valid('query');
    if (format === 'json') return c.json(document, 200);
    const { body, headers } = receiptAs(document, format);
    return c.body(body, 200, headers);
  });
}
