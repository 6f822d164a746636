import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { until } from '../../testing/agent.ts';
import { GATE, ourEpc } from '../../testing/fixtures.ts';
import { expectProblem, startStore, type TestStore } from '../../testing/store.ts';

// A busy machine is no reason to fail: nothing here is about time.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let store: TestStore;
let token: string;
beforeEach(async () => {
  store = await startStore();
  token = await store.edge.token('cashier');
});
afterEach(() => store.stop());

const call = (method: string, path: string, body?: unknown) =>
  store.agent.call(method, path, { token, ...(body === undefined ? {} : { body }) });
const NOBODY = 'alm_00000000-0000-7000-8000-000000000001';

describe('alarms over HTTP', () => {
  it('begin at a gate and end with a name and a reason', async () => {
    const reads = { id: 'walk', reads: [{ epc: ourEpc(2) }] };
    expect((await call('POST', `/v1/gates/${GATE}/reads`, reads)).json).toMatchObject({ decision: 'alarm' });
    await until(async () => expect((await call('GET', '/v1/alarms')).json.data).toHaveLength(1));
    const [alarm] = (await call('GET', '/v1/alarms')).json.data;
    expect(alarm).toMatchObject({
      gate_id: GATE,
      read_id: 'walk',
      state: 'open',
      tags: [{ epc: ourEpc(2), status: 'unsold', name: 'Scarf' }],
    });
    expect((await call('GET', '/v1/floor')).json.alarms).toEqual([alarm]);
    const path = `/v1/alarms/${alarm.id}`;
    expect((await call('POST', `${path}/acknowledgements`, { name: ' Anne ' })).json).toMatchObject({
      state: 'acknowledged',
      acknowledged: { name: 'Anne' },
    });
    const end = { name: 'Anne', resolution: 'paid', note: 'showed the receipt' };
    expect((await call('POST', `${path}/resolutions`, end)).json).toMatchObject({ state: 'resolved' });
    expectProblem(
      await call('POST', `${path}/resolutions`, { ...end, resolution: 'theft' }),
      409,
      'conflict',
    );
    expect((await call('GET', '/v1/alarms')).json).toEqual({ data: [], has_more: false });
    expect((await call('GET', '/v1/alarms?state=resolved')).json.data).toHaveLength(1);
    await until(() =>
      expect([...store.edge.reports.values()].map(({ kind }) => kind)).toContain('gate.cleared'),
    );
  });

  it('are for people who may, with a name that is one', async () => {
    expectProblem(await store.agent.call('GET', '/v1/alarms'), 403, 'forbidden');
    const resolve = (body: unknown, id = NOBODY) => call('POST', `/v1/alarms/${id}/resolutions`, body);
    expectProblem(await resolve({ name: 'A', resolution: 'paid' }), 404, 'not_found');
    expectProblem(await resolve({ name: ' ', resolution: 'paid' }), 422, 'invalid');
    expectProblem(await resolve({ name: 'A', resolution: 'whatever' }), 422, 'invalid');
    expectProblem(await resolve({ name: 'A', resolution: 'paid' }, 'x'), 404, 'not_found');
    expectProblem(await call('GET', `/v1/alarms?starting_after=${NOBODY}`), 422, 'invalid');
  });
});
