import { createRoute } from '@hono/zod-openapi';
import { OpenPayLink, PayLink } from '../../../shared/api/order.ts';
import { basketIdOfOrder } from '../../../shared/ids/index.ts';
import { debtorOf } from '../../basket/adopt.ts';
import { refused } from '../answer.ts';
import type { App } from '../context.ts';
import { jsonAnswer, jsonBody, PUBLIC, refusals } from '../describe.ts';
import { keysOf } from '../keys.ts';
import { basketOf, storeOf } from '../objects.ts';
import { refuse } from '../refuse.ts';
import { signToken } from '../token.ts';

const PAY_LINK_S = 3_600;

const open = createRoute({
  ...PUBLIC,
  method: 'post',
  path: '/v1/pay_links',
  tags: ['Shoppers'],
  summary: 'Pay later: open the link on a till’s paper',
  description:
    'The reference stands behind the `#` of the printed address, so no server on the way sees it. The answer is a token for this one order, good for an hour: read it and pay it like any other. 404 as long as the shop has not told of the sale. Repeating it is harmless, so an Idempotency-Key has no effect.',
  request: { body: jsonBody(OpenPayLink) },
  responses: {
    201: jsonAnswer(PayLink, 'A token for the order, and the order'),
    ...refusals(400, 404, 413, 415, 422, 429, 500, 503),
  },
});

export function payLinks(app: App): void {
  app.openapi(open, async (c) => {
    const { store_id, order_id, reference } = c.req.valid('json');
    const store = storeOf(c, store_id);
    const config = await store.config();
    const debt = config === null ? null : await store.debtOf({ order_id, reference });
    if (config === null || debt === null) return refuse(c, 'not_found');
    const basket_id = basketIdOfOrder(order_id);
    const { retailer_id } = config;
    const shopper_id = debtorOf(basket_id);
    await basketOf(c, basket_id).adopt({ debt, retailer_id });
    const caller = { kind: 'shopper', shopper_id, store_id, retailer_id } as const;
    const read = await basketOf(c, basket_id).readOrder({ caller, origin: new URL(c.req.url).origin });
    if (!read.ok) return refused(c, read.error);
    const iat = Math.floor(Date.now() / 1000);
    const exp = iat + PAY_LINK_S;
    const who = { iss: 'sesame-edge', aud: 'sesame', role: 'shopper', retailer: retailer_id } as const;
    const token = await signToken(
      { ...who, sub: shopper_id, store: store_id, iat, exp },
      await keysOf(c.env),
    );
    const expires_at = new Date(exp * 1000).toISOString();
    return c.json({ token, shopper_id, expires_at, order: read.value.body.order }, 201);
  });
}
