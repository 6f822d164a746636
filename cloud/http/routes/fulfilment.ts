import { z } from '@hono/zod-openapi';
import { and, eq } from 'drizzle-orm';
import { listOf } from '../../../shared/http/list.ts';
import { OrderId, StoreId } from '../../../shared/ids/index.ts';
import { CSV_HEADER, poslogCsv } from '../../../shared/poslog/csv.ts';
import { PosTransaction } from '../../../shared/poslog/transaction.ts';
import { poslogXml } from '../../../shared/poslog/xml.ts';
import { openDb } from '../../db/client.ts';
import { fulfilmentJob as table } from '../../db/schema.ts';
import { targetsOf } from '../../fulfilment/create_jobs.ts';
import { asJob, FulfilmentJob, JOB_COLUMNS, JobState, reachedJobs, retryJob } from '../../fulfilment/job.ts';
import { putTargets } from '../../fulfilment/put_targets.ts';
import { FulfilmentTargets } from '../../fulfilment/target.ts';
import { readTransaction } from '../../order/order.ts';
import { findStore } from '../../store/find_store.ts';
import { commit, commitOnce } from '../commit.ts';
import type { App } from '../context.ts';
import { ListQuery, readPage } from '../page.ts';
import { refuse, refused } from '../refuse.ts';
import {
  ADMIN,
  guarded,
  guardedWrite,
  IdempotencyHeader,
  jsonAnswer,
  jsonBody,
  MANAGERS,
  STAFF,
} from '../route.ts';
import { StorePath } from './stores.ts';

const Targets = FulfilmentTargets.openapi('FulfilmentTargets');
const Job = FulfilmentJob.openapi('FulfilmentJob');
const tags = ['Fulfilment'];

const readTargets = guarded(MANAGERS, {
  method: 'get',
  path: '/v1/stores/{store_id}/fulfilment_targets',
  tags,
  summary: 'Where the documents of a store’s orders go',
  request: { params: StorePath },
  responses: { 200: jsonAnswer(Targets, 'All of them') },
});

const writeTargets = guardedWrite(ADMIN, {
  method: 'put',
  path: '/v1/stores/{store_id}/fulfilment_targets',
  tags,
  summary: 'Replace where the documents of a store’s orders go',
  description:
    'Documents are signed with the Worker secret that `secret_ref` names. Only HTTPS, and no private address, but in a demo.',
  request: { params: StorePath, body: jsonBody(Targets) },
  responses: { 200: jsonAnswer(Targets, 'All of them') },
});

const list = guarded(MANAGERS, {
  method: 'get',
  path: '/v1/fulfilment_jobs',
  tags,
  summary: 'Documents on their way, and those that wait for a person',
  request: {
    query: ListQuery.extend({
      status: JobState.optional(),
      store_id: StoreId.optional(),
      order_id: OrderId.optional(),
    }),
  },
  responses: { 200: jsonAnswer(listOf(Job), 'Newest first') },
});

const retry = guardedWrite(MANAGERS, {
  method: 'post',
  path: '/v1/fulfilment_jobs/{job_id}/retry',
  tags,
  summary: 'Send a document that failed or was kept apart',
  description:
    'Somebody has looked at it. Its attempts count from the beginning; what is sent is what was kept.',
  request: { params: z.object({ job_id: z.string().max(100) }), headers: IdempotencyHeader },
  responses: { 200: jsonAnswer(Job, 'The job') },
});

const text = { schema: z.string() };
const poslog = guarded(STAFF, {
  method: 'get',
  path: '/v1/orders/{order_id}/poslog',
  tags,
  summary: 'What the retailer’s POSLog holds of an order',
  description:
    'Without `document` its sale, or the void of an order that was given up. `xml` is an ARTS POSLog 2.2 document; in `json` amounts are minor units.',
  request: {
    params: z.object({ order_id: OrderId }),
    query: z.object({
      format: z.enum(['xml', 'json', 'csv']).default('xml'),
      /** `sale`, `void`, or `return:` and a refund's id. */
      document: z.string().max(100).optional(),
    }),
  },
  responses: {
    200: {
      description: 'The document',
      content: {
        'application/xml': text,
        'application/json': { schema: PosTransaction },
        'text/csv': text,
      },
    },
  },
});

export function fulfilment(app: App): void {
  app.openapi(readTargets, async (c) => {
    const db = openDb(c.env.DB);
    const { store_id } = c.req.valid('param');
    const { retailer_id } = c.get('principal');
    if ((await findStore(db, retailer_id, store_id)) === null) return refuse(c, 'not_found');
    return c.json({ targets: await targetsOf(db, { retailer_id, store_id }) }, 200);
  });

  app.openapi(writeTargets, (c) =>
    commit(c, 200, (db, act) =>
      putTargets(db, act, c.req.valid('param').store_id, c.req.valid('json'), c.env.DEMO === '1'),
    ),
  );

  app.openapi(list, async (c) => {
    const db = openDb(c.env.DB);
    const { status, store_id, order_id, ...query } = c.req.valid('query');
    const ours = reachedJobs(c.get('principal'));
    const at = async (id: string) => {
      const [row] = await db
        .select({ created_at: table.created_at, id: table.id })
        .from(table)
        .where(and(ours, eq(table.id, id)));
      return row === undefined ? null : [row.created_at, row.id];
    };
    const narrowed = and(
      status === undefined ? undefined : eq(table.state, status),
      store_id === undefined ? undefined : eq(table.store_id, store_id),
      order_id === undefined ? undefined : eq(table.order_id, order_id),
    );
    const order = { columns: [table.created_at, table.id], direction: 'descending', at } as const;
    const page = await readPage(query, order, ({ within, orderBy, limit }) =>
      db
        .select(JOB_COLUMNS)
        .from(table)
        .where(and(ours, narrowed, within))
        .orderBy(...orderBy)
        .limit(limit),
    );
    if (!page.ok) return refused(c, page.error);
    return c.json({ data: page.value.data.map(asJob), has_more: page.value.has_more }, 200);
  });

  app.openapi(retry, (c) =>
    commitOnce(c, FulfilmentJob, 200, (db, act) => retryJob(db, act, c.req.valid('param').job_id)),
  );

  app.openapi(poslog, async (c) => {
    const { order_id } = c.req.valid('param');
    const { format, document } = c.req.valid('query');
    const transaction = await readTransaction(openDb(c.env.DB), c.get('principal'), order_id, document);
    if (transaction === null) return refuse(c, 'not_found');
    if (format === 'json') return c.json(transaction, 200);
    return format === 'xml'
      ? c.body(poslogXml(transaction), 200, { 'content-type': 'application/xml; charset=utf-8' })
      : c.body(CSV_HEADER + poslogCsv(transaction), 200, { 'content-type': 'text/csv; charset=utf-8' });
  });
}
