import { z } from '@hono/zod-openapi';
import { Basket, DecideVerification, VerificationReason } from '../../../shared/api/basket.ts';
import { Instant } from '../../../shared/api/common.ts';
import { Order, ReviewOrder } from '../../../shared/api/order.ts';
import { BasketId, basketIdOfOrder, OrderId, StoreId } from '../../../shared/ids/index.ts';
import { audit } from '../../audit/record.ts';
import { askBasket, waitingAt } from '../../check/ask_basket.ts';
import { openDb } from '../../db/client.ts';
import { refundStaff } from '../../refund/staff.ts';
import { hasStore } from '../../store/find_store.ts';
import { commitElsewhere } from '../commit_elsewhere.ts';
import type { App, Ctx } from '../context.ts';
import { refuse, refused } from '../refuse.ts';
import { guarded, guardedWrite, IdempotencyHeader, jsonAnswer, jsonBody, refusal, STAFF } from '../route.ts';

const tags = ['Checks'];
const BasketPath = z.object({ basket_id: BasketId });
const BasketSchema = Basket.openapi('Basket');

const WaitingBasket = z.object({
  basket_id: BasketId,
  /** What stands on the shopper's screen. */
  code: z.string(),
  minimum_age: z.number().int().optional(),
  reasons: z.array(VerificationReason),
  /** Of the lines as they were when staff were called. */
  revision: z.number().int(),
  opened_at: Instant,
});

const list = guarded(STAFF, {
  method: 'get',
  path: '/v1/stores/{store_id}/verifications',
  tags,
  summary: 'The baskets of a store that wait for staff at this moment, the longest first',
  request: {
    params: z.object({ store_id: StoreId }),
    query: z.object({ status: z.enum(['pending']).default('pending') }),
  },
  responses: {
    200: jsonAnswer(z.object({ data: z.array(WaitingBasket.openapi('WaitingBasket')) }), 'At most 200'),
    503: refusal('The store cannot be reached right now'),
  },
});

const read = guarded(STAFF, {
  method: 'get',
  path: '/v1/baskets/{basket_id}',
  tags,
  summary: 'A basket as it stands at this moment',
  request: { params: BasketPath },
  responses: {
    200: jsonAnswer(BasketSchema, 'The basket'),
    503: refusal('The store cannot be reached right now'),
  },
});

const accept = guardedWrite(STAFF, {
  method: 'post',
  path: '/v1/baskets/{basket_id}/verification/accept',
  tags,
  summary: 'Say that the shopper may have what is in the basket',
  description:
    'For this age and these reasons: a higher age or a new reason asks again. With `revision`, only if nothing has changed since (412).',
  request: {
    params: BasketPath,
    headers: IdempotencyHeader,
    body: jsonBody(DecideVerification.openapi('DecideVerification')),
  },
  responses: { 200: jsonAnswer(BasketSchema, 'The basket as it is now') },
});

const reject = guardedWrite(STAFF, {
  method: 'post',
  path: '/v1/baskets/{basket_id}/verification/reject',
  tags,
  summary: 'Take the restricted lines out of the basket',
  description: 'What belongs to them goes with them; the rest stays.',
  request: { params: BasketPath, headers: IdempotencyHeader, body: jsonBody(DecideVerification) },
  responses: { 200: jsonAnswer(BasketSchema, 'The basket as it is now') },
});

const review = guardedWrite(STAFF, {
  method: 'post',
  path: '/v1/orders/{order_id}/verification',
  tags,
  summary: 'Say what was in the bag of a paid order',
  description:
    'Once it is `verified` the shopper’s next pass opens the gate. What one member of staff found wrong only another one clears: `second_reviewer_needed`. `failed` needs a `reason`.',
  request: {
    params: z.object({ order_id: OrderId }),
    headers: IdempotencyHeader,
    body: jsonBody(ReviewOrder.openapi('ReviewOrder')),
  },
  responses: { 200: jsonAnswer(Order.openapi('Order'), 'The order') },
});

export function checks(app: App): void {
  app.openapi(list, async (c) => {
    const { store_id } = c.req.valid('param');
    if (!(await hasStore(openDb(c.env.DB), c.get('principal').retailer_id, store_id)))
      return refuse(c, 'not_found');
    const waiting = await waitingAt(c.env.STORE, store_id);
    if (waiting === null) return refuse(c, 'store_unavailable');
    const data = waiting.map(({ need, opened_at, ...basket }) => ({
      ...basket,
      ...(need.minimum_age > 0 ? { minimum_age: need.minimum_age } : {}),
      reasons: need.reasons,
      opened_at: new Date(opened_at).toISOString(),
    }));
    return c.json({ data }, 200);
  });

  app.openapi(read, async (c) => {
    const staff = refundStaff(c.get('principal'));
    const { basket_id } = c.req.valid('param');
    const found = await askBasket(c.env.BASKET, basket_id, Basket, (basket) => basket.basketFor(staff));
    if (found.ok) return c.json(found.value, 200);
    return refuse(c, found.error.code === 'not_found' ? 'not_found' : 'store_unavailable');
  });

  app.openapi(accept, async (c) => {
    const done = await decided(c, c.req.valid('param').basket_id, 'approved', c.req.valid('json'));
    return done.ok ? c.json(done.value, 200) : refused(c, done.error);
  });
  app.openapi(reject, async (c) => {
    const done = await decided(c, c.req.valid('param').basket_id, 'rejected', c.req.valid('json'));
    return done.ok ? c.json(done.value, 200) : refused(c, done.error);
  });

  app.openapi(review, async (c) => {
    const { order_id } = c.req.valid('param');
    const said = c.req.valid('json');
    const done = await commitElsewhere(c, Order, async (db, act, call) => ({
      begin: [],
      ask: () =>
        askBasket(c.env.BASKET, basketIdOfOrder(order_id), Order, (basket) =>
          basket.reviewBag({ staff: refundStaff(act.principal), key: keyOf(call), review: said }),
        ),
      done: () => [audit(db, act, 'order.review', order_id, { result: said.result })],
      refused: () => [],
    }));
    return done.ok ? c.json(done.value, 200) : refused(c, done.error);
  });
}

/** The object remembers a call by itself, so that one that died on its way here is never done twice. */
const keyOf = (call: { principal: string; route: string; key: string; body_hash: string } | null) =>
  call === null
    ? null
    : { route: `${call.principal} ${call.route}`, key: call.key, body_hash: call.body_hash };

function decided(c: Ctx, basket_id: BasketId, verdict: 'approved' | 'rejected', request: DecideVerification) {
  return commitElsewhere(c, Basket, async (db, act, call) => ({
    begin: [],
    ask: () =>
      askBasket(c.env.BASKET, basket_id, Basket, (basket) =>
        basket.decideCheck({ staff: refundStaff(act.principal), key: keyOf(call), verdict, request }),
      ),
    done: ({ store_id }) => [
      audit(db, act, verdict === 'approved' ? 'basket.check_accept' : 'basket.check_reject', basket_id, {
        store_id,
      }),
    ],
    refused: () => [],
  }));
}
