import { createRoute, z } from '@hono/zod-openapi';
import { REFERENCE_CSP, renderReference } from '../../../shared/http/reference.ts';
import { TillReport } from '../../till/report.ts';
import type { AgentParts, App } from '../context.ts';
import { jsonAnswer, NOT_READY, textAnswer } from '../describe.ts';
import { FloorDevice } from '../floor_schema.ts';
import { refuse } from '../refuse.ts';

const DOCUMENT = {
  openapi: '3.1.0' as const,
  info: {
    title: 'Sesame store agent',
    version: '1.0.0',
    description:
      'In the store: gates, exit passes and printing, with or without a line to the edge. Errors are RFC 9457 problem details.',
    license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
  },
  servers: [{ url: '/' }],
};

const Alive = z.object({ status: z.literal('ok') });
const Sync = z.object({
  link: z.enum(['down', 'syncing', 'up']),
  epoch: z.string().nullable(),
  cursor: z.int(),
  backlog: z.int(),
  oldest_unsynced_ms: z.int(),
  clock_offset_ms: z.int(),
  till: TillReport,
});
const Health = z.object({
  status: z.enum(['ok', 'degraded']),
  disk: z.enum(['ok', 'full']),
  disk_detail: z.string(),
  link: z.object({ state: z.enum(['down', 'syncing', 'up']), since: z.string(), detail: z.string() }),
  devices: z.array(FloorDevice),
  /** Records of tills that were changed, that the edge refused, or that it misses and nobody has. */
  till: TillReport.pick({ damaged: true, refused: true, gaps: true }),
});

/** What the agent says of itself. These routes need no token: they tell of the machine, not of the trade. */
export function service(app: App, parts: AgentParts): void {
  const { state, link } = parts;
  app.openAPIRegistry.registerComponent('securitySchemes', 'bearer', {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
  });
  const describe = (path: string, summary: string) => ({
    method: 'get' as const,
    path,
    tags: ['Service'],
    summary,
  });

  app.openapi(
    createRoute({
      ...describe('/livez', 'Is the process alive'),
      responses: { 200: jsonAnswer(Alive, 'Alive') },
    }),
    (c) => c.json({ status: 'ok' as const }, 200),
  );

  app.openapi(
    createRoute({
      ...describe('/readyz', 'Does it know its store, so that it can answer'),
      responses: { 200: jsonAnswer(Alive, 'Ready'), ...NOT_READY },
    }),
    (c) => {
      if (state.config !== null && state.jwks !== null) return c.json({ status: 'ok' as const }, 200);
      return refuse(c, 'store_unavailable', { detail: 'the agent has not reached the edge yet' });
    },
  );

  app.openapi(
    createRoute({
      ...describe('/healthz', 'Devices, disk and link'),
      responses: { 200: jsonAnswer(Health, 'Health') },
    }),
    (c) => {
      const devices = parts.devices();
      const till = parts.till.report();
      const well =
        [till.damaged, till.refused, till.gaps].every((faults) => faults.length === 0) &&
        state.disk.state === 'ok' &&
        link.status().state === 'up' &&
        devices.every((one) => one.state === 'online');
      return c.json(
        {
          status: well ? ('ok' as const) : ('degraded' as const),
          disk: state.disk.state,
          disk_detail: state.disk.detail,
          link: link.status(),
          devices,
          till: { damaged: till.damaged, refused: till.refused, gaps: till.gaps },
        },
        200,
      );
    },
  );

  app.openapi(
    createRoute({
      ...describe('/syncz', 'How far in step with the edge'),
      responses: { 200: jsonAnswer(Sync, 'In step') },
    }),
    (c) => {
      const backlog = state.tables.journal.backlog();
      return c.json(
        {
          link: link.status().state,
          epoch: state.epoch,
          cursor: state.cursor,
          backlog: backlog.count,
          oldest_unsynced_ms: ageMs(backlog.oldest, parts.now()),
          clock_offset_ms: link.clockOffsetMs,
          till: parts.till.report(),
        },
        200,
      );
    },
  );

  app.openapi(
    createRoute({
      ...describe('/metrics', 'Prometheus metrics'),
      responses: { 200: textAnswer('Text exposition', 'text/plain') },
    }),
    (c) => {
      const backlog = state.tables.journal.backlog();
      const mqtt = parts.bus.gauges();
      const till = parts.till.report();
      const text = parts.metrics.render({
        sesame_till_unsent: till.unsent.count,
        sesame_till_unsent_amount: till.unsent.total,
        sesame_till_damaged: till.damaged.length,
        sesame_till_refused: till.refused.length,
        sesame_shelf_version: till.shelf_version,
        sesame_feed_cursor: state.cursor,
        sesame_feed_unwritten_frames: link.waitingForDisk,
        sesame_outbox_backlog: backlog.count,
        sesame_outbox_oldest_seconds: ageMs(backlog.oldest, parts.now()) / 1000,
        sesame_records_lost_total: state.lostRecords,
        sesame_link_up: link.linked() ? 1 : 0,
        sesame_disk_full: state.disk.state === 'full' ? 1 : 0,
        sesame_tags: state.book.size,
        sesame_mqtt_clients: parts.bus.connectedClients,
        sesame_mqtt_connections: mqtt.connections,
        sesame_mqtt_retained_messages: mqtt.retained,
        sesame_mqtt_retained_bytes: mqtt.retainedBytes,
        sesame_mqtt_queued_messages: mqtt.queued,
        sesame_mqtt_queued_bytes: mqtt.queuedBytes,
        sesame_mqtt_store_up: mqtt.store.state === 'ok' ? 1 : 0,
        sesame_mqtt_commands_open: parts.commands.openCount,
        ...vendorGauges(parts),
        sesame_clock_offset_seconds: link.clockOffsetMs / 1000,
        sesame_device_up: parts.devices().map((one) => ({
          labels: { device: one.id, kind: one.kind },
          value: one.state === 'online' ? 1 : 0,
        })),
      });
      return c.body(text, 200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' });
    },
  );

  app.openapi(
    createRoute({
      ...describe('/openapi.json', 'This description'),
      responses: { 200: textAnswer('OpenAPI 3.1', 'application/json') },
    }),
    (c) => c.json(app.getOpenAPI31Document(DOCUMENT), 200),
  );

  app.openapi(
    createRoute({
      ...describe('/docs', 'The same to read'),
      responses: { 200: textAnswer('A page', 'text/html') },
    }),
    (c) => {
      c.header('content-security-policy', REFERENCE_CSP);
      return c.html(renderReference(app.getOpenAPI31Document(DOCUMENT), DOCUMENT.info.title));
    },
  );
}

function vendorGauges({ vendors, now }: AgentParts) {
  const all = vendors.list();
  const of = (value: (one: (typeof all)[number]) => number) =>
    all.map((one) => ({ labels: { vendor: one.id }, value: value(one) }));
  return {
    sesame_vendor_waiting: of((one) => one.waiting),
    sesame_vendor_oldest_seconds: of(({ oldest_at }) =>
      oldest_at === null ? 0 : Math.max(0, now() - oldest_at) / 1000,
    ),
    sesame_vendor_dead: of((one) => one.dead),
    sesame_vendor_circuit_open: of((one) => (one.circuitOpen ? 1 : 0)),
  };
}

export function ageMs(since: string | null, nowMs: number): number {
  return since === null ? 0 : Math.max(0, nowMs - Date.parse(since));
}
