import { env } from 'cloudflare:test';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  call,
  expectJson,
  expectProblem,
  newStore,
  newTenant,
  settings,
  type Tenant,
} from '../test/fixture.ts';

let tenant: Tenant;
let token: string;
beforeAll(async () => {
  tenant = await newTenant();
  token = tenant.admin;
});

const device = (store_id: string) => ({ store_id, kind: 'kiosk', name: 'Kiosk 1' });
const NewDevice = z.strictObject({
  id: z.string().regex(/^ksk_/),
  store_id: z.string(),
  kind: z.literal('kiosk'),
  name: z.string(),
  username: z.string(),
  created_at: z.iso.datetime(),
  revoked_at: z.null(),
  secret: z.string().regex(/^[\w-]{43}$/),
  token: z.string(),
});

describe('an idempotency key', () => {
  const post = (body: unknown, key: string) => call('POST', '/v1/devices', { token, body, key });

  it('answers the first success again, secret and all, and keeps it sealed', async () => {
    const store = await newStore(tenant);
    const key = crypto.randomUUID();
    const first = await expectJson(NewDevice, 201, post(device(store), key));
    // The same body in another order of its fields is the same body.
    const { kind, ...rest } = device(store);
    const again = await post({ ...rest, kind }, key);
    expect(again.status).toBe(201);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(again.json).toEqual(first);
    const devices = await expectJson(
      z.object({ data: z.array(z.looseObject({})) }),
      200,
      call('GET', `/v1/devices?store_id=${store}`, { token }),
    );
    expect(devices.data).toHaveLength(1);
    expect(JSON.stringify(devices)).not.toContain(first.secret);

    const kept = await env.DB.prepare('SELECT * FROM idempotency WHERE key = ?').bind(key).first();
    expect(JSON.stringify(kept)).not.toContain(first.secret);
    const row = await env.DB.prepare('SELECT secret_sha256 FROM device WHERE id = ?')
      .bind(first.id)
      .first<string>('secret_sha256');
    const digest = new Uint8Array(
      await crypto.subtle.digest('SHA-256', new TextEncoder().encode(first.secret)),
    );
    expect(row).toBe(Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join(''));
  });

  it('refuses another body, and is another key for another caller or route', async () => {
    const store = await newStore(tenant);
    const key = crypto.randomUUID();
    const first = await expectJson(NewDevice, 201, post(device(store), key));
    expect((await expectProblem(422, post({ ...device(store), name: 'Other' }, key))).code).toBe(
      'idempotency_key_reuse',
    );
    const colleague = await tenant.hire('admin');
    const other = await expectJson(
      NewDevice,
      201,
      call('POST', '/v1/devices', { token: colleague, body: device(store), key }),
    );
    expect(other.id).not.toBe(first.id);
    expect((await call('POST', '/v1/service_tokens', { token, body: { name: 'erp' }, key })).status).toBe(
      201,
    );
  });

  it('whose answer was sealed before a rotation of the key is refused, and runs nothing twice', async () => {
    const store = await newStore(tenant);
    const key = crypto.randomUUID();
    await expectJson(NewDevice, 201, post(device(store), key));
    await env.DB.prepare('UPDATE idempotency SET response = ? WHERE key = ?')
      .bind(btoa('x'.repeat(60)), key)
      .run();
    expect((await expectProblem(409, post(device(store), key))).code).toBe('conflict');
    const count = env.DB.prepare('SELECT count(*) AS n FROM device WHERE store_id = ?').bind(store);
    expect(await count.first<number>('n')).toBe(1);
  });

  it('lets a failed attempt run again', async () => {
    const key = crypto.randomUUID();
    const id = `str_${crypto.randomUUID()}`;
    expect((await expectProblem(404, post(device(id), key))).code).toBe('not_found');
    await expectJson(z.unknown(), 201, call('PUT', `/v1/stores/${id}`, { token, body: settings() }));
    const made = await post(device(id), key);
    expect(made.status).toBe(201);
    expect(made.headers.get('idempotency-replayed')).toBeNull();
  });

  it('makes one thing of calls that come at once', async () => {
    const store = await newStore(tenant);
    const key = crypto.randomUUID();
    const replies = await Promise.all(Array.from({ length: 6 }, () => post(device(store), key)));
    const made = replies.filter(({ status }) => status === 201);
    expect(new Set(made.map(({ text }) => text)).size).toBe(1);
    for (const { status } of replies) expect([201, 409]).toContain(status);
    expect(
      await env.DB.prepare('SELECT count(*) AS n FROM device WHERE store_id = ?')
        .bind(store)
        .first<number>('n'),
    ).toBe(1);
  });

  it('has a length', async () => {
    expect((await expectProblem(422, post(device(`str_${crypto.randomUUID()}`), 'k'.repeat(256)))).code).toBe(
      'invalid',
    );
  });
});
