import { createRoute, z } from '@hono/zod-openapi';
import { EpcHex, Instant } from '../../../shared/api/common.ts';
import { DeviceId } from '../../../shared/ids/index.ts';
import { ReadsBody } from '../../exit/reads.ts';
import { requireRole } from '../auth.ts';
import type { AgentParts, App } from '../context.ts';
import { BEARER, BODY_REFUSALS, jsonAnswer, jsonBody, NOT_FOUND, TOKEN_REFUSALS } from '../describe.ts';
import { refuse } from '../refuse.ts';

export const Decision = z.object({
  id: z.string(),
  decision: z.enum(['open', 'alarm', 'ignore']),
  epcs: z.array(
    z.object({
      epc: EpcHex,
      status: z.enum(['sold', 'unsold', 'unknown', 'foreign']),
      order_id: z.string().optional(),
      name: z.string().optional(),
    }),
  ),
  /** Only of a pass: staff must look into the bag first, then the shopper has a new pass. */
  reason: z.enum(['verification_pending']).optional(),
  at: Instant,
  /** When the edge was last heard: what happened there since is not known here. */
  as_of: Instant.optional(),
});

/** Whether this store has such a gate. */
export function isGate(parts: AgentParts, gateId: string): boolean {
  const enrolled =
    parts.state.config?.devices.some((one) => one.kind === 'gate' && one.id === gateId) === true;
  return enrolled || parts.config.readers.some((reader) => reader.gate_id === gateId);
}

export function gates(app: App, parts: AgentParts): void {
  const reads = createRoute({
    method: 'post',
    path: '/v1/gates/{gate_id}/reads',
    tags: ['Gates'],
    summary: 'Tags that a gate read: what shall it do',
    description:
      'The same body and answer as on MQTT. Works with a full disk and without a line to the edge.',
    security: BEARER,
    middleware: [requireRole(parts)] as const,
    request: { params: z.object({ gate_id: DeviceId }), body: jsonBody(ReadsBody) },
    responses: {
      200: jsonAnswer(Decision, 'The decision'),
      ...TOKEN_REFUSALS,
      ...BODY_REFUSALS,
      ...NOT_FOUND,
    },
  });

  app.openapi(reads, async (c) => {
    const { gate_id } = c.req.valid('param');
    if (!isGate(parts, gate_id)) return refuse(c, 'not_found');
    const body = c.req.valid('json');
    const message = { id: body.id, reads: body.reads, direction: body.direction };
    const traceparent = c.req.header('traceparent');
    return c.json(await parts.gate.answer({ gateId: gate_id, message, source: 'http', traceparent }), 200);
  });
}
