import { createRoute, z } from '@hono/zod-openapi';
import { ConfirmPayment, CreatePayment, Payment } from '../../../shared/api/order.ts';
import { basketIdOfOrder, basketIdOfPayment, PaymentId } from '../../../shared/ids/index.ts';
import { answered } from '../answer.ts';
import { callOf } from '../call.ts';
import type { App, Ctx } from '../context.ts';
import { idempotent, jsonAnswer, jsonBody, READ_REFUSALS, WRITE_REFUSALS } from '../describe.ts';
import { basketOf } from '../objects.ts';
import { forRoles } from '../require_role.ts';
import { OrderPath } from './orders.ts';

const PaymentPath = z.object({ payment_id: PaymentId });
const common = { tags: ['Payments'], ...forRoles('shopper') };
const paid = { 200: jsonAnswer(Payment, 'The payment'), ...WRITE_REFUSALS };

const create = createRoute({
  ...common,
  method: 'post',
  path: '/v1/orders/{order_id}/payments',
  summary: 'Pay an order',
  description:
    '201 whenever an attempt was recorded, whatever became of it: look at `status`. An unknown outcome stays `pending` until the provider has said.',
  request: { params: OrderPath, body: jsonBody(CreatePayment), headers: idempotent },
  responses: { 201: jsonAnswer(Payment, 'The attempt'), ...WRITE_REFUSALS },
});
const read = createRoute({
  ...common,
  method: 'get',
  path: '/v1/payments/{payment_id}',
  summary: 'Read a payment',
  request: { params: PaymentPath },
  responses: { 200: jsonAnswer(Payment, 'The payment'), ...READ_REFUSALS },
});
const confirm = createRoute({
  ...common,
  method: 'post',
  path: '/v1/payments/{payment_id}/confirm',
  summary: 'The payer is back: ask the provider what became of it',
  request: {
    params: PaymentPath,
    body: { content: { 'application/json': { schema: ConfirmPayment } }, required: false },
    headers: idempotent,
  },
  responses: paid,
});
const capture = createRoute({
  ...common,
  method: 'post',
  path: '/v1/payments/{payment_id}/capture',
  summary: 'Take money that was authorized',
  request: { params: PaymentPath, headers: idempotent },
  responses: paid,
});
const cancel = createRoute({
  ...common,
  method: 'post',
  path: '/v1/payments/{payment_id}/cancel',
  summary: 'Give up an attempt that is still open',
  request: { params: PaymentPath, headers: idempotent },
  responses: paid,
});

export function payments(app: App): void {
  app.openapi(create, async (c) => {
    const basket = basketOf(c, basketIdOfOrder(c.req.valid('param').order_id));
    return answered(c, 201, await basket.pay(await callOf(c), c.req.valid('json')));
  });
  app.openapi(read, async (c) =>
    answered(c, 200, await ofPayment(c).readPayment(await callOf(c), c.req.valid('param').payment_id)),
  );
  app.openapi(confirm, async (c) => {
    const { payment_id } = c.req.valid('param');
    return answered(
      c,
      200,
      await ofPayment(c).confirmPayment(await callOf(c), payment_id, c.req.valid('json')),
    );
  });
  app.openapi(capture, async (c) =>
    answered(c, 200, await ofPayment(c).capturePayment(await callOf(c), c.req.valid('param').payment_id)),
  );
  app.openapi(cancel, async (c) =>
    answered(c, 200, await ofPayment(c).cancelPayment(await callOf(c), c.req.valid('param').payment_id)),
  );
}

/** A payment's id names its trip, so the object is found without a look-up. */
const ofPayment = (c: Ctx) => basketOf(c, basketIdOfPayment(PaymentId.parse(c.req.param('payment_id'))));
