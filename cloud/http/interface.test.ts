import { env } from 'cloudflare:test';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { REFERENCE_CSP } from '../../shared/http/reference.ts';
import { call, expectJson, expectProblem, newTenant, settings, type Tenant } from '../test/fixture.ts';
import { createApp } from './app.ts';
import { BODY_BYTES_MAX } from './limits.ts';

let tenant: Tenant;
let token: string;
beforeAll(async () => {
  tenant = await newTenant();
  token = tenant.admin;
});

describe('bodies', () => {
  const post = (raw: BodyInit, headers: Record<string, string> = {}) =>
    call('POST', '/v1/devices', { token, raw, headers });

  it('are JSON, say so, and are well-formed', async () => {
    expect((await expectProblem(400, post('{"store_id":'))).code).toBe('malformed_json');
    expect((await expectProblem(400, post(new Uint8Array([0x22, 0xff, 0x22])))).code).toBe('malformed_json');
    expect((await expectProblem(415, post('a=b', { 'content-type': 'text/plain' }))).code).toBe(
      'unsupported_media_type',
    );
    expect((await expectProblem(415, post('{}', { 'content-type': 'application/jsonp' }))).code).toBe(
      'unsupported_media_type',
    );
    expect(
      (
        await expectProblem(
          422,
          post(JSON.stringify({ nothing: 'known' }), { 'content-type': 'application/json; charset=utf-8' }),
        )
      ).code,
    ).toBe('invalid');
  });

  it('are there where one is needed', async () => {
    expect((await expectProblem(422, call('POST', '/v1/devices', { token }))).code).toBe('invalid');
    expect((await expectProblem(400, post(''))).code).toBe('malformed_json');
    const odd = { 'content-type': 'application/json; charset' };
    expect((await expectProblem(415, post('{}', odd))).code).toBe('unsupported_media_type');
  });

  it('hold a mebibyte at most, whether or not they say how long they are', async () => {
    const large = JSON.stringify({ x: 'y'.repeat(BODY_BYTES_MAX) });
    expect((await expectProblem(413, post(large))).code).toBe('body_too_large');
    const unsaid = new Blob([large]).stream();
    expect((await expectProblem(413, post(unsaid))).code).toBe('body_too_large');
  });

  it('are refused with every unknown field, deep ones too', async () => {
    const offline = { max_sale: 1, max_sales: 2, pay_later: { link: true } };
    const policies = { ...settings().policies, mood: 'good', offline };
    const body = { ...settings(), colour: 'red', policies };
    const { errors } = await expectProblem(
      422,
      call('PUT', `/v1/stores/str_${crypto.randomUUID()}`, { token, body }),
    );
    expect(errors?.map(({ path, code }) => `${code} ${path}`).sort()).toEqual([
      'unknown_field /colour',
      'unknown_field /policies/mood',
      'unknown_field /policies/offline/max_sales',
      'unknown_field /policies/offline/pay_later/link',
    ]);
  });

  it('say how far a shop may sell without a line, and are refused where that contradicts itself', async () => {
    const put = (offline: object) => {
      const policies = { ...settings().policies, offline };
      return call('PUT', `/v1/stores/str_${crypto.randomUUID()}`, {
        token,
        body: { ...settings(), policies },
      });
    };
    const made = await put({
      enabled: true,
      max_sale: 12_300,
      max_minutes: 60,
      pay_later: { enabled: true },
    });
    expect([made.status, made.text]).toEqual([201, expect.stringContaining('"max_sale":12300')]);
    const { errors } = await expectProblem(422, put({ lease_size: 50, lease_low_water: 50 }));
    expect(errors).toMatchObject([{ path: '/policies/offline/lease_low_water', code: 'too_large' }]);
    expect((await put({ max_minutes: -1 })).status).toBe(422);
  });
});

