import { createRoute, z } from '@hono/zod-openapi';
import type { MiddlewareHandler } from 'hono';
import type { Role } from '../../../shared/auth/claims.ts';
import { ListQuery, listOf } from '../../../shared/http/list.ts';
import { AlarmId } from '../../../shared/ids/index.ts';
import { Alarm, AlarmResolution, AlarmState, NAME_CHARS_MAX, NOTE_CHARS_MAX } from '../../alarms/alarm.ts';
import type { AlarmRefusal } from '../../alarms/alarms.ts';
import { requireRole } from '../auth.ts';
import type { AgentContext, AgentParts, App, Ctx } from '../context.ts';
import {
  BEARER,
  BODY_REFUSALS,
  CONFLICT,
  DISK_FULL,
  jsonAnswer,
  jsonBody,
  NOT_FOUND,
  TOKEN_REFUSALS,
  UNREADABLE,
} from '../describe.ts';
import { refuse } from '../refuse.ts';

/** People answer for alarms; a kiosk shows none and ends none. */
const STAFF: readonly Role[] = ['admin', 'manager', 'cashier'];

const name = z.string().trim().min(1).max(NAME_CHARS_MAX);
const AlarmPath = z.object({ alarm_id: AlarmId });

export function alarms(app: App, parts: AgentParts): void {
  const middleware: [MiddlewareHandler<AgentContext>] = [requireRole(parts, STAFF)];
  const staff = { security: BEARER, middleware, tags: ['Alarms'] };
  const change = { ...TOKEN_REFUSALS, ...BODY_REFUSALS, ...NOT_FOUND, ...CONFLICT, ...DISK_FULL };
  const list = createRoute({
    ...staff,
    method: 'get',
    path: '/v1/alarms',
    summary: 'What gates alarmed about, newest first',
    description: 'Without `state`: those that nobody has resolved.',
    request: { query: ListQuery.omit({ ending_before: true }).extend({ state: AlarmState.optional() }) },
    responses: { 200: jsonAnswer(listOf(Alarm), 'A page'), ...TOKEN_REFUSALS, ...UNREADABLE },
  });
  const acknowledge = createRoute({
    ...staff,
    method: 'post',
    path: '/v1/alarms/{alarm_id}/acknowledgements',
    summary: 'Say by name that somebody looks after an alarm',
    description: 'The first one stands; saying it again changes nothing.',
    request: { params: AlarmPath, body: jsonBody(z.strictObject({ name })) },
    responses: { 200: jsonAnswer(Alarm, 'The alarm'), ...change },
  });
  const resolve = createRoute({
    ...staff,
    method: 'post',
    path: '/v1/alarms/{alarm_id}/resolutions',
    summary: 'Say by name how an alarm ended',
    description: 'The same end again changes nothing; another one is a conflict.',
    request: {
      params: AlarmPath,
      body: jsonBody(
        z.strictObject({
          name,
          resolution: AlarmResolution,
          note: z.string().trim().min(1).max(NOTE_CHARS_MAX).optional(),
        }),
      ),
    },
    responses: { 200: jsonAnswer(Alarm, 'The alarm, resolved'), ...change },
  });

  app.openapi(list, (c) => {
    const { limit, starting_after = null, state } = c.req.valid('query');
    const { alarms: table } = parts.state.tables;
    if (starting_after !== null && table.get(starting_after) === null)
      return refuse(c, 'invalid', {
        errors: [{ path: '/starting_after', code: 'unknown', message: 'no such alarm' }],
      });
    const states: AlarmState[] = state === undefined ? ['open', 'acknowledged'] : [state];
    const found = table.page(states, starting_after, limit + 1);
    return c.json({ data: found.slice(0, limit), has_more: found.length > limit }, 200);
  });
  app.openapi(acknowledge, (c) => {
    const by = { name: c.req.valid('json').name, account: c.get('claims').sub };
    const done = parts.alarms.acknowledge(c.req.valid('param').alarm_id, by);
    return done.ok ? c.json(done.value, 200) : refused(c, done.error);
  });
  app.openapi(resolve, (c) => {
    const { name: person, resolution, note = null } = c.req.valid('json');
    const by = { name: person, account: c.get('claims').sub };
    const done = parts.alarms.resolve(c.req.valid('param').alarm_id, by, { resolution, note });
    return done.ok ? c.json(done.value, 200) : refused(c, done.error);
  });
}

function refused(c: Ctx, refusal: AlarmRefusal) {
  return refusal.code === 'conflict'
    ? refuse(c, 'conflict', { detail: refusal.detail })
    : refuse(c, refusal.code);
}
