import { createRoute, z } from '@hono/zod-openapi';
import { StoreId } from '../../../shared/ids/index.ts';
import { LeasedNumbers, LeaseNumbers } from '../../../shared/offline/wire.ts';
import { CloseNumberLease, OpenLease } from '../../../shared/rpc/agents.ts';
import { agentCallOf, storeOfAgent, storeOfAgentOrStaff } from '../agent_store.ts';
import type { App } from '../context.ts';
import { idempotent, jsonAnswer, jsonBody, READ_REFUSALS, WRITE_REFUSALS } from '../describe.ts';
import { refuse } from '../refuse.ts';
import { forRoles } from '../require_role.ts';

const StorePath = z.object({ store_id: StoreId });

const lease = createRoute({
  method: 'post',
  path: '/v1/stores/{store_id}/number_leases',
  tags: ['Agents'],
  summary: 'A block of numbers that a device of the shop may give without asking',
  description:
    'The series is the device’s own and stands at the edge: no block is ever leased twice, whatever becomes of the shop’s disk. The printed number is the store’s prefix, `K` and the `register`, and the value in six digits: it ends in a counter that grows by one, and no other series of the store looks like it.',
  ...forRoles('agent'),
  request: { params: StorePath, headers: idempotent, body: jsonBody(LeaseNumbers) },
  responses: { 201: jsonAnswer(LeasedNumbers, 'The block'), ...WRITE_REFUSALS },
});

const list = createRoute({
  method: 'get',
  path: '/v1/stores/{store_id}/number_leases',
  tags: ['Agents', 'Staff'],
  summary: 'Blocks with numbers of which nothing is known yet',
  description: 'Oldest first. One that a lost disk held is closed by staff: its unused numbers become voids.',
  ...forRoles('agent', 'admin', 'manager'),
  request: { params: StorePath },
  responses: { 200: jsonAnswer(z.object({ data: z.array(OpenLease) }), 'All of them'), ...READ_REFUSALS },
});

const close = createRoute({
  method: 'post',
  path: '/v1/stores/{store_id}/number_leases/{lease_id}/close',
  tags: ['Agents', 'Staff'],
  summary: 'Give back what a block has left: its unused numbers become voids',
  description: 'A sale that comes later for a void takes its place, and staff are told.',
  ...forRoles('agent', 'admin', 'manager'),
  request: {
    params: StorePath.extend({ lease_id: z.string().regex(/^lea_[0-9a-f-]{36}$/) }),
    headers: idempotent,
    body: jsonBody(CloseNumberLease),
  },
  responses: { 200: jsonAnswer(OpenLease, 'The block as it stands'), ...WRITE_REFUSALS },
});

export function numberLeases(app: App): void {
  app.openapi(lease, async (c) => {
    const found = await storeOfAgent(c, c.req.valid('param').store_id);
    if (!found.ok) return refuse(c, found.error);
    const answer = await found.value.store.leaseNumbers(await agentCallOf(c), c.req.valid('json'));
    if (answer.ok) {
      if (answer.value.replayed) c.header('Idempotency-Replayed', 'true');
      return c.json(answer.value.body, 201);
    }
    if (answer.error.code !== 'unknown_device') return refuse(c, answer.error.code);
    const message = 'no kiosk or agent of this store';
    return refuse(c, 'invalid', { errors: [{ path: '/device_id', code: 'unknown_device', message }] });
  });

  app.openapi(list, async (c) => {
    const found = await storeOfAgentOrStaff(c, c.req.valid('param').store_id);
    if (!found.ok) return refuse(c, found.error);
    return c.json({ data: await found.value.store.openLeases() }, 200);
  });

  app.openapi(close, async (c) => {
    const { store_id, lease_id } = c.req.valid('param');
    const found = await storeOfAgentOrStaff(c, store_id);
    if (!found.ok) return refuse(c, found.error);
    const answer = await found.value.store.closeLease(await agentCallOf(c), {
      lease_id,
      ...c.req.valid('json'),
    });
    if (!answer.ok) return refuse(c, answer.error.code);
    if (answer.value.replayed) c.header('Idempotency-Replayed', 'true');
    return c.json(answer.value.body, 200);
  });
}
