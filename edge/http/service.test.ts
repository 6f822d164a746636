import { createExecutionContext, env } from 'cloudflare:test';
import { describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { REFERENCE_CSP } from '../../shared/http/reference.ts';
import { cutStore, openShop } from '../basket/test/fixture.ts';
import { app, document, documentJson, routes } from './test/document.ts';
import { call, codeOf, expectProblem, type Sent, shopperToken } from './test/fixture.ts';

const get = (path: string, sent?: Sent) => call('GET', path, sent);

describe('the service', () => {
  it('is alive, and ready while it can read its keys', async () => {
    for (const path of ['/livez', '/readyz']) {
      const reply = await get(path);
      expect([reply.status, reply.json]).toEqual([200, { status: 'ok' }]);
    }
    for (const broken of [{ SIGNING_KEY: '' }, { SIGNING_KEY: '{}' }, { TRUSTED_KEYS: 'x' }]) {
      const fetch = (request: Request) => app.fetch(request, { ...env, ...broken }, createExecutionContext());
      expect(await codeOf(503, call('GET', '/readyz', {}, fetch))).toBe('store_unavailable');
      expect((await call('GET', '/livez', {}, fetch)).status).toBe(200);
    }
  });

  it('names every answer, by the client’s own name where it is a sane one', async () => {
    expect((await get('/livez', { headers: { 'request-id': 'abc-1.2_Z' } })).headers.get('request-id')).toBe(
      'abc-1.2_Z',
    );
    const ids = new Set<string | null>();
    for (const given of [undefined, '', 'a b', '<script>', 'x'.repeat(65), 'a,b']) {
      const { headers } = await get(
        '/v1/nothing',
        given === undefined ? {} : { headers: { 'request-id': given } },
      );
      expect(headers.get('request-id')).toMatch(/^req_[0-9a-f-]{36}$/);
      ids.add(headers.get('request-id'));
    }
    expect(ids.size).toBe(6);
  });

  it('takes and passes on a well-formed trace (W3C Trace Context, section 3.2)', async () => {
    const good = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    const passed = async (traceparent: string) =>
      (await get('/livez', { headers: { traceparent } })).headers.get('traceparent');
    expect(await passed(good)).toBe(good);
    for (const bad of [
      good.toUpperCase(),
      good.slice(1),
      good.replace('4bf92f3577b34da6a3ce929d0e0e4736', '0'.repeat(32)),
      `ff${good.slice(2)}`,
      'x',
    ])
      expect(await passed(bad), bad).toBeNull();
  });

  it('answers a path or method that is not there with a problem', async () => {
    for (const [method, path] of [
      ['GET', '/v1/nothing'],
      ['GET', '/v1/'],
      ['GET', '/v1/baskets'],
      ['PUT', '/v1/baskets'],
      ['DELETE', '/v1/orders'],
      ['POST', '/'],
      ['POST', '/livez'],
      ['PATCH', '/nothing'],
      ['GET', '/v1/%E0%A4%A'],
    ] as const)
      expect(await codeOf(404, call(method, path)), `${method} ${path}`).toBe('not_found');
  });

  it('keeps a failure of its own to itself and to its log, where no token stands', async () => {
    const shop = await openShop();
    const token = await shopperToken(shop);
    const log = vi.spyOn(console, 'error').mockImplementation(() => {});
    const mend = await cutStore(shop, 'config', 'before');
    try {
      const reply = await get(`/v1/stores/${shop.store_id}`, { token, headers: { 'request-id': 'cut-1' } });
      expect(await expectProblem(500, reply)).toMatchObject({ code: 'internal', retryable: true });
      expect(reply.text).not.toContain('the line is cut');
      const lines = log.mock.calls.flat().map(String);
      expect(lines).toHaveLength(1);
      expect(JSON.parse(lines[0] ?? '')).toMatchObject({
        level: 'error',
        request_id: 'cut-1',
        method: 'GET',
        path: `/v1/stores/${shop.store_id}`,
        err: expect.stringContaining('the line is cut'),
      });
      expect(lines[0]).not.toContain(token);
    } finally {
      mend();
      log.mockRestore();
    }
    expect((await get(`/v1/stores/${shop.store_id}`, { token })).status).toBe(200);
  });

  it.each(['/livez', '/openapi.json', '/docs', '/v1/nothing', '/', '/.well-known/jwks.json'])(
    'sends its safety headers with %s',
    async (path) => {
      const { headers } = await get(path);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('request-id')).not.toBeNull();
      expect(headers.get('cache-control') === 'no-store').toBe(path.startsWith('/v1/'));
      expect(headers.has('access-control-allow-origin')).toBe(false);
    },
  );

  it('lets a page run its own scripts only, and nobody frame it', async () => {
    const { headers } = await get('/');
    const policy = new Map(
      (headers.get('content-security-policy') ?? '').split('; ').map((part): [string, string] => {
        const [name = '', ...values] = part.split(' ');
        return [name, values.join(' ')];
      }),
    );
    expect(policy.get('default-src')).toBe("'self'");
    expect(policy.get('script-src')).toBe("'self' 'wasm-unsafe-eval'");
    expect(policy.get('style-src')).toBe("'self'");
    expect(policy.get('frame-ancestors')).toBe("'none'");
    expect(policy.get('base-uri')).toBe("'none'");
    expect(headers.get('permissions-policy')).toBe('camera=(self)');
  });
});

