import { z } from '@hono/zod-openapi';
import { Instant } from '../../../shared/api/common.ts';
import { openDb } from '../../db/client.ts';
import { PASSWORD_CHARACTERS_MAX } from '../../staff/password.ts';
import { StaffRole } from '../../staff/role.ts';
import { signIn } from '../../staff/sign_in.ts';
import type { App } from '../context.ts';
import { keysOf } from '../keys.ts';
import { refuse } from '../refuse.ts';
import { jsonAnswer, jsonBody, openWrite, refusal } from '../route.ts';
import { signToken } from '../token.ts';

const SignIn = z
  .strictObject({
    email: z.string().min(1).max(254),
    password: z.string().min(1).max(PASSWORD_CHARACTERS_MAX),
  })
  .openapi('SignIn');
const StaffSession = z
  .object({ token: z.string(), role: StaffRole, expires_at: Instant })
  .openapi('StaffSession');

const create = openWrite({
  method: 'post',
  path: '/v1/staff_sessions',
  tags: ['Sign-in'],
  summary: 'Sign a member of staff in',
  description:
    'Every refusal is the same, whatever its reason. Ten failures lock an account for fifteen minutes. An Idempotency-Key has no effect: signing in moves nothing.',
  request: { body: jsonBody(SignIn) },
  responses: {
    201: jsonAnswer(StaffSession, 'A token for twelve hours'),
    401: refusal('No such e-mail and password'),
  },
});

export function staffSessions(app: App): void {
  app.openapi(create, async (c) => {
    const claims = await signIn(openDb(c.env.DB), c.req.valid('json'), Date.now(), c.env.DEMO === '1');
    if (!claims.ok)
      return refuse(c, 'unauthenticated', {
        detail: 'The e-mail or the password is wrong, or the account is locked.',
      });
    const { role, exp } = claims.value;
    const token = await signToken(claims.value, await keysOf(c.env));
    return c.json({ token, role, expires_at: new Date(exp * 1000).toISOString() }, 201);
  });
}
