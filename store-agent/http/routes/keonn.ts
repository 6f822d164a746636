import { randomBytes } from 'node:crypto';
import { getConnInfo } from '@hono/node-server/conninfo';
import { z } from '@hono/zod-openapi';
import { uuidv7 } from '../../../shared/ids/index.ts';
import { gateOf } from '../../gate/gate_keys.ts';
import { keonnCall } from '../../gate/keonn_call.ts';
import type { AgentParts, App, Ctx } from '../context.ts';
import { BODY_BYTES_MAX } from '../limits.ts';
import { refuse } from '../refuse.ts';

const Epcs = z.object({ epcs: z.array(z.string()) });
const Marks = z.record(z.string(), z.enum(['0', '1']));
const json = (schema: z.ZodType, description: string) => ({
  content: { 'application/json': { schema } },
  description,
});

/**
 * The Keonn-compatible query, for gates that speak it, on the main port as on their own. Registered before
 * the rules for bodies: garbage is 422 here, and hardware may name no content type.
 */
export function keonn(app: App, parts: AgentParts): void {
  for (const path of ['/rfid/keonn/check-epcs/', '/rfid/keonn/{token}/check-epcs/']) {
    app.openAPIRegistry.registerPath({
      method: 'post',
      path,
      tags: ['Gates'],
      summary: 'Are these tags sold (Keonn-compatible)',
      description:
        'Signs in with the gate’s Basic credentials, its secret in `X-Gate-Key`, or the path token of its address. ' +
        '200 when every one is sold, else 400; keys as they were spelt, in order.',
      request: {
        ...(path.includes('token') ? { params: z.object({ token: z.string() }) } : {}),
        body: { content: { 'application/json': { schema: Epcs } } },
      },
      responses: {
        200: json(Marks, 'All sold'),
        400: json(Marks, 'At least one is not'),
        401: { description: 'No gate of this store' },
        413: { description: 'Body too large' },
        422: json(z.object({ error: z.string() }), 'Not a question'),
        503: { description: 'The agent has never reached the edge and knows no gates yet' },
      },
    });
  }
  const answer = async (c: Ctx): Promise<Response> => {
    const gates = parts.state.config?.devices.filter((one) => one.kind === 'gate');
    if (gates === undefined) return refuse(c, 'store_unavailable');
    const gateId = gateOf(
      {
        authorization: c.req.header('authorization'),
        gateKey: c.req.header('x-gate-key'),
        pathToken: c.req.param('token'),
        remote: getConnInfo(c).remote.address ?? '',
      },
      gates,
      parts.config.gate_http?.path_tokens ?? [],
    );
    if (gateId === null) return refuse(c, 'unauthenticated');
    if (Number(c.req.header('content-length') ?? 0) > BODY_BYTES_MAX) return refuse(c, 'body_too_large');
    const { status, body } = await keonnCall(
      {
        answer: (id, message) => parts.gate.answer({ gateId: id, message, source: 'http' }),
        newId: () => `rds_${uuidv7(parts.now(), randomBytes(10))}`,
        onDegraded: (gate_id, reason) => parts.state.record('gate.degraded', { gate_id, reason }),
      },
      gateId,
      await c.req.text(),
    );
    return new Response(body, { status, headers: { 'content-type': 'application/json' } });
  };
  app.post('/rfid/keonn/check-epcs/', answer);
  app.post('/rfid/keonn/:token/check-epcs/', answer);
}
