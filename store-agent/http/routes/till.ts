import { createRoute, z } from '@hono/zod-openapi';
import { DeviceId } from '../../../shared/ids/index.ts';
import { TillStatus } from '../../till/status.ts';
import { requireRole } from '../auth.ts';
import type { AgentParts, App } from '../context.ts';
import {
  BEARER,
  BODY_REFUSALS,
  CONFLICT,
  DISK_FULL,
  jsonAnswer,
  jsonBody,
  TOKEN_REFUSALS,
  textAnswer,
} from '../describe.ts';
import { eventStream } from '../event_stream.ts';
import { FloorCall } from '../floor_schema.ts';
import { refuse } from '../refuse.ts';
import { callerOf, TILL_ROLES } from '../till_caller.ts';

const WATCHERS_MAX = 64;
const STATUS_EVERY_MS = 5_000;
const CloseTill = z.strictObject({ device_id: DeviceId });
const Closed = z.object({ voided: z.int() });
/** `reason`: a code of the interface that the shopper met, or `help`. */
const CallStaff = z.strictObject({ reason: z.string().regex(/^[a-z_]{1,64}$/) });
const Waiting = z.object({ waiting: z.int() });

/** What a kiosk shows of its till, and what staff put right. */
export function tillService(app: App, parts: AgentParts): void {
  const { till } = parts;
  let watchers = 0;
  const common = { tags: ['Till'], security: BEARER };
  const sellers = { middleware: [requireRole(parts, TILL_ROLES)] };
  const managers = { middleware: [requireRole(parts, ['admin', 'manager'])] };

  const read = createRoute({
    ...common,
    ...sellers,
    method: 'get',
    path: '/v1/till',
    summary: 'Whether this till sells, how it is paid, and what a cut line still allows',
    responses: { 200: jsonAnswer(TillStatus, 'The till'), ...TOKEN_REFUSALS },
  });
  const stream = createRoute({
    ...common,
    ...sellers,
    method: 'get',
    path: '/v1/till/stream',
    summary: 'The same as it changes, and the codes that scanners of this till read',
    description: 'Server-sent events: `till` with the status, `scan` with `{code, symbology?}`.',
    responses: { 200: textAnswer('Events, for ever', 'text/event-stream'), ...TOKEN_REFUSALS },
  });
  const close = createRoute({
    ...common,
    ...managers,
    method: 'post',
    path: '/v1/till/close',
    summary: 'Give up the numbers that a till has left: they are reported as void',
    request: { body: jsonBody(CloseTill) },
    responses: {
      200: jsonAnswer(Closed, 'How many'),
      ...TOKEN_REFUSALS,
      ...BODY_REFUSALS,
      ...CONFLICT,
      ...DISK_FULL,
    },
  });
  const again = createRoute({
    ...common,
    ...managers,
    method: 'post',
    path: '/v1/till/upload',
    summary: 'Send every sale of this agent to the edge once more; the edge knows what it has',
    responses: {
      200: jsonAnswer(Waiting, 'Documents that wait to be sent'),
      ...TOKEN_REFUSALS,
      ...DISK_FULL,
    },
  });

  const callStaff = createRoute({
    ...common,
    ...sellers,
    method: 'post',
    path: '/v1/till/calls',
    summary: 'Ask for a member of staff: the store floor shows it',
    request: { body: jsonBody(CallStaff) },
    responses: { 202: jsonAnswer(FloorCall, 'What the floor shows'), ...TOKEN_REFUSALS, ...BODY_REFUSALS },
  });

  app.openapi(callStaff, (c) => {
    const { device_id } = callerOf(c, parts);
    const name = parts.state.config?.devices.find(({ id }) => id === device_id)?.name ?? device_id;
    const at = new Date(parts.now()).toISOString();
    const data = { device_id, name, reason: c.req.valid('json').reason, at };
    parts.activity.emit({ event: 'call', data });
    return c.json(data, 202);
  });
  app.openapi(read, (c) => {
    const status = till.status(callerOf(c, parts));
    return status === null ? refuse(c, 'store_unavailable') : c.json(status, 200);
  });
  app.openapi(stream, (c) => {
    if (watchers >= WATCHERS_MAX) return refuse(c, 'store_unavailable', { detail: 'too many are watching' });
    const caller = callerOf(c, parts);
    c.header('content-type', 'text/event-stream');
    c.header('cache-control', 'no-store');
    watchers += 1;
    const events = eventStream((tell) => {
      const show = (): void => {
        const status = till.status(caller);
        if (status !== null) tell('till', status);
      };
      show();
      const unwatch = parts.tillEvents.watch((event) => {
        if (event.event === 'changed') show();
        else if (event.device_id === null || event.device_id === caller.device_id) tell('scan', event.code);
      });
      const timer = setInterval(show, STATUS_EVERY_MS);
      return () => {
        watchers -= 1;
        unwatch();
        clearInterval(timer);
      };
    });
    return c.body(events, 200);
  });
  app.openapi(close, (c) => {
    const closed = till.closeLeases(c.req.valid('json').device_id);
    return closed.ok ? c.json(closed.value, 200) : refuse(c, closed.error.code, closed.error);
  });
  app.openapi(again, (c) => {
    const waiting = till.sendAgain();
    return waiting.ok ? c.json(waiting.value, 200) : refuse(c, waiting.error.code, waiting.error);
  });
}
