import { createRoute, z } from '@hono/zod-openapi';
import { deviceStands } from '../../../shared/auth/device_stands.ts';
import { StoreId } from '../../../shared/ids/index.ts';
import type { App } from '../context.ts';
import { refusals } from '../describe.ts';
import { refuse } from '../refuse.ts';
import { forRoles } from '../require_role.ts';

const connect = createRoute({
  method: 'get',
  path: '/v1/stores/{store_id}/feed',
  tags: ['Agents'],
  summary: 'The store feed, over WebSocket',
  description: 'Frames are JSON: hello, ack and report up; welcome, snapshot, feed and accepted down.',
  ...forRoles('agent'),
  request: { params: z.object({ store_id: StoreId }) },
  responses: { 101: { description: 'Switching to WebSocket' }, ...refusals(400, 401, 403, 404, 500, 503) },
});

export function feed(app: App): void {
  app.openapi(connect, async (c) => {
    if (c.req.header('upgrade')?.toLowerCase() !== 'websocket')
      return refuse(c, 'bad_request', { detail: 'a WebSocket upgrade is expected' });
    const claims = c.get('claims');
    const { store_id } = c.req.valid('param');
    if (claims.store !== store_id) return refuse(c, 'not_found');
    const store = c.env.STORE.getByName(store_id);
    const config = await store.config();
    if (config === null || config.retailer_id !== claims.retailer) return refuse(c, 'not_found');
    // A revoked agent's token may still be young: the published device list has the last word.
    if (!deviceStands(config.devices, claims)) return refuse(c, 'forbidden');
    const headers = new Headers(c.req.raw.headers);
    headers.delete('authorization');
    headers.set('x-sesame-agent', claims.sub);
    return store.fetch(new Request(c.req.raw, { headers }));
  });
}
