import { type DeviceSecrets, SECRET_BYTES } from '../device/device.ts';
import type { Env } from '../env.ts';
import { sha256Hex } from './canonical.ts';
import { keysOf } from './keys.ts';
import { signToken } from './token.ts';

/** A new secret for a device, and the key that signs its token. */
export async function freshSecrets(env: Env): Promise<DeviceSecrets> {
  const bytes = crypto.getRandomValues(new Uint8Array(SECRET_BYTES));
  const secret = btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
  const keys = await keysOf(env);
  return { secret, secret_sha256: await sha256Hex(secret), sign: (claims) => signToken(claims, keys) };
}
