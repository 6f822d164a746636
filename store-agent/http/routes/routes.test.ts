import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startTestAgent, until } from '../../testing/agent.ts';
import { foreignEpc, GATE, orderId, ourEpc, PRINTER, receiptOf } from '../../testing/fixtures.ts';
import { expectProblem, startStore, type TestStore } from '../../testing/store.ts';

// A busy machine is no reason to fail: nothing here is about time.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let store: TestStore;
const start = async (): Promise<void> => {
  store = await startStore();
};
const stop = (): Promise<void> => store.stop();

describe('tags, gates and passes', () => {
  beforeEach(start);
  afterEach(stop);

  it('tells of a tag in every spelling', async () => {
    expect((await store.agent.call('GET', `/v1/tags/${ourEpc(1).toLowerCase()}`)).json).toEqual({
      epc: ourEpc(1),
      status: 'sold',
      order_id: orderId(1),
      name: 'Scarf',
    });
    expect((await store.agent.call('GET', `/v1/tags/${ourEpc(2)}`)).json).toMatchObject({ status: 'unsold' });
    expect((await store.agent.call('GET', `/v1/tags/urn:epc:id:sgtin:9521141.012345.99`)).json).toEqual({
      epc: ourEpc(99),
      status: 'unknown',
    });
    expect((await store.agent.call('GET', `/v1/tags/${foreignEpc(1)}`)).json).toMatchObject({
      status: 'foreign',
    });
    expectProblem(await store.agent.call('GET', '/v1/tags/xyz'), 422, 'bad_code');
  });

  it('decides for a gate of this store', async () => {
    const reads = (id: string, ...epcs: string[]) => ({
      id,
      reads: epcs.map((epc) => ({ epc, rssi: -51, antenna: 1, at: new Date().toISOString() })),
    });
    const ask = (body: unknown, gate = GATE) => store.agent.call('POST', `/v1/gates/${gate}/reads`, { body });
    expect((await ask(reads('a', ourEpc(1)))).json).toMatchObject({
      id: 'a',
      decision: 'open',
      epcs: [{ epc: ourEpc(1), status: 'sold', order_id: orderId(1), name: 'Scarf' }],
    });
    expect((await ask(reads('b', ourEpc(1), ourEpc(2)))).json).toMatchObject({ id: 'b', decision: 'alarm' });
    expect((await ask(reads('c', foreignEpc(1)))).json).toMatchObject({ decision: 'ignore' });
    expectProblem(await ask(reads('d', 'zz')), 422, 'invalid');
    expectProblem(
      await ask(reads('e', ourEpc(1)), 'gat_00000000-0000-7000-8000-0000000000ff'),
      404,
      'not_found',
    );
    await until(() =>
      expect(
        [...store.edge.reports.values()].map((r) => r.kind).filter((kind) => kind.startsWith('gate')),
      ).toEqual(['gate.open', 'gate.alarm']),
    );
  });

  it('takes a pass once, and the same call again under its key', async () => {
    const pass = await store.edge.exitPass(orderId(5), [[ourEpc(2), 90]]);
    const show = (key: string, body: unknown = { pass }) =>
      store.agent.call('POST', '/v1/exit_passes', { body, headers: { 'idempotency-key': key } });
    const first = await show('k1');
    expect(first.json).toMatchObject({
      decision: 'open',
      epcs: [{ epc: ourEpc(2), status: 'sold', order_id: orderId(5) }],
    });
    const again = await show('k1');
    expect(again.json).toEqual(first.json);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expectProblem(await show('k1', { pass: `${pass}x` }), 422, 'idempotency_key_reuse');
    const used = await show('k2');
    expectProblem(used, 422, 'bad_pass');
    expect(used.json.detail).toBe('used');
    expectProblem(await show('k2'), 422, 'bad_pass');
    const unknownGate = await show('k3', { pass, gate_id: 'gat_00000000-0000-7000-8000-0000000000ff' });
    expectProblem(unknownGate, 422, 'invalid');
    await until(() =>
      expect([...store.edge.reports.values()].map((r) => r.kind)).toContain('exit_pass.accepted'),
    );
  });

  it('lets one of two calls under one key in at a time', async () => {
    const pass = await store.edge.exitPass(orderId(5), []);
    const call = () =>
      store.agent.call('POST', '/v1/exit_passes', { body: { pass }, headers: { 'idempotency-key': 'same' } });
    const answers = await Promise.all([call(), call(), call()]);
    const open = answers.filter((one) => one.status === 200);
    expect(open.length).toBeGreaterThanOrEqual(1);
    expect(open.filter((one) => one.headers.get('idempotency-replayed') === null)).toHaveLength(1);
    for (const one of answers) if (one.status !== 200) expectProblem(one, 409, 'idempotency_in_flight');
  });

  it('goes on without a line, on the keys and tags it holds', async () => {
    const pass = await store.edge.exitPass(orderId(6), [[ourEpc(3), 91]]);
    await store.edge.stop();
    await until(() => expect(store.agent.link.status().state).toBe('down'));
    expect((await store.agent.call('GET', '/syncz', { token: null })).json.link).toBe('down');
    expect((await store.agent.call('POST', '/v1/exit_passes', { body: { pass } })).json).toMatchObject({
      decision: 'open',
    });
    expect(
      (
        await store.agent.call('POST', `/v1/gates/${GATE}/reads`, {
          body: { id: 'x', reads: [{ epc: ourEpc(3) }] },
        })
      ).json,
    ).toMatchObject({ decision: 'open' });
    await store.agent.stop();
    store.agent = await startTestAgent(store.edge, store.folder);
    expect((await store.agent.call('GET', `/v1/tags/${ourEpc(3)}`)).json).toMatchObject({
      status: 'sold',
      order_id: orderId(6),
    });
    await store.edge.start();
    await until(() =>
      expect([...store.edge.reports.values()].map((r) => r.kind)).toContain('exit_pass.accepted'),
    );
  });

  it('answers 507 for what it would have to remember while the disk is full, and gates all the same', async () => {
    const pages = Number(store.agent.state.database.prepare('PRAGMA page_count').get()?.['page_count']);
    store.agent.state.database.exec(`PRAGMA max_page_count = ${pages}`);
    for (let n = 10; n < 60; n++) store.edge.sell(orderId(n), [ourEpc(n)]);
    await until(() => expect(store.agent.state.disk.state).toBe('full'));
    await until(() => expect(store.agent.state.book.get(ourEpc(59))?.status).toBe('sold'));
    expectProblem(
      await store.agent.call('POST', '/v1/print_jobs', { body: { markup: 'x' } }),
      507,
      'disk_full',
    );
    expectProblem(
      await store.agent.call('POST', '/v1/exit_passes', {
        body: { pass: await store.edge.exitPass(orderId(7), []) },
      }),
      507,
      'disk_full',
    );
    expect(
      (
        await store.agent.call('POST', `/v1/gates/${GATE}/reads`, {
          body: { id: 'x', reads: [{ epc: ourEpc(59) }] },
        })
      ).json,
    ).toMatchObject({ decision: 'open' });
    expect((await store.agent.call('GET', '/healthz', { token: null })).json).toMatchObject({
      status: 'degraded',
      disk: 'full',
    });
    store.agent.state.database.exec('PRAGMA max_page_count = 1000000');
    // The agent finds out by itself, with its next try.
    await until(() => expect(store.agent.state.disk.state).toBe('ok'));
    await until(() => expect(store.agent.state.cursor).toBe(store.edge.head));
    expect(
      (await store.agent.call('POST', '/v1/print_jobs', { body: { markup: '[L]x<cut/>' } })).status,
    ).toBe(202);
  });
});