describe('the OpenAPI document', () => {
  it('is what is served', async () => {
    const reply = await get('/openapi.json');
    expect(reply.headers.get('content-type')).toBe('application/json');
    expect(reply.json).toEqual(documentJson);
  });

  it('describes every route of the Worker, and no other', () => {
    const registered = app.routes
      .filter(({ method }) => method !== 'ALL')
      .map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`);
    expect(new Set(routes.map(({ name }) => name))).toEqual(new Set(registered));
  });

  it.each(routes)('says of $name what a client needs', ({ method, path, operation }) => {
    const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();
    const inPath = operation.parameters.filter((one) => one.in === 'path');
    expect(inPath.map(({ name }) => name).sort()).toEqual(named);
    for (const { required } of inPath) expect(required).toBe(true);
    for (const requirement of operation.security)
      for (const scheme of Object.keys(requirement))
        expect(document.components.securitySchemes).toHaveProperty(scheme);
    const statuses = Object.keys(operation.responses).map(Number);
    expect(statuses.some((status) => status < 400)).toBe(true);
    if (operation.security.length > 0)
      for (const status of [401, 403, 404]) expect(statuses).toContain(status);
    if (operation.requestBody !== undefined)
      for (const status of [400, 413, 415, 422]) expect(statuses).toContain(status);
    const key = operation.parameters.some(
      ({ name, in: place }) => place === 'header' && name === 'idempotency-key',
    );
    // An evaluation or a question about a balance changes nothing, a provider's message is counted by its own
    // id, a pay link opened twice is the same order, and printers poll as their makers have said.
    const isFree = /^\/v1\/(?:promotions\/|webhooks\/|pay_links|ledger_balances|.*\/cloud_printers\/)/.test(
      path,
    );
    expect(key).toBe(method === 'POST' && path.startsWith('/v1/') && !isFree);
    expect(path).toMatch(
      /^\/(?:v1\/[a-z_]+s\b|v1\/wishlist\b|livez|readyz|docs|openapi\.json|\.well-known\/|test_provider\/)/,
    );
  });

  it('has every schema that it refers to', () => {
    const refs = [...JSON.stringify(documentJson).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(
      ([, ref = '']) => ref,
    );
    expect(refs.length).toBeGreaterThan(0);
    for (const ref of new Set(refs)) {
      const found = ref
        .split('/')
        .reduce<unknown>(
          (node, step) => z.record(z.string(), z.unknown()).safeParse(node).data?.[step],
          documentJson,
        );
      expect(found, ref).toBeDefined();
    }
  });
});

describe('the reference page', () => {
  it('shows every route and asks nobody else for anything', async () => {
    const { headers, text } = await get('/docs');
    expect(headers.get('content-type')).toBe('text/html; charset=UTF-8');
    for (const { path } of routes) expect(text).toContain(`<code>${path}</code>`);
    expect(text).not.toMatch(/<script|<link|<img|<iframe|src=|@import|url\(|https?:/);
  });

  it('allows its own style and nothing else', async () => {
    const { headers, text } = await get('/docs');
    expect(headers.get('content-security-policy')).toBe(REFERENCE_CSP);
    const style = /<style>([\s\S]*?)<\/style>/.exec(text)?.[1] ?? '';
    const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(style));
    const sha256 = btoa(String.fromCharCode(...new Uint8Array(digest)));
    expect(REFERENCE_CSP).toContain(`style-src 'sha256-${sha256}'`);
    expect(text).not.toMatch(/ style="/);
  });
});
