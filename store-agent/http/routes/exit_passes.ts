import { createRoute, z } from '@hono/zod-openapi';
import { DeviceId } from '../../../shared/ids/index.ts';
import { acceptPass } from '../../exit/accept_pass.ts';
import { PASS_CHARS_MAX } from '../../exit/pass.ts';
import { requireRole } from '../auth.ts';
import type { AgentParts, App } from '../context.ts';
import {
  BEARER,
  BODY_REFUSALS,
  CONFLICT,
  DISK_FULL,
  idempotent,
  jsonAnswer,
  jsonBody,
  TOKEN_REFUSALS,
} from '../describe.ts';
import { onceOnly } from '../once.ts';
import { refuse } from '../refuse.ts';
import { Decision, isGate } from './gates.ts';

const ShownPass = z.strictObject({
  pass: z.string().min(1).max(PASS_CHARS_MAX),
  /** The gate that the shopper stands at, so that it opens. */
  gate_id: DeviceId.optional(),
});

export function exitPasses(app: App, parts: AgentParts): void {
  const once = onceOnly(parts);
  const show = createRoute({
    method: 'post',
    path: '/v1/exit_passes',
    tags: ['Gates'],
    summary: 'Shows a shopper’s exit pass',
    description:
      'Verified without a network, good once. A pass whose order staff must look at first is answered with `alarm` and the `reason` verification_pending, moves nothing and stays good; after the look the shopper has a new one. A refusal is `bad_pass`; its `detail` is expired, used, signature, other_store or malformed.',
    security: BEARER,
    middleware: [requireRole(parts)] as const,
    request: { headers: idempotent, body: jsonBody(ShownPass) },
    responses: {
      200: jsonAnswer(Decision, 'The decision'),
      ...TOKEN_REFUSALS,
      ...BODY_REFUSALS,
      ...CONFLICT,
      ...DISK_FULL,
    },
  });

  app.openapi(show, (c) =>
    once(c, async (remember) => {
      const { pass, gate_id } = c.req.valid('json');
      if (gate_id !== undefined && !isGate(parts, gate_id)) {
        return refuse(c, 'invalid', {
          errors: [{ path: '/gate_id', code: 'unknown_gate', message: 'this store has no such gate' }],
        });
      }
      if (parts.state.disk.state === 'full') return refuse(c, 'disk_full');
      const accepted = await acceptPass(parts.passes, { pass, gateId: gate_id ?? null }, (tables, answer) =>
        remember(tables, 200, answer),
      );
      parts.metrics.count('sesame_exit_passes_total', {
        result: accepted.ok
          ? (accepted.value.reason ?? 'accepted')
          : accepted.error.code === 'bad_pass'
            ? accepted.error.detail
            : accepted.error.code,
      });
      if (accepted.ok) return c.json(accepted.value, 200);
      switch (accepted.error.code) {
        case 'bad_pass':
          return refuse(c, 'bad_pass', { detail: accepted.error.detail });
        case 'disk_full':
          return refuse(c, 'disk_full');
        case 'no_keys':
          return refuse(c, 'store_unavailable', { detail: 'the agent has no keys of the edge yet' });
      }
    }),
  );
}