describe('print jobs', () => {
  beforeEach(start);
  afterEach(stop);

  const statusOf = async (id: string): Promise<unknown> =>
    (await store.agent.call('GET', `/v1/print_jobs/${id}`)).json.status;

  it('print an order that the feed brought, once, and a copy when asked', async () => {
    const post = (body: unknown, key?: string) =>
      store.agent.call('POST', '/v1/print_jobs', {
        body,
        ...(key === undefined ? {} : { headers: { 'idempotency-key': key } }),
      });
    store.edge.sell(orderId(2), [ourEpc(2)], 'EX-2');
    await until(() => expect(store.agent.state.tables.receipts.has(orderId(2))).toBe(true));
    const job = await post({ order_id: orderId(2) }, 'k');
    expect(job.status).toBe(202);
    expect(job.json).toMatchObject({
      status: 'queued',
      kind: 'order',
      order_id: orderId(2),
      printer_id: PRINTER,
      copy: false,
    });
    await until(async () => expect(await statusOf(job.json.id)).toBe('printed'));
    expect((await post({ order_id: orderId(2) }, 'k')).json).toEqual(job.json);
    expect((await post({ order_id: orderId(2) })).json).toMatchObject({ id: job.json.id, status: 'printed' });
    const copy = await store.agent.call('POST', `/v1/print_jobs/${job.json.id}/reprint`);
    expect(copy.json).toMatchObject({ copy: true, reprint_of: job.json.id });
    await until(async () => expect(await statusOf(copy.json.id)).toBe('printed'));
    expect(store.printer.receipts().map((receipt) => receipt.text.includes('COPY'))).toEqual([false, true]);
  });

  it('wait for an order that only the edge holds', async () => {
    store.edge.receipts.set(orderId(8), receiptOf(orderId(8), 'EX-8'));
    const job = await store.agent.call('POST', '/v1/print_jobs', { body: { order_id: orderId(8) } });
    expect(job.json.status).toBe('waiting');
    await until(async () => expect(await statusOf(job.json.id)).toBe('printed'));
    expect(store.printer.receipts()[0]?.text).toContain('EX-8');
  });

  it('are refused with a reason', async () => {
    const post = (body: unknown) => store.agent.call('POST', '/v1/print_jobs', { body });
    expectProblem(await post({}), 422, 'invalid');
    expectProblem(await post({ markup: '<nope>' }), 422, 'invalid');
    expectProblem(
      await post({ markup: 'x', printer_id: 'prn_00000000-0000-7000-8000-0000000000ff' }),
      422,
      'invalid',
    );
    expectProblem(
      await store.agent.call('GET', '/v1/print_jobs/prj_00000000-0000-7000-8000-0000000000ff'),
      404,
      'not_found',
    );
    expectProblem(
      await store.agent.call('POST', '/v1/print_jobs/prj_00000000-0000-7000-8000-0000000000ff/reprint'),
      404,
      'not_found',
    );
    store.printer.setPaper('out');
    const job = await post({ markup: '[L]x<cut/>' });
    expectProblem(await store.agent.call('POST', `/v1/print_jobs/${job.json.id}/reprint`), 409, 'conflict');
  });
});
