import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AgentState } from '../state/agent_state.ts';
import { TestEdge } from '../testing/edge.ts';
import { ExitBench } from '../testing/exit_bench.ts';
import { GATE, orderId, ourEpc, STORE } from '../testing/fixtures.ts';
import { acceptPass, type PassContext } from './accept_pass.ts';

// A busy machine is no reason to fail: nothing here is about time.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let bench: ExitBench;
beforeEach(async () => {
  bench = await ExitBench.open();
});
afterEach(() => bench.close());

describe('an exit pass', () => {
  const show = (pass: string, gateId: string | null = null) => acceptPass(bench.passes, { pass, gateId });

  beforeEach(() => {
    bench.edge.stock([ourEpc(1), ourEpc(2)]);
    bench.learn(ourEpc(1), ourEpc(2));
    bench.state.adoptJwks(bench.edge.jwks());
  });

  it('opens without a line, marks its tags sold for good, and is reported', async () => {
    bench.linked = false;
    const pass = await bench.edge.exitPass(orderId(1), [
      [ourEpc(1), 10],
      [ourEpc(9), 11],
    ]);
    const answer = await show(pass, GATE);
    expect(answer).toMatchObject({
      ok: true,
      value: {
        decision: 'open',
        epcs: [
          { epc: ourEpc(1), status: 'sold', order_id: orderId(1), name: 'Scarf' },
          { epc: ourEpc(9), status: 'sold' },
        ],
      },
    });
    expect((await bench.ask(ourEpc(1), ourEpc(9))).decision).toBe('open');
    expect(bench.state.tables.tags.load().get(ourEpc(1))).toMatchObject({
      status: 'sold',
      rev: 10,
      order_id: orderId(1),
    });
    expect(bench.reports()[0]).toMatchObject({
      kind: 'exit_pass.accepted',
      data: { order_id: orderId(1), gate_id: GATE, decision: 'open' },
    });
  });

  it('waits for staff where its order must be looked at: opens nothing, sells nothing, is not used up', async () => {
    const epcs: [string, number][] = [[ourEpc(1), 10]];
    const pass = await bench.edge.exitPass(orderId(1), epcs, { extra: { verify: 'staff' } });
    for (let shown = 0; shown < 2; shown++) {
      expect(await show(pass, GATE)).toMatchObject({
        ok: true,
        value: { decision: 'alarm', reason: 'verification_pending' },
      });
    }
    expect(bench.state.book.get(ourEpc(1))).toMatchObject({ status: 'unsold' });
    expect(bench.state.tables.passes.used(`pass-${orderId(1)}`)).toBe(false);
    expect(bench.reports()[0]).toMatchObject({
      kind: 'exit_pass.refused',
      data: { reason: 'verification_pending', order_id: orderId(1) },
    });
    const after = await bench.edge.exitPass(orderId(1), epcs, {
      jti: 'pass-after',
      extra: { verify: 'none' },
    });
    expect(await show(after, GATE)).toMatchObject({ ok: true, value: { decision: 'open' } });
  });

  it('opens for a trip without tags', async () => {
    expect(await show(await bench.edge.exitPass(orderId(1), []))).toMatchObject({
      ok: true,
      value: { decision: 'open', epcs: [] },
    });
  });

  it('frees nothing that was returned since', async () => {
    bench.state.book.apply([{ epc: ourEpc(1), status: 'unsold', rev: 20 }]);
    const answer = await show(
      await bench.edge.exitPass(orderId(1), [
        [ourEpc(1), 10],
        [ourEpc(2), 11],
      ]),
    );
    expect(answer).toMatchObject({
      ok: true,
      value: { decision: 'alarm', epcs: [{ status: 'unsold' }, { status: 'sold' }] },
    });
    expect(bench.state.book.get(ourEpc(1))).toMatchObject({ status: 'unsold', rev: 20 });
  });

  it('is good once, also when shown twice at the same moment and after a restart', async () => {
    const pass = await bench.edge.exitPass(orderId(1), [[ourEpc(1), 10]]);
    const both = await Promise.all([show(pass), show(pass)]);
    expect(both.filter((one) => one.ok)).toHaveLength(1);
    expect(await show(pass)).toEqual({ ok: false, error: { code: 'bad_pass', detail: 'used' } });
    expect(bench.state.tables.passes.used(`pass-${orderId(1)}`)).toBe(true);
  });

  it('is refused for each reason by name, and the refusal is reported', async () => {
    const epcs: [string, number][] = [[ourEpc(1), 10]];
    const order = orderId(1);
    const otherStore = STORE.replace(/1$/, 'f');
    const good = await bench.edge.exitPass(order, epcs);
    const [head = '', , mark = ''] = good.split('.');
    const forged = Buffer.from(JSON.stringify({ order })).toString('base64url');
    const cases: [string, string][] = [
      [await bench.edge.exitPass(order, epcs, { expiresInS: -31 }), 'expired'],
      [await bench.edge.exitPass(order, epcs, { by: 'stranger' }), 'signature'],
      [await bench.edge.exitPass(order, epcs, { by: 'cloud' }), 'signature'],
      [`${head}.${forged}.${mark}`, 'signature'],
      [await bench.edge.exitPass(order, epcs, { store: otherStore }), 'other_store'],
      [await bench.edge.exitPass(order, epcs, { typ: 'JWT' }), 'malformed'],
      [await bench.edge.exitPass(order, epcs, { extra: { aud: 'sesame' } }), 'malformed'],
      [await bench.edge.exitPass(order, [['ABC', 1]]), 'malformed'],
      [await bench.edge.exitPass(order, [[ourEpc(1), 0]]), 'malformed'],
      [await bench.edge.token('admin'), 'malformed'],
      ['not a pass', 'malformed'],
      ['a.b.c', 'malformed'],
      [`${Buffer.from('{"alg":"none"}').toString('base64url')}.${forged}.x`, 'malformed'],
      ['x'.repeat(70_000), 'malformed'],
    ];
    for (const [pass, detail] of cases) {
      const answer = await show(pass);
      expect(answer).toEqual({ ok: false, error: { code: 'bad_pass', detail } });
    }
    expect(bench.state.book.get(ourEpc(1))?.status).toBe('unsold');
    expect(bench.reports().every((report) => report.kind === 'exit_pass.refused')).toBe(true);
    expect(bench.reports()).toHaveLength(cases.length);
    expect((await show(good)).ok).toBe(true);
  });

  it('allows half a minute for clocks that differ', async () => {
    expect((await show(await bench.edge.exitPass(orderId(1), [], { expiresInS: -25 }))).ok).toBe(true);
  });

  it('is checked against fresh keys when ours may be old, and with none there is no verdict', async () => {
    const pass = await bench.edge.exitPass(orderId(1), [[ourEpc(1), 10]]);
    const stale = await new TestEdge().start();
    bench.state.adoptJwks(stale.jwks());
    await stale.stop();
    expect((await show(pass)).ok).toBe(true);
    expect(bench.keysFetched).toBe(1);
    bench.linked = false;
    const empty: PassContext = {
      ...bench.passes,
      state: new AgentState(
        join(bench.folder, 'empty'),
        () => bench.nowMs,
        () => {},
      ),
    };
    expect(await acceptPass(empty, { pass, gateId: null })).toEqual({
      ok: false,
      error: { code: 'no_keys' },
    });
    empty.state.close();
  });

  it('is not taken when the disk cannot remember it', async () => {
    const pages = Number(bench.state.database.prepare('PRAGMA page_count').get()?.['page_count']);
    bench.state.database.exec(`PRAGMA max_page_count = ${pages}`);
    const many = Array.from({ length: 300 }, (_, n): [string, number] => [ourEpc(100 + n), 10 + n]);
    const pass = await bench.edge.exitPass(orderId(1), many);
    expect(await show(pass)).toEqual({ ok: false, error: { code: 'disk_full' } });
    expect(bench.state.book.get(ourEpc(100))).toBeUndefined();
    bench.state.database.exec('PRAGMA max_page_count = 100000');
    expect((await show(pass)).ok).toBe(true);
  });
});
