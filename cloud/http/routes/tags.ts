import { Count } from '../../catalog/put_items.ts';
import { PutTags, putTags } from '../../catalog/put_tags.ts';
import { commit } from '../commit.ts';
import type { App } from '../context.ts';
import { guardedWrite, jsonAnswer, jsonBody, MANAGERS } from '../route.ts';
import { StorePath } from './stores.ts';

const put = guardedWrite(MANAGERS, {
  method: 'put',
  path: '/v1/stores/{store_id}/tags',
  tags: ['Catalogue'],
  summary: 'Bind up to 1,000 RFID tags to items and bring them into a store, all or none',
  description: 'The store learns of them with its next publication.',
  request: { params: StorePath, body: jsonBody(PutTags.openapi('PutTags')) },
  responses: { 200: jsonAnswer(Count, 'How many') },
});

export function tags(app: App): void {
  app.openapi(put, (c) =>
    commit(c, 200, (db, act) => putTags(db, act, c.req.valid('param').store_id, c.req.valid('json'))),
  );
}
