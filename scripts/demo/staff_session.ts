import { z } from 'zod';
import { call } from './call.ts';

const Session = z.object({ token: z.string() });

/** Signs a member of staff in at the cloud; the token is good for a shift. */
export async function signIn(cloud: string, account: { email: string; password: string }): Promise<string> {
  const session = await call({
    base: cloud,
    method: 'POST',
    path: '/v1/staff_sessions',
    body: account,
    answer: Session,
  });
  return session.token;
}
