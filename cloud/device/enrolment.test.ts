import { env } from 'cloudflare:test';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { StoreId } from '../../shared/ids/index.ts';
import { sha256Hex } from '../http/canonical.ts';
import {
  call,
  expectJson,
  expectProblem,
  newStore,
  newTenant,
  type Tenant,
  tokenOf,
} from '../test/fixture.ts';
import { NewDevice } from './device.ts';
import { canonicalCode, codeOf, EnrolmentCode } from './enrolment.ts';
import { DeviceToken } from './rotate.ts';

let tenant: Tenant;
let store: StoreId;
beforeAll(async () => {
  tenant = await newTenant();
  store = await newStore(tenant);
});

const newDevice = (kind: string) =>
  expectJson(
    NewDevice,
    201,
    call('POST', '/v1/devices', { token: tenant.admin, body: { store_id: store, kind, name: 'Back room' } }),
  );
const newCode = (id: string) =>
  expectJson(
    EnrolmentCode,
    201,
    call('POST', `/v1/devices/${id}/enrolment_codes`, { token: tenant.admin, body: {} }),
  );
const show = (code: string) => call('POST', '/v1/enrolments', { body: { code } });
const secretInUse = (id: string) =>
  env.DB.prepare('SELECT secret_sha256 FROM device WHERE id = ?').bind(id).first<string>('secret_sha256');

describe('a code', () => {
  it('has one spelling, however it is typed', () => {
    expect(codeOf(new Uint8Array([0, 1, 31, 32, 255, 10, 20, 30, 5, 6, 99]))).toBe('01Z0Z-AMY56');
    expect(canonicalCode(' o1lI-z 0z ')).toBe('0111Z0Z');
  });

  it('gives an agent its secret and a token that counts, once', async () => {
    const agent = await newDevice('agent');
    const { code } = await newCode(agent.id);
    const enrolled = await expectJson(NewDevice, 201, show(code.toLowerCase().replace('-', ' ')));
    expect(enrolled).toMatchObject({ id: agent.id, store_id: store, kind: 'agent' });
    expect(enrolled.secret).not.toBe(agent.secret);
    expect(await secretInUse(agent.id)).toBe(await sha256Hex(enrolled.secret));
    const who = await expectJson(
      z.looseObject({ id: z.string() }),
      200,
      call('GET', '/v1/me', { token: enrolled.token ?? '' }),
    );
    expect(who.id).toBe(agent.id);
    expect((await expectProblem(401, show(code))).code).toBe('unauthenticated');
  });

  it('is good for one of two that show it at the same moment', async () => {
    const gate = await newDevice('gate');
    const { code } = await newCode(gate.id);
    const replies = await Promise.all([show(code), show(code), show(code), show(code)]);
    expect(replies.map(({ status }) => status).sort()).toEqual([201, 401, 401, 401]);
    const winner = NewDevice.parse(replies.find(({ status }) => status === 201)?.json);
    expect(winner.token).toBeUndefined();
    expect(await secretInUse(gate.id)).toBe(await sha256Hex(winner.secret));
  });

  it('ends with the next one, with its hour, and with the device, all refused alike', async () => {
    const kiosk = await newDevice('kiosk');
    const first = await newCode(kiosk.id);
    const second = await newCode(kiosk.id);
    await env.DB.prepare('UPDATE enrolment_code SET expires_at = ? WHERE device_id = ?')
      .bind(new Date(Date.now() - 1).toISOString(), kiosk.id)
      .run();
    const revoked = await newDevice('gate');
    const third = await newCode(revoked.id);
    await call('DELETE', `/v1/devices/${revoked.id}`, { token: tenant.admin });
    const refusals = await Promise.all(
      [first.code, second.code, third.code, 'ZZZZZ-ZZZZZ'].map((code) => expectProblem(401, show(code))),
    );
    expect(new Set(refusals.map(({ code }) => code)).size).toBe(1);
    const late = call('POST', `/v1/devices/${revoked.id}/enrolment_codes`, { token: tenant.admin, body: {} });
    expect((await expectProblem(409, late)).code).toBe('conflict');
  });
});

describe('a rotation', () => {
  const rotate = (id: string, token: string) =>
    call('POST', `/v1/devices/${id}/rotations`, { token, body: {} });
  const earlierToken = (id: string) => {
    const iat = Math.floor(Date.now() / 1000) - 60;
    return tokenOf({ sub: id, role: 'agent', retailer: tenant.retailer_id, store }, { iat });
  };
  const counts = async (token: string) => (await call('GET', '/v1/me', { token })).status === 200;

  it('gives new secrets, and the old token ends here at once', async () => {
    const agent = await newDevice('agent');
    const old = await earlierToken(agent.id);
    expect(await counts(old)).toBe(true);
    const turned = await expectJson(NewDevice, 201, rotate(agent.id, tenant.admin));
    expect(await counts(old)).toBe(false);
    expect(await counts(turned.token ?? '')).toBe(true);
    expect(await secretInUse(agent.id)).toBe(await sha256Hex(turned.secret));
  });

  it('of the token alone is the device’s own to ask for, and ends nothing', async () => {
    const renew = (id: string, token: string) =>
      call('POST', `/v1/devices/${id}/tokens`, { token, body: {} });
    const agent = await newDevice('agent');
    const old = await earlierToken(agent.id);
    const { token } = await expectJson(DeviceToken, 201, renew(agent.id, old));
    expect([await counts(old), await counts(token)]).toEqual([true, true]);
    expect(await secretInUse(agent.id)).toBe(await sha256Hex(agent.secret));
    const other = await newDevice('kiosk');
    expect((await expectProblem(404, renew(other.id, old))).code).toBe('not_found');
    expect((await expectProblem(403, renew(agent.id, tenant.admin))).code).toBe('forbidden');
  });
});
