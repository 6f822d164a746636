import { Validator } from '@seriousme/openapi-schema-validator';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startTestAgent, until } from '../testing/agent.ts';
import { TestEdge } from '../testing/edge.ts';
import { AGENT, GATE, orderId, ourEpc, PRINTER, STORE, tempFolder } from '../testing/fixtures.ts';
import { expectProblem, startStore, type TestStore } from '../testing/store.ts';

// A busy machine is no reason to fail: nothing here is about time.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let store: TestStore;
const start = async (): Promise<void> => {
  store = await startStore();
};
const stop = (): Promise<void> => store.stop();

describe('the interface as such', () => {
  beforeAll(start);
  afterAll(stop);

  it('describes every route of its own in valid OpenAPI 3.1', async () => {
    const { json } = await store.agent.call('GET', '/openapi.json', { token: null });
    expect(await new Validator().validate(json)).toMatchObject({ valid: true });
    expect(json.openapi).toBe('3.1.0');
    expect(Object.keys(json.paths).sort()).toEqual(
      [
        '/docs',
        '/healthz',
        '/livez',
        '/metrics',
        '/openapi.json',
        '/readyz',
        '/rfid/keonn/check-epcs/',
        '/rfid/keonn/{token}/check-epcs/',
        '/syncz',
        '/v1/alarms',
        '/v1/alarms/{alarm_id}/acknowledgements',
        '/v1/alarms/{alarm_id}/resolutions',
        '/v1/devices/{device_id}/commands',
        '/v1/devices/{device_id}/commands/{command_id}',
        '/v1/baskets',
        '/v1/baskets/{basket_id}',
        '/v1/baskets/{basket_id}/approvals',
        '/v1/baskets/{basket_id}/lines/{line_id}',
        '/v1/baskets/{basket_id}/scans',
        '/v1/exit_passes',
        '/v1/floor',
        '/v1/floor/stream',
        '/v1/gates/{gate_id}/mute',
        '/v1/gates/{gate_id}/overrides',
        '/v1/gates/{gate_id}/reads',
        '/v1/orders',
        '/v1/orders/{order_id}',
        '/v1/orders/{order_id}/cancel',
        '/v1/orders/{order_id}/payments',
        '/v1/orders/{order_id}/receipt',
        '/v1/print_jobs',
        '/v1/print_jobs/{print_job_id}',
        '/v1/print_jobs/{print_job_id}/preview',
        '/v1/print_jobs/{print_job_id}/reprint',
        '/v1/till',
        '/v1/till/calls',
        '/v1/till/close',
        '/v1/till/stream',
        '/v1/till/upload',
        '/v1/printers/{printer_id}',
        '/v1/printers/{printer_id}/drawer_kicks',
        '/v1/tags/{epc}',
        '/v1/vendor_deliveries',
        '/v1/vendor_deliveries/{vendor_delivery_id}/replays',
      ].sort(),
    );
    const docs = await store.agent.call('GET', '/docs', { token: null });
    expect(docs.status).toBe(200);
    expect(docs.text).toContain('/v1/exit_passes');
  });

  it('wants a token of this store, by a key of the cloud, with a role that may', async () => {
    const path = `/v1/tags/${ourEpc(1)}`;
    expectProblem(await store.agent.call('GET', path, { token: null }), 401, 'unauthenticated');
    expectProblem(await store.agent.call('GET', path, { token: 'rubbish' }), 401, 'unauthenticated');
    expectProblem(
      await store.agent.call('GET', path, { token: await store.edge.token('kiosk', { by: 'stranger' }) }),
      401,
      'unauthenticated',
    );
    expectProblem(
      await store.agent.call('GET', path, { token: await store.edge.token('kiosk', { expiresInS: -31 }) }),
      401,
      'unauthenticated',
    );
    expectProblem(
      await store.agent.call('GET', path, { token: await store.edge.exitPass(orderId(1), []) }),
      401,
      'unauthenticated',
    );
    // The edge signs shoppers; what it says of staff counts for nothing, in its own name or another's.
    const badly = [
      store.edge.token('admin', { iss: 'sesame-edge' }),
      store.edge.token('admin', { iss: 'sesame-edge', by: 'edge' }),
      store.edge.token('admin', { by: 'edge' }),
      store.edge.token('shopper', {}),
    ];
    for (const token of await Promise.all(badly))
      expectProblem(await store.agent.call('GET', path, { token }), 401, 'unauthenticated');
    const inNoRole = [
      store.edge.token('shopper', { iss: 'sesame-edge', by: 'edge' }),
      store.edge.token('service', {}),
    ];
    for (const token of await Promise.all(inNoRole))
      expectProblem(await store.agent.call('GET', path, { token }), 403, 'forbidden');
    expectProblem(
      await store.agent.call('GET', path, {
        token: await store.edge.token('kiosk', { store: STORE.replace(/1$/, 'f') }),
      }),
      403,
      'forbidden',
    );
    expectProblem(
      await store.agent.call('GET', path, {
        token: await store.edge.token('admin', { retailer: 'ret_00000000-0000-7000-8000-00000000000f' }),
      }),
      403,
      'forbidden',
    );
    // A device that the store does not list, or that says to be of another kind.
    const strays = [store.edge.token('kiosk', { sub: AGENT }), store.edge.token('agent', { sub: GATE })];
    for (const token of await Promise.all(strays))
      expectProblem(await store.agent.call('GET', path, { token }), 403, 'forbidden');
    for (const role of ['kiosk', 'admin', 'manager', 'cashier', 'agent']) {
      expect((await store.agent.call('GET', path, { token: await store.edge.token(role) })).status).toBe(200);
    }
    expect(
      (await store.agent.call('GET', path, { token: await store.edge.token('admin', { store: null }) }))
        .status,
    ).toBe(200);
  });

  it('names each broken body', async () => {
    const post = (raw: string, headers: Record<string, string> = {}) =>
      store.agent.call('POST', '/v1/exit_passes', { raw, headers });
    expectProblem(await post('{"pass":'), 400, 'malformed_json');
    expectProblem(await post('{}', { 'content-type': 'text/plain' }), 415, 'unsupported_media_type');
    expectProblem(await post(JSON.stringify({ pass: 'x'.repeat(1024 * 1024) })), 413, 'body_too_large');
    const stream = new ReadableStream({
      start(controller) {
        for (let n = 0; n < 20; n++) controller.enqueue(new Uint8Array(64 * 1024).fill(0x20));
        controller.close();
      },
    });
    const chunked = fetch(`${store.agent.url}/v1/exit_passes`, {
      method: 'POST',
      body: stream,
      duplex: 'half',
      headers: { 'content-type': 'application/json' },
    });
    expect((await chunked).status).toBe(413);
    const unknown = await post(JSON.stringify({ pass: 'a.b.c', colour: 'red' }));
    expectProblem(unknown, 422, 'invalid');
    expect(unknown.json.errors).toEqual([
      { path: '/colour', code: 'unknown_field', message: 'unknown field "colour"' },
    ]);
    const missing = await store.agent.call('POST', '/v1/exit_passes', { raw: '' });
    expect([400, 422]).toContain(missing.status);
    expectProblem(await store.agent.call('GET', '/v1/nothing'), 404, 'not_found');
    expectProblem(await store.agent.call('GET', '/v1/print_jobs/nonsense'), 404, 'not_found');
  });

  it('keeps the request id that it is given, if it is one', async () => {
    expect(
      (await store.agent.call('GET', '/livez', { headers: { 'request-id': 'abc-1.2' } })).headers.get(
        'request-id',
      ),
    ).toBe('abc-1.2');
    expect(
      (await store.agent.call('GET', '/livez', { headers: { 'request-id': 'a b' } })).headers.get(
        'request-id',
      ),
    ).toMatch(/^req_/);
  });

  it('says of itself how it is', async () => {
    expect((await store.agent.call('GET', '/livez', { token: null })).json).toEqual({ status: 'ok' });
    expect((await store.agent.call('GET', '/readyz', { token: null })).json).toEqual({ status: 'ok' });
    await until(async () => {
      const health = await store.agent.call('GET', '/healthz', { token: null });
      expect(health.json).toMatchObject({
        status: 'ok',
        disk: 'ok',
        link: { state: 'up' },
        devices: [{ id: PRINTER, kind: 'printer', state: 'online' }],
      });
    });
    const sync = await store.agent.call('GET', '/syncz', { token: null });
    expect(sync.json).toMatchObject({ link: 'up', epoch: 'epoch-1', cursor: store.edge.head });
    for (const key of ['backlog', 'oldest_unsynced_ms', 'clock_offset_ms'])
      expect(Number.isInteger(sync.json[key])).toBe(true);
  });

  it('counts what it does', async () => {
    await store.agent.call('POST', `/v1/gates/${GATE}/reads`, {
      body: { id: 'm1', reads: [{ epc: ourEpc(1) }] },
    });
    // The gate thread tells of its decision by message, a moment after the answer.
    await until(async () => {
      const { text } = await store.agent.call('GET', '/metrics', { token: null });
      expect(text).toMatch(/^sesame_gate_decisions_total\{decision="open"\} [1-9]/m);
    });
    const metrics = await store.agent.call('GET', '/metrics', { token: null });
    expect(metrics.headers.get('content-type')).toContain('version=0.0.4');
    expect(metrics.text).toMatch(/^sesame_gate_decisions_total\{decision="open"\} [1-9]/m);
    expect(metrics.text).toMatch(/^sesame_tag_reads_total\{source="http"\} [1-9]/m);
    expect(metrics.text).toMatch(/^sesame_gate_decision_seconds_bucket\{le="\+Inf"\} [1-9]/m);
    expect(metrics.text).toContain(`sesame_feed_cursor ${store.edge.head}\n`);
    for (const name of ['sesame_outbox_backlog', 'sesame_prints_total', 'sesame_gate_decision_seconds_sum'])
      expect(metrics.text).toContain(name);
  });

  it('serves the floor page and nothing beside it', async () => {
    const page = await store.agent.call('GET', '/floor/', { token: null });
    expect(page.status).toBe(200);
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect((await store.agent.call('GET', '/floor', { token: null })).headers.get('location')).toBe(
      '/floor/',
    );
    expect(
      (await store.agent.call('GET', '/floor/main.js', { token: null })).headers.get('content-type'),
    ).toContain('text/javascript');
    for (const path of [
      '/floor/none.js',
      '/floor/..%2fsecret.json',
      '/floor/%2e%2e/secret.json',
      '/floor/..%2f..%2fetc%2fpasswd',
      '/floor/a%00.js',
      '/floor/%zz',
    ]) {
      expectProblem(await store.agent.call('GET', path, { token: null }), 404, 'not_found');
    }
  });
});

describe('before the first link', () => {
  it('says that it is not ready, and refuses kindly', async () => {
    const edge = await new TestEdge().start();
    await edge.stop();
    const folder = tempFolder();
    const agent = await startTestAgent(edge, folder.path);
    expectProblem(await agent.call('GET', '/readyz', { token: null }), 503, 'store_unavailable');
    const refused = await agent.call('GET', `/v1/tags/${ourEpc(1)}`);
    expectProblem(refused, 503, 'store_unavailable');
    expect(refused.headers.get('retry-after')).toBe('1');
    await agent.stop();
    folder.remove();
  });
});
