import { createRoute, z } from '@hono/zod-openapi';
import { StoreId } from '../../../shared/ids/index.ts';
import { storeOfAgent } from '../agent_store.ts';
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
    const found = await storeOfAgent(c, c.req.valid('param').store_id);
    if (!found.ok) return refuse(c, found.error);
    const headers = new Headers(c.req.raw.headers);
    headers.delete('authorization');
    headers.set('x-sesame-agent', c.get('claims').sub);
    return found.value.store.fetch(new Request(c.req.raw, { headers }));
  });
}
