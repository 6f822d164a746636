import { createRoute, z } from '@hono/zod-openapi';
import { StoreId } from '../../../shared/ids/index.ts';
import { ShelfPage, ShelfQuery } from '../../../shared/offline/wire.ts';
import type { ShelfTexts } from '../../../shared/rpc/agents.ts';
import { storeOfAgent } from '../agent_store.ts';
import type { App } from '../context.ts';
import { jsonAnswer, READ_REFUSALS, refusals } from '../describe.ts';
import { fitsAnyRoute, refuse } from '../refuse.ts';
import { forRoles } from '../require_role.ts';

const read = createRoute({
  method: 'get',
  path: '/v1/stores/{store_id}/shelf',
  tags: ['Agents'],
  summary: 'The shelf that sells, page by page: items, then promotions',
  description:
    'Ask without `version` first, then with the version that the first page named. When that version sells no more the answer is 404: begin again. `If-None-Match` with the `ETag` of the same page saves it from being sent again.',
  ...forRoles('agent'),
  request: { params: z.object({ store_id: StoreId }), query: ShelfQuery },
  responses: {
    200: jsonAnswer(ShelfPage, 'A page'),
    304: { description: 'The page is as you have it' },
    ...READ_REFUSALS,
    ...refusals(422),
  },
});

export function shelf(app: App): void {
  app.openapi(read, async (c) => {
    const found = await storeOfAgent(c, c.req.valid('param').store_id);
    if (!found.ok) return refuse(c, found.error);
    const query = c.req.valid('query');
    const page = await found.value.store.shelfPage(query);
    if (!page.ok) return refuse(c, 'not_found', { detail: `version ${page.error.selling} sells now` });
    // A version's rows never change, so the version and the place in it say what the page holds.
    const etag = `"${page.value.version}.${query.after ?? ''}.${query.limit}"`;
    c.header('etag', etag);
    if (c.req.header('if-none-match') === etag) return fitsAnyRoute(c.body(null, 304));
    c.header('content-type', 'application/json');
    // The platform compresses what says so: a shelf shrinks to a tenth on the shop's line.
    if (/\bgzip\b/.test(c.req.header('accept-encoding') ?? '')) c.header('content-encoding', 'gzip');
    return fitsAnyRoute(c.body(textOf(page.value), 200));
  });
}

/** The page as it stands in the store: texts are joined, never parsed. */
function textOf({ items, promotions, ...head }: ShelfTexts): string {
  const { next, ...rest } = head;
  const documents = promotions.map((part) => part.trim().slice(1, -1)).filter((part) => part.trim() !== '');
  const start = JSON.stringify(rest).slice(0, -1);
  return `${start},"items":[${items.join(',')}],"promotions":[${documents.join(',')}],"next":${JSON.stringify(next)}}`;
}
