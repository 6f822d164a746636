import { z } from '@hono/zod-openapi';
import { ScanTest, ScanTestAnswer } from '../../../shared/api/scan_test.ts';
import { StoreId } from '../../../shared/ids/index.ts';
import { openDb } from '../../db/client.ts';
import { hasStore } from '../../store/find_store.ts';
import type { App } from '../context.ts';
import { refuse } from '../refuse.ts';
import { guardedWrite, jsonAnswer, jsonBody, STAFF } from '../route.ts';

const test = guardedWrite(STAFF, {
  method: 'post',
  path: '/v1/stores/{store_id}/scan_tests',
  tags: ['Stores'],
  summary: 'How a store understands a code, step by step',
  description:
    'The store’s own resolver tells it, with the shelf, tags and rules that sell at this moment. Nothing is sold, ' +
    'reserved or written.',
  request: {
    params: z.object({ store_id: StoreId }),
    body: jsonBody(ScanTest.openapi('ScanTest')),
  },
  responses: { 200: jsonAnswer(ScanTestAnswer.openapi('ScanTestAnswer'), 'What each attempt came to') },
});

export function scanTests(app: App): void {
  app.openapi(test, async (c) => {
    const { store_id } = c.req.valid('param');
    if (!(await hasStore(openDb(c.env.DB), c.get('principal').retailer_id, store_id)))
      return refuse(c, 'not_found');
    const answer = await c.env.STORE.getByName(store_id).explainScan(c.req.valid('json'));
    return answer === null ? refuse(c, 'not_published') : c.json(answer, 200);
  });
}