describe('every answer', () => {
  it('names its request, and takes the client’s name for it', async () => {
    const mine = await call('GET', '/livez', { headers: { 'request-id': 'abc-1' } });
    expect(mine.headers.get('request-id')).toBe('abc-1');
    const strange = await call('GET', '/livez', { headers: { 'request-id': 'a b<script>' } });
    expect(strange.headers.get('request-id')).toMatch(/^req_[0-9a-f-]{36}$/);
    const refused = await call('GET', '/v1/orders', { headers: { 'request-id': 'abc-2' } });
    expect(z.looseObject({ request_id: z.string() }).parse(refused.json).request_id).toBe('abc-2');
    expect(refused.headers.get('www-authenticate')).toBe('Bearer');
  });

  it('says how much more may come', async () => {
    const { headers } = await call('GET', '/v1/me', { token });
    expect(headers.get('ratelimit-limit')).toBe(env.RATE_LIMIT_BURST);
    expect(Number(headers.get('ratelimit-remaining'))).toBeLessThan(Number(env.RATE_LIMIT_BURST));
    expect(headers.get('retry-after')).toBeNull();
    expect(headers.get('cache-control')).toBe('no-store');
  });

  it('is a refusal with a time to wait once an address asks too often', async () => {
    const app = createApp();
    const slow = { ...env, RATE_LIMIT_PER_SECOND: '0.001', RATE_LIMIT_BURST: '2' };
    const ask = (address: string) =>
      app.request('/v1/me', { headers: { 'cf-connecting-ip': address } }, slow);
    const statuses = [await ask('192.0.2.1'), await ask('192.0.2.1')].map(({ status }) => status);
    expect(statuses).toEqual([401, 401]);
    const refused = await ask('192.0.2.1');
    expect(refused.status).toBe(429);
    expect(await refused.json()).toMatchObject({ code: 'rate_limited', retryable: true });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(900);
    expect(refused.headers.get('request-id')).toMatch(/^req_/);
    expect((await ask('192.0.2.2')).status).toBe(401);
    expect((await app.request('/livez', { headers: { 'cf-connecting-ip': '192.0.2.1' } }, slow)).status).toBe(
      200,
    );
  });

  it('passes a well-formed trace on and no other', async () => {
    const trace = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    expect(
      (await call('GET', '/livez', { headers: { traceparent: trace } })).headers.get('traceparent'),
    ).toBe(trace);
    expect(
      (await call('GET', '/livez', { headers: { traceparent: 'nonsense' } })).headers.get('traceparent'),
    ).toBeNull();
  });
});

describe('paths', () => {
  it('that exist under another method say which', async () => {
    const reply = call('PATCH', '/v1/items', { token });
    expect((await expectProblem(405, reply)).code).toBe('method_not_allowed');
    expect((await reply).headers.get('allow')).toBe('GET, PUT');
  });

  it('of the interface that are unknown are not there, ids that are none of ours too', async () => {
    for (const path of ['/v1/nothing', '/v1/orders/17', '/v1/stores/17', '/v1/stores/ord_x/tags/1']) {
      expect((await expectProblem(404, call('GET', path, { token }))).code, path).toBe('not_found');
    }
  });

  it('of anything else belong to the dashboard, under a strict policy', async () => {
    for (const path of ['/', '/orders', '/nothing.js']) {
      const page = await call('GET', path, { headers: { accept: 'text/html' } });
      const policy = page.headers.get('content-security-policy') ?? '';
      expect(policy, path).toContain("default-src 'self'");
      expect(policy, path).toContain("script-src 'self'");
      expect(policy, path).not.toMatch(/unsafe|\*|https?:/);
      expect(page.headers.get('x-content-type-options')).toBe('nosniff');
    }
    expect((await expectProblem(404, call('POST', '/'))).code).toBe('not_found');
  });
});

describe('the service', () => {
  it('is alive and ready', async () => {
    for (const path of ['/livez', '/readyz'])
      expect(await expectJson(z.unknown(), 200, call('GET', path))).toEqual({ status: 'ok' });
  });

  it('shows the public half of its key and nothing of the private one', async () => {
    const { keys } = await expectJson(
      z.object({ keys: z.array(z.record(z.string(), z.string())) }),
      200,
      call('GET', '/.well-known/jwks.json'),
    );
    expect(keys).toHaveLength(1);
    expect(Object.keys(keys[0] ?? {}).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x']);
  });

  it('has a reference page whose style is the only thing that its policy allows', async () => {
    const page = await call('GET', '/docs');
    expect(page.headers.get('content-security-policy')).toBe(REFERENCE_CSP);
    expect(page.text).toContain('/v1/staff_sessions');
    const style = /<style>([^<]*)<\/style>/.exec(page.text)?.[1] ?? '';
    const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(style)));
    expect(REFERENCE_CSP).toContain(`style-src 'sha256-${btoa(String.fromCharCode(...digest))}'`);
    expect(page.text).not.toMatch(/<script|<link|<img|src=| style=|href="https?:/);
  });
});
