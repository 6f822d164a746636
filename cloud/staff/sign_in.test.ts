import { env } from 'cloudflare:test';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { RetailerId } from '../../shared/ids/index.ts';
import { openDb } from '../db/client.ts';
import { bootstrapStatements } from '../db/seed.ts';
import { call, expectJson, expectProblem, newStore, newTenant, type Tenant } from '../test/fixture.ts';
import { hashPassword, NOBODYS_HASH, SALT_BYTES, verifyPassword } from './password.ts';
import { FAILURES_MAX, LOCK_MS, signIn } from './sign_in.ts';

const PASSWORD = 'correct horse battery';
/** Hashing takes 100 ms and more; the tests of signing in share one hash. */
const HASH = hashPassword(PASSWORD, new Uint8Array(SALT_BYTES).fill(7));

const db = openDb(env.DB);
const NOW = Date.parse('2026-07-01T10:00:00.000Z');
let n = 0;

/** A retailer and its admin as the bootstrap makes them. */
async function bootstrap(demo = false): Promise<{ retailer_id: RetailerId; email: string }> {
  const retailer_id = RetailerId.parse(`ret_${crypto.randomUUID()}`);
  const email = `Admin${++n}.${retailer_id}@Example.test`;
  const seed = {
    retailer_id,
    retailer_name: 'Corner Shop',
    admin_email: email,
    password_hash: HASH,
    demo,
    now: new Date(NOW).toISOString(),
  };
  await env.DB.batch(bootstrapStatements(seed).map(({ sql, params }) => env.DB.prepare(sql).bind(...params)));
  return { retailer_id, email };
}

describe('passwords', () => {
  it('match their own hash only', () => {
    expect(HASH).toMatch(/^scrypt\$15\$8\$1\$[A-Za-z0-9+/=]{24}\$[A-Za-z0-9+/=]{44}$/);
    expect(verifyPassword(PASSWORD, HASH)).toBe(true);
    expect(verifyPassword(`${PASSWORD} `, HASH)).toBe(false);
    expect(hashPassword(PASSWORD, new Uint8Array(SALT_BYTES).fill(8))).not.toBe(HASH);
  });

  it('are the same however the keyboard composes them', () => {
    const salt = new Uint8Array(SALT_BYTES);
    expect(verifyPassword('Cafe\u0301 secret', hashPassword('Caf\u00e9 secret', salt))).toBe(true);
  });

  it('are derived as RFC 7914 section 12 says, with the parameters of the hash', () => {
    const key = 'fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162';
    const bytes = key.match(/../g)?.map((hex) => Number.parseInt(hex, 16)) ?? [];
    const hash = `scrypt$10$8$16$${btoa('NaCl')}$${btoa(String.fromCharCode(...bytes))}`;
    expect(verifyPassword('password', hash)).toBe(true);
    expect(verifyPassword('Password', hash)).toBe(false);
  });

  it('match nothing that is no hash of ours', () => {
    for (const hash of ['', 'plain', '$2b$12$abc', HASH.replace('scrypt', 'bcrypt')]) {
      expect(verifyPassword(PASSWORD, hash)).toBe(false);
    }
    expect(verifyPassword('', NOBODYS_HASH)).toBe(false);
  });

  it('need a salt of their own', () => {
    expect(() => hashPassword(PASSWORD, new Uint8Array(4))).toThrow();
  });
});

const Session = z.strictObject({
  token: z.string(),
  role: z.enum(['admin', 'manager', 'cashier']),
  expires_at: z.iso.datetime(),
});
const post = (body: unknown) => call('POST', '/v1/staff_sessions', { body });

describe('POST /v1/staff_sessions', () => {
  it('gives a token for twelve hours that /v1/me knows', async () => {
    const { retailer_id, email } = await bootstrap();
    const session = await expectJson(Session, 201, post({ email: email.toUpperCase(), password: PASSWORD }));
    expect(session.role).toBe('admin');
    const hours = (Date.parse(session.expires_at) - Date.now()) / 3_600_000;
    expect(hours).toBeGreaterThan(11.9);
    expect(hours).toBeLessThanOrEqual(12);
    const me = await expectJson(z.looseObject({}), 200, call('GET', '/v1/me', { token: session.token }));
    expect(me).toEqual({
      id: `stf_${retailer_id.slice(4)}`,
      role: 'admin',
      retailer: { id: retailer_id, name: 'Corner Shop' },
      store_id: null,
      name: 'Administrator',
      email: email.toLowerCase(),
      expires_at: session.expires_at,
    });
  });

  it('says the same of a wrong password and of an unknown e-mail', async () => {
    const { email } = await bootstrap();
    const wrong = await expectProblem(401, post({ email, password: 'wrong' }));
    const unknown = await expectProblem(401, post({ email: 'nobody@example.test', password: PASSWORD }));
    expect({ ...wrong, request_id: '' }).toEqual({ ...unknown, request_id: '' });
  });

  it('refuses unknown and missing fields', async () => {
    expect(
      (await expectProblem(422, post({ email: 'a@b.test', password: 'x', remember: true }))).errors,
    ).toEqual([{ path: '/remember', code: 'unknown_field', message: 'unknown field "remember"' }]);
    expect((await expectProblem(422, post({ email: 'a@b.test' }))).errors?.[0]?.path).toBe('/password');
  });
});

