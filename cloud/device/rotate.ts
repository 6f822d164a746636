import { and, eq } from 'drizzle-orm';
import type { DeviceId } from '../../shared/ids/index.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import type { Act } from '../act.ts';
import { audit } from '../audit/record.ts';
import type { Db } from '../db/client.ts';
import { device } from '../db/schema.ts';
import type { Effect } from '../effect.ts';
import type { Refusal } from '../http/refuse.ts';
import { type DeviceSecrets, findDevice, type NewDevice, secondsOf, withSecrets } from './device.ts';

/**
 * Gives a device new secrets. Here the old token ends at once; at the edge and in the store the old token and
 * secret end with the next publication, so the device has until then to keep the new ones. A device may
 * rotate itself and no other.
 */
export async function rotateDevice(
  db: Db,
  act: Act,
  id: DeviceId,
  secrets: DeviceSecrets,
): Promise<Result<Effect<NewDevice>, Refusal>> {
  const { retailer_id, role } = act.principal;
  if (role !== 'admin' && act.principal.id !== id) return err({ code: 'not_found' });
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
