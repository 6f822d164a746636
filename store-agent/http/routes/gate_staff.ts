import { randomBytes } from 'node:crypto';
import { createRoute, z } from '@hono/zod-openapi';
import type { MiddlewareHandler } from 'hono';
import { Instant } from '../../../shared/api/common.ts';
import type { Role } from '../../../shared/auth/claims.ts';
import { DeviceId, uuidv7 } from '../../../shared/ids/index.ts';
import { BY_HAND } from '../../exit/accept_pass.ts';
import { MUTE_MINUTES_MAX } from '../../exit/mutes.ts';
import { requireRole } from '../auth.ts';
import type { AgentContext, AgentParts, App } from '../context.ts';
import {
  BEARER,
  BODY_REFUSALS,
  DISK_FULL,
  idempotent,
  jsonAnswer,
  jsonBody,
  NOT_FOUND,
  TOKEN_REFUSALS,
} from '../describe.ts';
import { floorGates } from '../floor_view.ts';
import { onceOnly } from '../once.ts';
import { refuse } from '../refuse.ts';
import { isGate } from './gates.ts';

/** A gate is opened or silenced by people, who answer for it. */
const STAFF: readonly Role[] = ['admin', 'manager', 'cashier'];
const GatePath = z.object({ gate_id: DeviceId });
const reason = z.string().trim().min(1).max(500);
/** The person, where the account is shared by many. */
const staff = z.string().trim().min(1).max(100).optional();

const Override = z.object({
  id: z.string(),
  gate_id: DeviceId,
  reason: z.string(),
  staff: z.string(),
  at: Instant,
});
const Mute = z.object({ gate_id: DeviceId, muted_until: Instant.nullable() });

/** What staff do at a gate by hand: open it, and silence it while they fill shelves beside it. */
export function gateStaff(app: App, parts: AgentParts): void {
  const once = onceOnly(parts);
  const middleware: [MiddlewareHandler<AgentContext>] = [requireRole(parts, STAFF)];
  const refusals = { ...TOKEN_REFUSALS, ...BODY_REFUSALS, ...NOT_FOUND, ...DISK_FULL };
  const open = createRoute({
    method: 'post',
    path: '/v1/gates/{gate_id}/overrides',
    tags: ['Gates'],
    summary: 'Opens a gate by a named person, for a reason',
    description: 'Ends an alarm that sounds there, and is recorded before the gate moves.',
    security: BEARER,
    middleware,
    request: { params: GatePath, headers: idempotent, body: jsonBody(z.strictObject({ reason, staff })) },
    responses: { 201: jsonAnswer(Override, 'Opened'), ...refusals },
  });
  const mute = createRoute({
    method: 'put',
    path: '/v1/gates/{gate_id}/mute',
    tags: ['Gates'],
    summary: 'Silences a gate’s alarm for a while, or ends that with 0 minutes',
    description: 'Reads are answered as ever; lamps, sirens and records hold still.',
    security: BEARER,
    middleware,
    request: {
      params: GatePath,
      body: jsonBody(z.strictObject({ minutes: z.int().min(0).max(MUTE_MINUTES_MAX), reason, staff })),
    },
    responses: { 200: jsonAnswer(Mute, 'As it is now'), ...refusals },
  });

  app.openapi(open, (c) =>
    once(c, (remember) => {
      const { gate_id } = c.req.valid('param');
      if (!isGate(parts, gate_id)) return refuse(c, 'not_found');
      const body = c.req.valid('json');
      const nowMs = parts.now();
      const override = {
        id: `ovr_${uuidv7(nowMs, randomBytes(10))}`,
        gate_id,
        reason: body.reason,
        staff: body.staff ?? c.get('claims').sub,
        at: new Date(nowMs).toISOString(),
      };
      const written = parts.state.write((tables) => {
        const { id, ...told } = override;
        tables.journal.append(nowMs, 'gate.override', { ...told, read_id: id, account: c.get('claims').sub });
        remember(tables, 201, override);
      });
      if (!written.ok) return refuse(c, 'disk_full');
      parts.state.reportsChanged();
      const { id, at } = override;
      const decision = { id, decision: 'open' as const, epcs: [], at };
      parts.onByHand({ ...decision, ...BY_HAND, gate_id, source: 'override', took_us: 0 });
      return c.json(override, 201);
    }),
  );

  app.openapi(mute, (c) => {
    const { gate_id } = c.req.valid('param');
    if (!isGate(parts, gate_id)) return refuse(c, 'not_found');
    const { minutes, ...body } = c.req.valid('json');
    const account = c.get('claims').sub;
    const by = { reason: body.reason, staff: body.staff ?? account, account };
    if (!parts.mutes.mute(gate_id, minutes, by).ok) return refuse(c, 'disk_full');
    const now = floorGates(parts).find((gate) => gate.gate_id === gate_id);
    if (now !== undefined) parts.activity.emit({ event: 'gate', data: now });
    return c.json({ gate_id, muted_until: now?.muted_until ?? null }, 200);
  });
}
