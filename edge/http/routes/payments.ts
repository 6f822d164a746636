import { createRoute, z } from '@hono/zod-openapi';
import {
  CapturePayment,
  ConfirmPayment,
  CreatePayment,
  Payment,
  PaymentMethods,
} from '../../../shared/api/order.ts';
import { basketIdOfOrder, basketIdOfPayment, PaymentId } from '../../../shared/ids/index.ts';
import { answered } from '../answer.ts';
import { callOf } from '../call.ts';
import type { App, Ctx } from '../context.ts';
import { idempotent, jsonAnswer, jsonBody, READ_REFUSALS, refusals, WRITE_REFUSALS } from '../describe.ts';
import { basketOf } from '../objects.ts';
import { forRoles } from '../require_role.ts';
import { OrderPath } from './orders.ts';

const PaymentPath = z.object({ payment_id: PaymentId });
const shopper = { tags: ['Payments'], ...forRoles('shopper') };
/** Who pays, or takes money in the store for somebody who does. */
const payers = { tags: ['Payments'], ...forRoles('shopper', 'admin', 'manager', 'cashier', 'kiosk') };

const paid = { 200: jsonAnswer(Payment, 'The payment'), ...WRITE_REFUSALS };

const methods = createRoute({
  ...payers,
  method: 'get',
  path: '/v1/orders/{order_id}/payment_methods',
  summary: 'What an order can be paid with from here',
  description:
    'A shopper’s token asks from the web, a kiosk’s from the kiosk, staff from the till. Cash and terminals are offered only in the store; `amount_max` is what is due.',
  request: { params: OrderPath },
  responses: {
    200: jsonAnswer(PaymentMethods, 'Gateways with their methods, the preferred first'),
    ...READ_REFUSALS,
    ...refusals(503),
  },
});
const create = createRoute({
  ...payers,
  method: 'post',
  path: '/v1/orders/{order_id}/payments',
  summary: 'Pay an order',
  description:
    '201 whenever an attempt was recorded, whatever became of it: look at `status`. An unknown outcome stays `pending` until the provider has said. Several payments may share an order, one after the other, each up to what is due. Cash (`gateway: cash`) and `card_terminal` are taken only from a till or kiosk.',
  request: { params: OrderPath, body: jsonBody(CreatePayment), headers: idempotent },
  responses: { 201: jsonAnswer(Payment, 'The attempt'), ...WRITE_REFUSALS },
});
const read = createRoute({
  ...payers,
  method: 'get',
  path: '/v1/payments/{payment_id}',
  summary: 'Read a payment',
  request: { params: PaymentPath },
  responses: { 200: jsonAnswer(Payment, 'The payment'), ...READ_REFUSALS },
});
const confirm = createRoute({
  ...shopper,
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
  ...payers,
  method: 'post',
  path: '/v1/payments/{payment_id}/capture',
  summary: 'Take money that was authorized, or a part of it',
  description:
    'What is left of the reservation is released. Only the store’s staff and kiosks capture; a shopper is answered what was captured already.',
  request: {
    params: PaymentPath,
    body: { content: { 'application/json': { schema: CapturePayment } }, required: false },
    headers: idempotent,
  },
  responses: paid,
});
const cancel = createRoute({
  ...payers,
  method: 'post',
  path: '/v1/payments/{payment_id}/cancel',
  summary: 'Give up an attempt that is still open',
  description:
    'Releases a reservation too, and gives captured money back while its order is not paid, where the gateway can. Cash is handed back by the store’s staff.',
  request: { params: PaymentPath, headers: idempotent },
  responses: paid,
});

export function payments(app: App): void {
  app.openapi(methods, async (c) => {
    const basket = basketOf(c, basketIdOfOrder(c.req.valid('param').order_id));
    return answered(c, 200, await basket.paymentMethods(await callOf(c)));
  });
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
  app.openapi(capture, async (c) => {
    const { payment_id } = c.req.valid('param');
    return answered(
      c,
      200,
      await ofPayment(c).capturePayment(await callOf(c), payment_id, c.req.valid('json') ?? {}),
    );
  });
  app.openapi(cancel, async (c) =>
    answered(c, 200, await ofPayment(c).cancelPayment(await callOf(c), c.req.valid('param').payment_id)),
  );
}

/** A payment's id names its trip, so the object is found without a look-up. */
const ofPayment = (c: Ctx) => basketOf(c, basketIdOfPayment(PaymentId.parse(c.req.param('payment_id'))));
