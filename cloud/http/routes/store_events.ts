import { z } from '@hono/zod-openapi';
import { and, eq, or, type SQL, sql } from 'drizzle-orm';
import { Instant } from '../../../shared/api/common.ts';
import { listOf } from '../../../shared/http/list.ts';
import { StoreId } from '../../../shared/ids/index.ts';
import { openDb } from '../../db/client.ts';
import { agentReport } from '../../db/schema.ts';
import type { Principal } from '../../staff/principal.ts';
import type { App } from '../context.ts';
import { ListQuery, readPage } from '../page.ts';
import { refused } from '../refuse.ts';
import { guarded, jsonAnswer, STAFF } from '../route.ts';

const Detail = z.record(z.string(), z.unknown());

const GateEvent = z
  .object({
    id: z.string(),
    store_id: StoreId,
    agent: z.string(),
    kind: z.string(),
    data: Detail,
    at: Instant,
  })
  .openapi('GateEvent');

const EventQuery = ListQuery.extend({ store_id: StoreId.optional(), kind: z.string().max(64).optional() });

const listGateEvents = guarded(STAFF, {
  method: 'get',
  path: '/v1/gate_events',
  tags: ['Store floor'],
  summary: 'What the gates answered, alarms among it, and which exit passes were shown',
  request: { query: EventQuery },
  responses: { 200: jsonAnswer(listOf(GateEvent), 'Newest first') },
});

export function storeEvents(app: App): void {
  app.openapi(listGateEvents, async (c) => {
    const db = openDb(c.env.DB);
    const { store_id, kind, ...query } = c.req.valid('query');
    const ours = reached(c.get('principal'));
    const atGates = or(sql`${agentReport.kind} LIKE 'gate.%'`, sql`${agentReport.kind} LIKE 'exit_pass.%'`);
    const at = async (id: string) => {
      const [row] = await db
        .select({ at: agentReport.at, id: agentReport.id })
        .from(agentReport)
        .where(and(ours, eq(agentReport.id, id)));
      return row === undefined ? null : [row.at, row.id];
    };
    const order = { columns: [agentReport.at, agentReport.id], direction: 'descending', at } as const;
    const page = await readPage(query, order, ({ within, orderBy, limit }) =>
      db
        .select({
          id: agentReport.id,
          store_id: agentReport.store_id,
          agent: agentReport.agent,
          kind: agentReport.kind,
          data: agentReport.data,
          at: agentReport.at,
        })
        .from(agentReport)
        .where(and(ours, atGates, narrowed(store_id, kind), within))
        .orderBy(...orderBy)
        .limit(limit),
    );
    if (!page.ok) return refused(c, page.error);
    const data = page.value.data.map((row) => ({ ...row, data: Detail.parse(JSON.parse(row.data)) }));
    return c.json({ data, has_more: page.value.has_more }, 200);
  });
}

const reached = ({ retailer_id, store_id }: Principal): SQL | undefined =>
  and(
    eq(agentReport.retailer_id, retailer_id),
    store_id === null ? undefined : eq(agentReport.store_id, store_id),
  );

const narrowed = (store_id: StoreId | undefined, kind: string | undefined): SQL | undefined =>
  and(
    store_id === undefined ? undefined : eq(agentReport.store_id, store_id),
    kind === undefined ? undefined : eq(agentReport.kind, kind),
  );
