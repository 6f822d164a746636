import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startTestAgent, until } from '../testing/agent.ts';
import { orderId, ourEpc } from '../testing/fixtures.ts';
import { expectProblem, startStore, type TestStore } from '../testing/store.ts';
import { VendorBox } from '../testing/vendor_box.ts';

// A busy machine is no reason to fail: nothing here is about time.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let store: TestStore;
let box: VendorBox;
let refusing: boolean;
let manager: string;

beforeEach(async () => {
  refusing = true;
  box = new VendorBox((request) => {
    const right = request.method === 'POST' && request.path === '/api/gate/';
    return { status: right && !refusing ? 200 : 422 };
  });
  store = await startStore();
  await store.agent.stop();
  store.agent = await startTestAgent(store.edge, store.folder, {
    vendors: [{ id: 'door', profile: 'keonn', base_url: await box.start() }],
  });
  await until(() => expect(store.agent.state.cursor).toBe(store.edge.head));
  await until(() => expect(store.agent.state.jwks).not.toBeNull());
  manager = await store.edge.token('manager');
});
afterEach(async () => {
  await store.stop();
  await box.stop();
});

const call = (method: string, path: string, token = manager) => store.agent.call(method, path, { token });

describe('vendors of an agent', () => {
  it('hear of a sale and of goods that come back; what they would not take is listed, shown, reported and replayed', async () => {
    store.edge.sell(orderId(2), [ourEpc(2), ourEpc(3)], 'EX-2');
    const dead = async () => (await call('GET', '/v1/vendor_deliveries?status=dead')).json;
    await until(async () => expect((await dead()).data).toHaveLength(2));
    const { data } = await dead();
    expect(data[0]).toMatchObject({
      vendor: 'door',
      epc: ourEpc(3),
      to: 'retail_sold',
      order_id: orderId(2),
      status: 'dead',
      code: 'http_422',
    });
    const page = (await call('GET', '/v1/vendor_deliveries?limit=1')).json;
    expect(page).toMatchObject({ data: [{ id: data[0].id }], has_more: true });
    const next = (await call('GET', `/v1/vendor_deliveries?limit=1&starting_after=${data[0].id}`)).json;
    expect(next).toMatchObject({ data: [{ id: data[1].id }], has_more: false });
    const back = (await call('GET', `/v1/vendor_deliveries?limit=1&ending_before=${data[1].id}`)).json;
    expect(back).toMatchObject({ data: [{ id: data[0].id }], has_more: false });
    expect((await call('GET', '/v1/vendor_deliveries?vendor=other')).json).toEqual({
      data: [],
      has_more: false,
    });

    await until(() =>
      expect([...store.edge.reports.values()].map((report) => report.kind)).toContain('vendor.failed'),
    );
    const floor = (await call('GET', '/v1/floor')).json.devices;
    expect(floor).toContainEqual(expect.objectContaining({ id: 'door', kind: 'vendor', state: 'degraded' }));
    const metrics = (await call('GET', '/metrics')).text;
    expect(metrics).toContain('sesame_vendor_dead{vendor="door"} 2');
    expect(metrics).toContain('sesame_vendor_requests_total{vendor="door",result="4xx"} 1');

    refusing = false;
    const replay = (id: string, token = manager) =>
      call('POST', `/v1/vendor_deliveries/${id}/replays`, token);
    expectProblem(await replay(data[0].id, await store.edge.token('kiosk')), 403, 'forbidden');
    expectProblem(await replay('vdl_00000000-0000-7000-8000-0000000000ff'), 404, 'not_found');
    expect(await replay(data[0].id)).toMatchObject({
      status: 202,
      json: { status: 'waiting', id: data[0].id },
    });
    await until(async () => expect((await dead()).data).toHaveLength(1));
    await until(async () => {
      const delivered = (await call('GET', '/v1/vendor_deliveries?status=delivered')).json.data;
      expect(delivered).toMatchObject([{ id: data[0].id, status: 'delivered' }]);
    });
    expectProblem(await replay(data[0].id), 409, 'conflict');
    expect(JSON.parse(box.requests.at(-1)?.body ?? '')).toEqual({ epcs: [ourEpc(3)], status: 'sold' });
  });
});