describe('signing in', () => {
  it('locks an account after ten failures, for fifteen minutes', async () => {
    const { email } = await bootstrap();
    const attempt = (password: string, at: number) => signIn(db, { email, password }, at, false);
    for (let i = 0; i < FAILURES_MAX; i++) expect((await attempt('wrong', NOW + i)).ok).toBe(false);
    const lockedAt = NOW + FAILURES_MAX - 1;
    expect((await attempt(PASSWORD, lockedAt + 1)).ok).toBe(false);
    expect((await attempt(PASSWORD, lockedAt + LOCK_MS - 1)).ok).toBe(false);
    expect((await attempt(PASSWORD, lockedAt + LOCK_MS)).ok).toBe(true);
    // The success cleared the count: nine failures more do not lock it.
    for (let i = 1; i < FAILURES_MAX; i++) await attempt('wrong', NOW + LOCK_MS + 100 + i);
    expect((await attempt(PASSWORD, NOW + LOCK_MS + 200)).ok).toBe(true);
  });

  it('begins a new count when a lock has run out', async () => {
    const { email } = await bootstrap();
    const attempt = (password: string, at: number) => signIn(db, { email, password }, at, false);
    for (let i = 0; i < FAILURES_MAX; i++) await attempt('wrong', NOW);
    expect((await attempt('wrong', NOW + LOCK_MS)).ok).toBe(false);
    expect((await attempt(PASSWORD, NOW + LOCK_MS + 1)).ok).toBe(true);
  });

  it('counts guesses that come at once', async () => {
    const { email } = await bootstrap();
    await Promise.all(
      Array.from({ length: FAILURES_MAX }, () => signIn(db, { email, password: 'wrong' }, NOW, false)),
    );
    expect((await signIn(db, { email, password: PASSWORD }, NOW + 1, false)).ok).toBe(false);
  });

  it('refuses demo accounts outside a demo', async () => {
    const { email } = await bootstrap(true);
    expect(await signIn(db, { email, password: PASSWORD }, NOW, false)).toEqual({
      ok: false,
      error: 'refused',
    });
    expect((await signIn(db, { email, password: PASSWORD }, NOW, true)).ok).toBe(true);
  });

  it('refuses closed accounts', async () => {
    const { retailer_id, email } = await bootstrap();
    await env.DB.prepare('UPDATE staff SET valid_until = ? WHERE retailer_id = ?')
      .bind(new Date(NOW).toISOString(), retailer_id)
      .run();
    expect((await signIn(db, { email, password: PASSWORD }, NOW - 1, false)).ok).toBe(true);
    expect((await signIn(db, { email, password: PASSWORD }, NOW, false)).ok).toBe(false);
  });

  it('is made once: bootstrapping again changes nothing', async () => {
    const { retailer_id, email } = await bootstrap();
    const seed = {
      retailer_id,
      retailer_name: 'Other',
      admin_email: 'other@example.test',
      password_hash: NOBODYS_HASH,
      demo: true,
      now: '2027-01-01T00:00:00.000Z',
    };
    await env.DB.batch(
      bootstrapStatements(seed).map(({ sql, params }) => env.DB.prepare(sql).bind(...params)),
    );
    const rows = await env.DB.prepare('SELECT email, demo FROM staff WHERE retailer_id = ?')
      .bind(retailer_id)
      .all();
    expect(rows.results).toEqual([{ email: email.toLowerCase(), demo: 0 }]);
    expect((await signIn(db, { email, password: PASSWORD }, NOW, false)).ok).toBe(true);
  });
});

describe('accounts', () => {
  let tenant: Tenant;
  beforeAll(async () => {
    tenant = await newTenant();
  });
  const Person = z.looseObject({
    id: z.string(),
    demo: z.boolean(),
    valid_until: z.string().nullable(),
    store_id: z.string().nullable(),
  });

  it('are opened by an admin, work at once, and end at once when closed', async () => {
    const store = await newStore(tenant);
    const email = `${crypto.randomUUID()}@example.test`;
    const body = { email, name: 'Kim', role: 'manager', store_id: store, password: 'a long password' };
    const person = await expectJson(Person, 201, call('POST', '/v1/staff', { token: tenant.admin, body }));
    expect(person).toMatchObject({ store_id: store, demo: true, valid_until: null });
    expect(JSON.stringify(person)).not.toContain('password');
    const { token } = await expectJson(Session, 201, post({ email, password: 'a long password' }));
    expect((await call('GET', '/v1/orders', { token })).status).toBe(200);
    expect((await call('GET', '/v1/staff', { token })).status).toBe(403);

    await expectJson(Person, 200, call('DELETE', `/v1/staff/${person.id}`, { token: tenant.admin }));
    expect((await call('GET', '/v1/orders', { token })).status).toBe(401);
    expect((await post({ email, password: 'a long password' })).status).toBe(401);
    const again = await expectProblem(
      409,
      call('POST', '/v1/staff', { token: tenant.admin, body: { ...body, name: 'Lee' } }),
    );
    expect(again.code).toBe('conflict');
  });

  it('are never one’s own to close, nor of another store’s invention', async () => {
    const me = await expectJson(
      z.looseObject({ id: z.string() }),
      200,
      call('GET', '/v1/me', { token: tenant.admin }),
    );
    expect(
      (await expectProblem(409, call('DELETE', `/v1/staff/${me.id}`, { token: tenant.admin }))).code,
    ).toBe('conflict');
    const body = {
      email: 'x@example.test',
      name: 'X',
      role: 'cashier',
      store_id: `str_${crypto.randomUUID()}`,
      password: 'a long password',
    };
    expect(
      (await expectProblem(422, call('POST', '/v1/staff', { token: tenant.admin, body }))).errors?.[0]?.path,
    ).toBe('/store_id');
    const short = { email: 'x@example.test', name: 'X', role: 'cashier', password: 'short' };
    expect(
      (await expectProblem(422, call('POST', '/v1/staff', { token: tenant.admin, body: short }))).errors?.[0]
        ?.path,
    ).toBe('/password');
  });
});
