import { createRoute, z } from '@hono/zod-openapi';
import { gatewayOfKey, storeOfKey } from '../../payment/registry.ts';
import type { App, Ctx } from '../context.ts';
import { PUBLIC, refusals } from '../describe.ts';
import { readBytes } from '../read_body.ts';
import { type FitsAnyRoute, fitsAnyRoute, refuse } from '../refuse.ts';

export const WEBHOOK_BYTES_MAX = 256 * 1024;

const Account = z.object({ gateway: z.string().max(64), account_key: z.string().max(200) });
const common = {
  ...PUBLIC,
  tags: ['Payments'],
  description:
    'The signature is checked over the raw body first; the message is on disk before this answers, and applied once, in any order, afterwards. Money is believed only after the provider was asked.',
  middleware: [readBytes(WEBHOOK_BYTES_MAX)],
  responses: {
    200: {
      description: 'On disk; the body is what this provider wants to read',
      content: { 'application/json': { schema: z.unknown() }, 'text/plain': { schema: z.string() } },
    },
    ...refusals(401, 404, 413, 422, 500, 503),
  },
};

const receive = createRoute({
  ...common,
  method: 'post',
  path: '/v1/webhooks/{gateway}/{account_key}',
  summary: 'A provider tells what became of a payment',
  request: { params: Account },
});
const receiveAbout = createRoute({
  ...common,
  method: 'post',
  path: '/v1/webhooks/{gateway}/{account_key}/{subject}',
  summary: 'The same, from a provider whose callback address names the payment',
  request: { params: Account.extend({ subject: z.string().max(200) }) },
});

export function webhooks(app: App): void {
  app.openapi(receive, (c) => take(c, c.req.valid('param')));
  app.openapi(receiveAbout, (c) => take(c, c.req.valid('param')));
}

async function take(c: Ctx, { gateway, account_key }: z.infer<typeof Account>): Promise<FitsAnyRoute> {
  const body = await c.req.text();
  const url = new URL(c.req.url);
  const store_id = storeOfKey(account_key);
  const adapter = await gatewayOfKey(c.env, { gateway, account_key }, url.origin);
  if (store_id === null || adapter === null) return refuse(c, 'not_found');
  const verified = await adapter.verifyWebhook({
    headers: c.req.raw.headers,
    body,
    path: `${url.pathname}${url.search}`,
    now_ms: Date.now(),
  });
  if (!verified.ok) return refuse(c, verified.error.code === 'invalid' ? 'invalid' : 'invalid_signature');
  const { events, ack } = verified.value;
  await c.env.INBOX.getByName(account_key).take({ store_id, body, events });
  return fitsAnyRoute(
    new Response(ack.body === '' ? null : ack.body, {
      status: ack.status,
      headers: { 'content-type': ack.content_type },
    }),
  );
}
