import type { DeviceCredential } from '../config/store_config.ts';
import type { Claims } from './claims.ts';

/**
 * Whether the device behind a token is still one of the store's and the token not older than its last
 * rotation. A device's token lives for months: the published list of devices has the last word.
 */
export function deviceStands(devices: readonly DeviceCredential[], claims: Claims): boolean {
  const device = devices.find(({ id }) => id === claims.sub);
  return device?.kind === claims.role && claims.iat >= (device.tokens_from ?? 0);
}
