import { createRoute, z } from '@hono/zod-openapi';
import type { App } from '../context.ts';
import { PUBLIC, refusals } from '../describe.ts';
import { readBytes } from '../read_body.ts';

export const FORM_BYTES_MAX = 4 * 1024;

const page = (description: string) => ({
  description,
  content: { 'text/html': { schema: z.string() }, 'application/json': { schema: z.unknown() } },
});
const common = {
  ...PUBLIC,
  tags: ['Test provider'],
  middleware: [readBytes(FORM_BYTES_MAX)],
  request: { params: z.object({ account_key: z.string().max(200), id: z.string().max(200) }) },
};
const path = '/test_provider/{account_key}/challenges/{id}';

const show = createRoute({
  ...common,
  path,
  method: 'get',
  summary: 'Where the `test` gateway sends a shopper for 3-D Secure',
  responses: { 200: page('The page'), 404: page('No such payment'), ...refusals(413, 500, 503) },
});
const decide = createRoute({
  ...common,
  path,
  method: 'post',
  summary: 'The shopper approves or declines',
  responses: {
    303: { description: 'Back to the shop' },
    404: page('No such payment'),
    422: page('Neither approved nor declined'),
    ...refusals(413, 500, 503),
  },
});

/** The hosted pages of the test provider; everything else of it is reached by the adapter alone. */
export function testProvider(app: App): void {
  for (const route of [show, decide]) {
    app.openapi(route, async (c) => {
      const { account_key, id } = c.req.valid('param');
      const url = new URL(c.req.url);
      url.pathname = `/challenges/${id}`;
      const answer = await c.env.TEST_PROVIDER.getByName(account_key).fetch(new Request(url, c.req.raw));
      return new Response(answer.body, answer);
    });
  }
}
