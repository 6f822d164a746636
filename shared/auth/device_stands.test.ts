import { expect, it } from 'vitest';
import { DeviceCredential } from '../config/store_config.ts';
import { Claims } from './claims.ts';
import { deviceStands } from './device_stands.ts';

const uuid = '01980000-0000-7000-8000-000000000001';
const kiosk = DeviceCredential.parse({
  id: `ksk_${uuid}`,
  kind: 'kiosk',
  name: 'Kiosk 1',
  username: `ksk_${uuid}`,
  secret_sha256: 'a'.repeat(64),
  tokens_from: 1_000,
});
const claims = (more: Partial<Claims>): Claims =>
  Claims.parse({
    iss: 'sesame-cloud',
    aud: 'sesame',
    sub: kiosk.id,
    role: 'kiosk',
    retailer: `ret_${uuid}`,
    iat: 1_000,
    exp: 2_000,
    ...more,
  });

it('a device stands while it is listed, is what it says, and was not rotated since', () => {
  expect(deviceStands([kiosk], claims({}))).toBe(true);
  expect(deviceStands([kiosk], claims({ iat: 999 }))).toBe(false);
  expect(deviceStands([kiosk], claims({ role: 'agent' }))).toBe(false);
  expect(deviceStands([], claims({}))).toBe(false);
  const { tokens_from, ...never } = kiosk;
  expect(tokens_from).toBe(1_000);
  expect(deviceStands([never], claims({ iat: 1 }))).toBe(true);
});
