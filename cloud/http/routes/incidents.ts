import { z } from '@hono/zod-openapi';
import { and, eq, isNull, sql } from 'drizzle-orm';
import { listOf } from '../../../shared/http/list.ts';
import { StoreId } from '../../../shared/ids/index.ts';
import { openDb } from '../../db/client.ts';
import { incident, incidentCare, store } from '../../db/schema.ts';
import { Acknowledge, acknowledgeIncident, Resolve, resolveIncident } from '../../incident/care.ts';
import {
  describeIncidents,
  INCIDENT_COLUMNS,
  Incident,
  IncidentStatus,
  inStatus,
  itsCare,
  itsStore,
  reachedIncidents,
} from '../../incident/incident.ts';
import { commitOnce } from '../commit.ts';
import type { App } from '../context.ts';
import { ListQuery, readPage } from '../page.ts';
import { refused } from '../refuse.ts';
import { guarded, guardedWrite, IdempotencyHeader, jsonAnswer, jsonBody, MANAGERS, STAFF } from '../route.ts';

const IncidentSchema = Incident.openapi('Incident');
const IncidentPath = z.object({ incident_id: z.string().max(100) });
const Counts = z.object({ open: z.number().int(), acknowledged: z.number().int() });

const list = guarded(STAFF, {
  method: 'get',
  path: '/v1/incidents',
  tags: ['Store floor'],
  summary: 'What went wrong with goods or money and waits for staff',
  request: {
    query: ListQuery.extend({
      store_id: StoreId.optional(),
      kind: z.string().max(64).optional(),
      status: IncidentStatus.optional(),
    }),
  },
  responses: { 200: jsonAnswer(listOf(IncidentSchema), 'Newest first') },
});

const count = guarded(STAFF, {
  method: 'get',
  path: '/v1/incident_counts',
  tags: ['Store floor'],
  summary: 'How many incidents nobody has resolved',
  responses: { 200: jsonAnswer(Counts, 'Within your reach') },
});

const acknowledge = guardedWrite(STAFF, {
  method: 'post',
  path: '/v1/incidents/{incident_id}/acknowledge',
  tags: ['Store floor'],
  summary: 'Say who looks after an incident',
  request: { params: IncidentPath, headers: IdempotencyHeader, body: jsonBody(Acknowledge) },
  responses: { 200: jsonAnswer(IncidentSchema, 'The incident') },
});

const resolve = guardedWrite(MANAGERS, {
  method: 'post',
  path: '/v1/incidents/{incident_id}/resolve',
  tags: ['Store floor'],
  summary: 'Close an incident with what was done about it',
  request: { params: IncidentPath, headers: IdempotencyHeader, body: jsonBody(Resolve) },
  responses: { 200: jsonAnswer(IncidentSchema, 'The incident') },
});

export function incidents(app: App): void {
  app.openapi(list, async (c) => {
    const db = openDb(c.env.DB);
    const { store_id, kind, status, ...query } = c.req.valid('query');
    const principal = c.get('principal');
    const ours = reachedIncidents(principal);
    const at = async (id: string) => {
      const [row] = await db
        .select({ at: incident.at, id: incident.id })
        .from(incident)
        .where(and(ours, eq(incident.id, id)));
      return row === undefined ? null : [row.at, row.id];
    };
    const narrowed = and(
      store_id === undefined ? undefined : eq(incident.store_id, store_id),
      kind === undefined ? undefined : eq(incident.kind, kind),
      status === undefined ? undefined : inStatus(status),
    );
    const order = { columns: [incident.at, incident.id], direction: 'descending', at } as const;
    const page = await readPage(query, order, ({ within, orderBy, limit }) =>
      db
        .select(INCIDENT_COLUMNS)
        .from(incident)
        .innerJoin(store, itsStore)
        .leftJoin(incidentCare, itsCare)
        .where(and(ours, narrowed, within))
        .orderBy(...orderBy)
        .limit(limit),
    );
    if (!page.ok) return refused(c, page.error);
    const data = await describeIncidents(db, principal, page.value.data);
    return c.json({ data, has_more: page.value.has_more }, 200);
  });

  app.openapi(count, async (c) => {
    const [row] = await openDb(c.env.DB)
      .select({
        open: sql<number>`count(*) FILTER (WHERE ${incidentCare.acknowledged_at} IS NULL)`,
        acknowledged: sql<number>`count(*) FILTER (WHERE ${incidentCare.acknowledged_at} IS NOT NULL)`,
      })
      .from(incident)
      .leftJoin(incidentCare, itsCare)
      .where(and(reachedIncidents(c.get('principal')), isNull(incidentCare.resolved_at)));
    return c.json({ open: row?.open ?? 0, acknowledged: row?.acknowledged ?? 0 }, 200);
  });

  app.openapi(acknowledge, (c) =>
    commitOnce(c, Incident, 200, (db, act) =>
      acknowledgeIncident(db, act, c.req.valid('param').incident_id, c.req.valid('json')),
    ),
  );

  app.openapi(resolve, (c) =>
    commitOnce(c, Incident, 200, (db, act) =>
      resolveIncident(db, act, c.env.STORE, c.req.valid('param').incident_id, c.req.valid('json')),
    ),
  );
}
