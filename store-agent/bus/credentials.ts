import { createHash, timingSafeEqual } from 'node:crypto';
import type { DeviceCredential } from '../../shared/config/store_config.ts';

/** Compared against when the name is unknown, so that the time of a refusal says nothing about names. */
const NOBODY_SHA256 = createHash('sha256').update('nobody').digest();

/** The device that a user name and a secret belong to, or null. The secret is 256 random bits (see the type). */
export function deviceOf(
  devices: readonly DeviceCredential[],
  username: string | undefined,
  secret: Uint8Array | undefined,
): DeviceCredential | null {
  const device = devices.find((one) => one.username === username) ?? null;
  const expected = device === null ? NOBODY_SHA256 : Buffer.from(device.secret_sha256, 'hex');
  const given = createHash('sha256')
    .update(secret ?? '')
    .digest();
  return timingSafeEqual(expected, given) ? device : null;
}
