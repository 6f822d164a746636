import { createRoute, z } from '@hono/zod-openapi';
import { basketIdOfPayment, PaymentId, StoreId } from '../../../shared/ids/index.ts';
import { verifyTestWebhook } from '../../payment/test/webhook.ts';
import { refused } from '../answer.ts';
import type { App } from '../context.ts';
import { jsonAnswer, PUBLIC, refusals } from '../describe.ts';
import { basketOf, storeOf } from '../objects.ts';
import { readBytes } from '../read_body.ts';
import { refuse } from '../refuse.ts';

export const WEBHOOK_BYTES_MAX = 256 * 1024;

const receive = createRoute({
  ...PUBLIC,
  method: 'post',
  path: '/v1/webhooks/{gateway}/{account_key}',
  tags: ['Payments'],
  summary: 'A provider tells what became of a payment',
  description:
    'The signature is checked over the raw body first; the message is stored, then applied once. Money is believed only after the provider was asked.',
  middleware: [readBytes(WEBHOOK_BYTES_MAX)],
  request: { params: z.object({ gateway: z.string().max(64), account_key: z.string().max(200) }) },
  responses: {
    200: jsonAnswer(z.object({ received: z.literal(true), applied: z.boolean() }), 'Stored'),
    ...refusals(401, 404, 413, 422, 500, 503),
  },
});

export function webhooks(app: App): void {
  app.openapi(receive, async (c) => {
    const { gateway, account_key } = c.req.valid('param');
    const raw = await c.req.text();
    const storeId = StoreId.safeParse(`str_${account_key.slice(0, account_key.indexOf('.'))}`);
    if (gateway !== 'test' || !storeId.success) return refuse(c, 'not_found');
    const store = storeOf(c, storeId.data);
    const config = await store.config();
    if (!config?.gateways.some((g) => g.gateway === gateway && g.account_key === account_key))
      return refuse(c, 'not_found');
    const verified = await verifyTestWebhook(c.env, account_key, c.req.raw.headers, raw);
    if (!verified.ok) return refuse(c, verified.error.code === 'invalid' ? 'invalid' : 'invalid_signature');
    const [event] = verified.value.events;
    if (event === undefined) return refuse(c, 'invalid');
    const payment = PaymentId.safeParse(event.payment_id);
    const basketId = payment.success
      ? basketIdOfPayment(payment.data)
      : event.reference === null
        ? null
        : await store.findReference({ gateway, reference: event.reference });
    if (basketId === null) return refuse(c, 'not_found');
    const applied = await basketOf(c, basketId).applyWebhook(event);
    if (!applied.ok) return refused(c, applied.error);
    return c.json({ received: true as const, applied: applied.value.applied }, 200);
  });
}
