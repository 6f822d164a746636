import { createRoute } from '@hono/zod-openapi';
import { CreateGuestSession, GuestSession } from '../../../shared/api/store.ts';
import { ShopperId, uuidv7 } from '../../../shared/ids/index.ts';
import type { GuestSessionRecord } from '../../../shared/rpc/store.ts';
import { bodyHash, idempotencyKey } from '../call.ts';
import type { App } from '../context.ts';
import { idempotent, jsonAnswer, jsonBody, PUBLIC, refusals } from '../describe.ts';
import { keysOf } from '../keys.ts';
import { storeOf } from '../objects.ts';
import { refuse } from '../refuse.ts';
import { signToken } from '../token.ts';

export const GUEST_SESSION_S = 7 * 24 * 3600;

const create = createRoute({
  ...PUBLIC,
  method: 'post',
  path: '/v1/guest_sessions',
  tags: ['Shoppers'],
  summary: 'Begin as a guest of a store',
  request: { body: jsonBody(CreateGuestSession), headers: idempotent },
  responses: {
    201: jsonAnswer(GuestSession, 'A token for one shopper in one store'),
    ...refusals(400, 404, 413, 415, 422, 429, 500, 503),
  },
});

export function guestSessions(app: App): void {
  app.openapi(create, async (c) => {
    const { store_id } = c.req.valid('json');
    const store = storeOf(c, store_id);
    const config = await store.config();
    if (config === null) return refuse(c, 'unknown_store');
    const iat = Math.floor(Date.now() / 1000);
    let record: GuestSessionRecord = {
      shopper_id: ShopperId.parse(`shp_${uuidv7(Date.now(), crypto.getRandomValues(new Uint8Array(10)))}`),
      iat,
      exp: iat + GUEST_SESSION_S,
    };
    const key = idempotencyKey(c);
    if (key !== null) {
      const kept = await store.guestSession({ key, body_hash: await bodyHash(c), record });
      if (!kept.ok) return refuse(c, kept.error.code);
      if (kept.value.replayed) c.header('Idempotency-Replayed', 'true');
      record = kept.value.record;
    }
    // EdDSA is deterministic: the same record gives the very same token again.
    const token = await signToken(
      {
        iss: 'sesame-edge',
        aud: 'sesame',
        sub: record.shopper_id,
        role: 'shopper',
        retailer: config.retailer_id,
        store: store_id,
        iat: record.iat,
        exp: record.exp,
      },
      await keysOf(c.env),
    );
    return c.json(
      { token, shopper_id: record.shopper_id, expires_at: new Date(record.exp * 1000).toISOString() },
      201,
    );
  });
}
