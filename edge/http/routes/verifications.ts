import { createRoute, z } from '@hono/zod-openapi';
import { Basket, DecideVerification, Verification, VerificationReason } from '../../../shared/api/basket.ts';
import { Instant } from '../../../shared/api/common.ts';
import { BasketId, StoreId } from '../../../shared/ids/index.ts';
import { storeOfStaff } from '../agent_store.ts';
import { answered } from '../answer.ts';
import { callOf, staffCallOf } from '../call.ts';
import type { App } from '../context.ts';
import { idempotent, jsonAnswer, jsonBody, READ_REFUSALS, refusals, WRITE_REFUSALS } from '../describe.ts';
import { basketOf } from '../objects.ts';
import { refuse } from '../refuse.ts';
import { forRoles } from '../require_role.ts';

const BasketPath = z.object({ basket_id: BasketId });
const staff = forRoles('admin', 'manager', 'cashier');

const open = createRoute({
  tags: ['Shoppers'],
  ...forRoles('shopper'),
  method: 'post',
  path: '/v1/baskets/{basket_id}/verification',
  summary: 'Call staff to look at the basket',
  description:
    'The same while they are on their way. The code is for people to compare and opens nothing. `verification_not_needed`: nothing is to be looked at, or it was.',
  request: { params: BasketPath, headers: idempotent },
  responses: { 201: jsonAnswer(Verification, 'What is to be looked at, and the code'), ...WRITE_REFUSALS },
});

const read = createRoute({
  tags: ['Shoppers', 'Staff'],
  ...forRoles('shopper', 'admin', 'manager', 'cashier'),
  method: 'get',
  path: '/v1/baskets/{basket_id}/verification',
  summary: 'Where the check of a basket stands',
  request: { params: BasketPath },
  responses: { 200: jsonAnswer(Verification, 'The check'), ...READ_REFUSALS },
});

const WaitingBasket = z.object({
  basket_id: BasketId,
  code: z.string(),
  minimum_age: z.number().int().optional(),
  reasons: z.array(VerificationReason),
  revision: z.number().int(),
  opened_at: Instant,
});

const list = createRoute({
  tags: ['Staff'],
  ...staff,
  method: 'get',
  path: '/v1/stores/{store_id}/verifications',
  summary: 'The baskets that wait for staff, the longest first',
  request: {
    params: z.object({ store_id: StoreId }),
    query: z.object({ status: z.enum(['pending']).default('pending') }),
  },
  responses: {
    200: jsonAnswer(z.object({ data: z.array(WaitingBasket) }), 'At most 200'),
    ...READ_REFUSALS,
    ...refusals(422),
  },
});

const decided = {
  tags: ['Staff'],
  ...staff,
  request: { params: BasketPath, body: jsonBody(DecideVerification), headers: idempotent },
  responses: { 200: jsonAnswer(Basket, 'The basket as it is now'), ...WRITE_REFUSALS, ...refusals(412) },
};

const accept = createRoute({
  ...decided,
  method: 'post',
  path: '/v1/baskets/{basket_id}/verification/accept',
  summary: 'Say that the shopper may have what is in the basket',
  description:
    'For this age and these reasons: a higher age or a new reason asks again, and so does an approval that is too old. With `revision`, only if nothing has changed since (412).',
});

const reject = createRoute({
  ...decided,
  method: 'post',
  path: '/v1/baskets/{basket_id}/verification/reject',
  summary: 'Take the restricted lines out of the basket',
  description: 'What belongs to them goes with them; the rest stays.',
});

export function verifications(app: App): void {
  app.openapi(open, async (c) =>
    answered(c, 201, await basketOf(c, c.req.valid('param').basket_id).openVerification(await callOf(c))),
  );
  app.openapi(read, async (c) =>
    answered(c, 200, await basketOf(c, c.req.valid('param').basket_id).readVerification(await callOf(c))),
  );
  app.openapi(list, async (c) => {
    const found = await storeOfStaff(c, c.req.valid('param').store_id);
    if (!found.ok) return refuse(c, found.error);
    const waiting = await found.value.store.waitingBaskets();
    return c.json(
      {
        data: waiting.map(({ basket_id, code, need, revision, opened_at }) => ({
          basket_id,
          code,
          ...(need.minimum_age > 0 ? { minimum_age: need.minimum_age } : {}),
          reasons: need.reasons,
          revision,
          opened_at: new Date(opened_at).toISOString(),
        })),
      },
      200,
    );
  });
  app.openapi(accept, async (c) => {
    const call = await staffCallOf(c);
    if (call === null) return refuse(c, 'forbidden');
    const basket = basketOf(c, c.req.valid('param').basket_id);
    return answered(c, 200, await basket.decideVerification(call, 'approved', c.req.valid('json')));
  });
  app.openapi(reject, async (c) => {
    const call = await staffCallOf(c);
    if (call === null) return refuse(c, 'forbidden');
    const basket = basketOf(c, c.req.valid('param').basket_id);
    return answered(c, 200, await basket.decideVerification(call, 'rejected', c.req.valid('json')));
  });
}
