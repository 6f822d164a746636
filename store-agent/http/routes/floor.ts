import { createRoute } from '@hono/zod-openapi';
import { requireRole } from '../auth.ts';
import type { AgentParts, App } from '../context.ts';
import { BEARER, jsonAnswer, TOKEN_REFUSALS, textAnswer } from '../describe.ts';
import { Floor, type FloorEvent } from '../floor_schema.ts';
import { floorGates, floorLink, floorPrint } from '../floor_view.ts';
import { refuse } from '../refuse.ts';

export const PRINTS_SHOWN_MAX = 20;
const ALARMS_SHOWN_MAX = 50;
const WATCHERS_MAX = 16;
const HEARTBEAT_MS = 10_000;
/** A page that does not read is cut off here; it comes back and reads the whole state again. */
const EVENTS_QUEUED_MAX = 500;

export function floor(app: App, parts: AgentParts): void {
  const { state, activity } = parts;
  const read = createRoute({
    method: 'get',
    path: '/v1/floor',
    tags: ['Floor'],
    summary: 'The store floor as it is now',
    security: BEARER,
    middleware: [requireRole(parts)] as const,
    responses: {
      200: jsonAnswer(Floor, 'Link, devices, alarms, the latest decisions and prints'),
      ...TOKEN_REFUSALS,
    },
  });
  const stream = createRoute({
    method: 'get',
    path: '/v1/floor/stream',
    tags: ['Floor'],
    summary: 'The store floor as it changes',
    description:
      'Server-sent events `link`, `call`, `device`, `decision`, `alarm`, `gate`, `print`, `reads`, `scan` and `input`; their data are the pieces of `/v1/floor`.',
    security: BEARER,
    middleware: [requireRole(parts)] as const,
    responses: { 200: textAnswer('Events, for ever', 'text/event-stream'), ...TOKEN_REFUSALS },
  });

  app.openapi(read, (c) =>
    c.json(
      {
        store: { id: parts.config.store_id, name: state.config?.name ?? '' },
        disk: state.disk.state,
        tags: state.book.size,
        link: floorLink(parts),
        devices: parts.devices(),
        alarms: state.tables.alarms.page(['open', 'acknowledged'], null, ALARMS_SHOWN_MAX),
        gates: floorGates(parts),
        decisions: [...activity.decisions()],
        prints: state.tables.printJobs.newest(PRINTS_SHOWN_MAX).map(floorPrint),
      },
      200,
    ),
  );

  app.openapi(stream, (c) => {
    if (activity.watchers >= WATCHERS_MAX)
      return refuse(c, 'store_unavailable', { detail: 'too many are watching' });
    c.header('content-type', 'text/event-stream');
    c.header('cache-control', 'no-store');
    return c.body(eventStream(parts), 200);
  });
}

function eventStream(parts: AgentParts): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let end = (): void => {};
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        const say = (text: string): void => {
          if ((controller.desiredSize ?? 0) > -EVENTS_QUEUED_MAX) controller.enqueue(encoder.encode(text));
          else {
            end();
            controller.close();
          }
        };
        const tell = (event: FloorEvent): void =>
          say(`event: ${event.event}\ndata: ${JSON.stringify(event.data)}\n\n`);
        const unwatch = parts.activity.watch(tell);
        const heartbeat = setInterval(() => say(': alive\n\n'), HEARTBEAT_MS);
        end = () => {
          unwatch();
          clearInterval(heartbeat);
        };
        say('retry: 1000\n\n');
        tell({ event: 'link', data: floorLink(parts) });
      },
      cancel: () => end(),
    },
    new CountQueuingStrategy({ highWaterMark: 16 }),
  );
}
