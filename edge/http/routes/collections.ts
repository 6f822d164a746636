import { createRoute, z } from '@hono/zod-openapi';
import { Instant } from '../../../shared/api/common.ts';
import { CollectOrder, EndCollection, Order, RejectCollection } from '../../../shared/api/order.ts';
import { basketIdOfOrder, OrderId, StoreId } from '../../../shared/ids/index.ts';
import { CollectionStatus } from '../../../shared/order/collection.ts';
import type { ChangeCollection } from '../../basket/port.ts';
import { storeOfStaff } from '../agent_store.ts';
import { answered } from '../answer.ts';
import { callOf } from '../call.ts';
import type { App, Ctx } from '../context.ts';
import { idempotent, jsonAnswer, jsonBody, READ_REFUSALS, refusals, WRITE_REFUSALS } from '../describe.ts';
import { basketOf } from '../objects.ts';
import { refuse } from '../refuse.ts';
import { forRoles } from '../require_role.ts';

const OrderPath = z.object({ order_id: OrderId });
const staff = forRoles('admin', 'manager', 'cashier');
const changed = { 200: jsonAnswer(Order, 'The order as it is now'), ...WRITE_REFUSALS };
const step = {
  tags: ['Staff'],
  ...staff,
  request: { params: OrderPath, headers: idempotent },
  responses: changed,
};
const CONFLICT =
  '`collection_conflict`: the order is at another step, which `collection_status` names; also where it is there already.';

const accept = createRoute({
  ...step,
  method: 'post',
  path: '/v1/orders/{order_id}/collection/accept',
  summary: 'Begin to pick an order that will be collected',
  description: CONFLICT,
});

const reject = createRoute({
  ...step,
  method: 'post',
  path: '/v1/orders/{order_id}/collection/reject',
  summary: 'Say that the store cannot fill an order, or some of its lines',
  description: `What is rejected is refunded and for sale again. With \`lines\` the rest stays to be collected. ${CONFLICT}`,
  request: { params: OrderPath, body: jsonBody(RejectCollection), headers: idempotent },
});

const ready = createRoute({
  ...step,
  method: 'post',
  path: '/v1/orders/{order_id}/collection/ready',
  summary: 'Say that an accepted order can be collected',
  description: `It is kept until \`hold_until\`. ${CONFLICT}`,
});

const collect = createRoute({
  ...step,
  method: 'post',
  path: '/v1/orders/{order_id}/collection/collect',
  summary: 'Hand an order over to whoever shows its token',
  description: `Only now are its tags sold, so that the gate opens for them. \`wrong_token\`: not this order's. ${CONFLICT}`,
  request: { params: OrderPath, body: jsonBody(CollectOrder), headers: idempotent },
});

const notCollected = createRoute({
  ...step,
  method: 'post',
  path: '/v1/orders/{order_id}/collection/not_collected',
  summary: 'Say that nobody came for an order',
  description: `The clock says so too, at \`hold_until\`. Its money goes back as the store's policy has it. ${CONFLICT}`,
  request: { params: OrderPath, body: jsonBody(EndCollection), headers: idempotent },
});

const cancel = createRoute({
  ...step,
  method: 'post',
  tags: ['Shoppers'],
  ...forRoles('shopper'),
  path: '/v1/orders/{order_id}/collection/cancel',
  summary: 'Give up a paid order that is not ready yet',
  description: `All of its money goes back. ${CONFLICT}`,
  request: { params: OrderPath, body: jsonBody(EndCollection), headers: idempotent },
});

const Waiting = z.object({
  order_id: OrderId,
  number: z.string(),
  status: CollectionStatus,
  /** Pieces that are still to be handed over. */
  items: z.number().int(),
  hold_until: Instant.nullable(),
  changed_at: Instant,
});

const list = createRoute({
  tags: ['Staff'],
  ...staff,
  method: 'get',
  path: '/v1/stores/{store_id}/collections',
  summary: 'Orders to be collected at one step, the longest first',
  request: {
    params: z.object({ store_id: StoreId }),
    query: z.object({ status: CollectionStatus.default('created') }),
  },
  responses: {
    200: jsonAnswer(z.object({ data: z.array(Waiting) }), 'At most 200'),
    ...READ_REFUSALS,
    ...refusals(422),
  },
});

const change = async (c: Ctx, order_id: OrderId, what: ChangeCollection) =>
  answered(
    c,
    200,
    await basketOf(c, basketIdOfOrder(order_id)).changeCollection(await callOf(c), what),
    ({ order }) => order,
  );

export function collections(app: App): void {
  app.openapi(accept, (c) => change(c, c.req.valid('param').order_id, { do: 'accept' }));
  app.openapi(reject, (c) =>
    change(c, c.req.valid('param').order_id, { do: 'reject', ...c.req.valid('json') }),
  );
  app.openapi(ready, (c) => change(c, c.req.valid('param').order_id, { do: 'ready' }));
  app.openapi(collect, (c) =>
    change(c, c.req.valid('param').order_id, { do: 'collect', ...c.req.valid('json') }),
  );
  app.openapi(notCollected, (c) =>
    change(c, c.req.valid('param').order_id, { do: 'not_collected', ...c.req.valid('json') }),
  );
  app.openapi(cancel, (c) =>
    change(c, c.req.valid('param').order_id, { do: 'cancel', ...c.req.valid('json') }),
  );
  app.openapi(list, async (c) => {
    const found = await storeOfStaff(c, c.req.valid('param').store_id);
    if (!found.ok) return refuse(c, found.error);
    const instant = (ms: number) => new Date(ms).toISOString();
    const rows = await found.value.store.collections(c.req.valid('query').status);
    const data = rows.map(({ hold_until, changed_at, ...row }) => ({
      ...row,
      hold_until: hold_until === null ? null : instant(hold_until),
      changed_at: instant(changed_at),
    }));
    return c.json({ data }, 200);
  });
}
