import { z } from '@hono/zod-openapi';
import { and, eq } from 'drizzle-orm';
import { listOf } from '../../../shared/http/list.ts';
import { isDuplicate, openDb } from '../../db/client.ts';
import { publication as table } from '../../db/schema.ts';
import { hasStore } from '../../store/find_store.ts';
import {
  type CallWrites,
  PUBLICATION_COLUMNS,
  Publication,
  PublicationRow,
  runPublication,
} from '../../store/publication.ts';
import { actOfRequest, answerEarlier, keyedCall } from '../commit.ts';
import type { App } from '../context.ts';
import { abandon, findEarlier, reserve, settle } from '../idempotency.ts';
import { keysOf } from '../keys.ts';
import { ListQuery, readPage } from '../page.ts';
import { refuse, refused } from '../refuse.ts';
import { guarded, guardedWrite, IdempotencyHeader, jsonAnswer, MANAGERS } from '../route.ts';
import { StorePath } from './stores.ts';

const list = guarded(MANAGERS, {
  method: 'get',
  path: '/v1/stores/{store_id}/publications',
  tags: ['Stores'],
  summary: 'What was published to a store',
  request: { params: StorePath, query: ListQuery },
  responses: {
    200: jsonAnswer(
      listOf(PublicationRow.openapi('PublicationRow')),
      'Newest first; the cursor is a version',
    ),
  },
});

const create = guardedWrite(MANAGERS, {
  method: 'post',
  path: '/v1/stores/{store_id}/publications',
  tags: ['Stores'],
  summary: 'Publish settings, catalogue, promotions, devices and tags to the store',
  description:
    'From one scan to the next the store works with the new version. Publishing again is harmless.',
  request: {
    params: StorePath,
    headers: IdempotencyHeader,
    body: { required: false, content: { 'application/json': { schema: z.strictObject({}) } } },
  },
  responses: { 201: jsonAnswer(Publication.openapi('Publication'), 'What the store has now') },
});

export function publications(app: App): void {
  app.openapi(list, async (c) => {
    const db = openDb(c.env.DB);
    const { store_id } = c.req.valid('param');
    const { retailer_id } = c.get('principal');
    if (!(await hasStore(db, retailer_id, store_id))) return refuse(c, 'not_found');
    const ours = and(eq(table.retailer_id, retailer_id), eq(table.store_id, store_id));
    const at = async (version: string) => {
      const [row] = await db
        .select({ version: table.version })
        .from(table)
        .where(and(ours, eq(table.version, Number(version))));
      return row === undefined ? null : [row.version];
    };
    const page = await readPage(
      c.req.valid('query'),
      { columns: [table.version], direction: 'descending', at },
      ({ within, orderBy, limit }) =>
        db
          .select(PUBLICATION_COLUMNS)
          .from(table)
          .where(and(ours, within))
          .orderBy(...orderBy)
          .limit(limit),
    );
    return page.ok ? c.json(page.value, 200) : refused(c, page.error);
  });

  app.openapi(create, async (c) => {
    const db = openDb(c.env.DB);
    const act = actOfRequest(c);
    const call = await keyedCall(c);
    const keys = await keysOf(c.env);
    if (call !== null) {
      const earlier = await findEarlier(db, keys, act, call);
      if (earlier.kind !== 'none') return answerEarlier(c, Publication, 201, earlier);
    }
    const writes: CallWrites = {
      begin: call === null ? [] : reserve(db, act, call),
      done: async (body) => (call === null ? [] : [await settle(db, keys, call, body)]),
      failed: call === null ? [] : [abandon(db, call)],
    };
    try {
      const run = { db, stores: c.env.STORE, clock: () => Date.now() };
      const answer = await runPublication(run, act, c.req.valid('param').store_id, writes);
      return answer.ok ? c.json(answer.value, 201) : refused(c, answer.error);
    } catch (error) {
      if (!isDuplicate(error, 'idempotency.key')) throw error;
      return refuse(c, 'idempotency_in_flight');
    }
  });
}
