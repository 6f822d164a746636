import { and, eq } from 'drizzle-orm';
import { z } from 'zod';
import { Instant } from '../../shared/api/common.ts';
import { DeviceId } from '../../shared/ids/index.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import type { Act } from '../act.ts';
import { audit } from '../audit/record.ts';
import type { Db } from '../db/client.ts';
import { device } from '../db/schema.ts';
import type { Effect } from '../effect.ts';
import type { Refusal } from '../http/refuse.ts';
import {
  type DeviceSecrets,
  deviceClaims,
  findDevice,
  type NewDevice,
  secondsOf,
  withSecrets,
} from './device.ts';

/**
 * Gives a device new secrets. Here its old token ends at once; at the edge and in the store the old token and
 * secret end with the next publication, so there is until then to bring the new ones to the device.
 */
export async function rotateDevice(
  db: Db,
  act: Act,
  id: DeviceId,
  secrets: DeviceSecrets,
): Promise<Result<Effect<NewDevice>, Refusal>> {
  const { retailer_id } = act.principal;
  const found = await findDevice(db, retailer_id, id);
  if (found === null) return err({ code: 'not_found' });
  if (found.revoked_at !== null) return err({ code: 'conflict', detail: 'This device is revoked.' });
  return ok({
    body: await withSecrets(found, { retailer_id, now_ms: act.now_ms }, secrets),
    statements: [
      db
        .update(device)
        .set({ secret_sha256: secrets.secret_sha256, tokens_from: secondsOf(act.now_ms) })
        .where(and(eq(device.retailer_id, retailer_id), eq(device.id, id)))
        .toSQL(),
      audit(db, act, 'device.rotate', id),
    ],
  });
}

export const DeviceToken = z.object({ device_id: DeviceId, token: z.string(), expires_at: Instant });
export type DeviceToken = z.infer<typeof DeviceToken>;

/**
 * A further token for the device that asks. The one it asked with goes on counting until it expires, so an
 * answer that is lost locks nobody out.
 */
export async function renewToken(
  db: Db,
  act: Act,
  id: DeviceId,
  sign: DeviceSecrets['sign'],
): Promise<Result<Effect<DeviceToken>, Refusal>> {
  const { retailer_id } = act.principal;
  const found = act.principal.id === id ? await findDevice(db, retailer_id, id) : null;
  const claims = found === null ? null : deviceClaims(found, { retailer_id, now_ms: act.now_ms });
  if (claims === null) return err({ code: 'not_found' });
  const expires_at = new Date(claims.exp * 1000).toISOString();
  return ok({
    body: { device_id: id, token: await sign(claims), expires_at },
    statements: [audit(db, act, 'device.renew', id)],
  });
}
