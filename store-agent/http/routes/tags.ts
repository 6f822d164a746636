import { createRoute, z } from '@hono/zod-openapi';
import { EpcHex } from '../../../shared/api/common.ts';
import { canonicalEpc } from '../../../shared/catalog/epc.ts';
import { EPC_TEXT_CHARS_MAX } from '../../exit/reads.ts';
import { requireRole } from '../auth.ts';
import type { AgentParts, App } from '../context.ts';
import { BEARER, jsonAnswer, TOKEN_REFUSALS, UNREADABLE } from '../describe.ts';
import { refuse } from '../refuse.ts';

const Tag = z.object({
  epc: EpcHex,
  status: z.enum(['sold', 'unsold', 'unknown', 'foreign']),
  order_id: z.string().optional(),
  name: z.string().optional(),
});

export function tags(app: App, parts: AgentParts): void {
  const read = createRoute({
    method: 'get',
    path: '/v1/tags/{epc}',
    tags: ['Gates'],
    summary: 'What this store knows of one tag',
    description:
      'Answered from memory, with or without a line to the edge. The EPC may be hex in any case or an EPC URI.',
    security: BEARER,
    middleware: [requireRole(parts)] as const,
    request: { params: z.object({ epc: z.string().max(EPC_TEXT_CHARS_MAX) }) },
    responses: { 200: jsonAnswer(Tag, 'The tag'), ...TOKEN_REFUSALS, ...UNREADABLE },
  });

  app.openapi(read, (c) => {
    const epc = canonicalEpc(c.req.valid('param').epc);
    if (!epc.ok) return refuse(c, 'bad_code', { detail: `not an EPC: ${epc.error.code}` });
    const verdict = parts.judge.judge([epc.value]).epcs[0];
    return c.json(verdict ?? { epc: epc.value, status: 'unknown' as const }, 200);
  });
}
