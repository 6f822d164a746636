import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ExitBench } from '../testing/exit_bench.ts';
import { foreignEpc, GATE, orderId, ourEpc, storeConfig } from '../testing/fixtures.ts';

// A busy machine is no reason to fail: nothing here is about time.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let bench: ExitBench;
beforeEach(async () => {
  bench = await ExitBench.open();
});
afterEach(() => bench.close());

describe('a gate', () => {
  it('is answered from memory, with the age of what is known', async () => {
    bench.edge.stock([ourEpc(1)], 'Scarf');
    bench.edge.sell(orderId(1), [ourEpc(1)]);
    bench.learn(ourEpc(1));
    const answer = await bench.ask(ourEpc(1), foreignEpc(1));
    expect(answer).toMatchObject({
      decision: 'open',
      epcs: [
        { epc: ourEpc(1), status: 'sold', order_id: orderId(1), name: 'Scarf' },
        { epc: foreignEpc(1), status: 'foreign' },
      ],
      as_of: new Date(bench.nowMs - 1_000).toISOString(),
    });
    expect(bench.tagCalls()).toEqual([]);
    expect(bench.news[0]).toMatchObject({ gate_id: GATE, source: 'mqtt', fresh: true });
    expect(bench.news[0]?.took_us).toBeGreaterThanOrEqual(0);
  });

  it('hears of a sale that the feed has not brought yet, because the bench.edge is asked before the alarm', async () => {
    bench.edge.stock([ourEpc(1)]);
    bench.learn(ourEpc(1));
    bench.edge.sell(orderId(7), [ourEpc(1)]);
    expect(await bench.ask(ourEpc(1))).toMatchObject({
      decision: 'open',
      epcs: [{ status: 'sold', order_id: orderId(7), name: 'Scarf' }],
    });
    expect(bench.state.tables.tags.load().get(ourEpc(1))?.status).toBe('sold');
    expect(bench.tagCalls()).toHaveLength(1);
  });

  it('asks about the same tag once in a while, and many reads share one question', async () => {
    bench.edge.stock([ourEpc(1)]);
    bench.learn(ourEpc(1));
    const answers = await Promise.all([bench.ask(ourEpc(1)), bench.ask(ourEpc(1)), bench.ask(ourEpc(1))]);
    expect(answers.map((one) => one.decision)).toEqual(['alarm', 'alarm', 'alarm']);
    await bench.ask(ourEpc(1));
    expect(bench.tagCalls()).toHaveLength(1);
    bench.nowMs += 2_000;
    await bench.ask(ourEpc(1));
    expect(bench.tagCalls()).toHaveLength(2);
  });

  it('asks nobody when the line is cut or the policy grants no time', async () => {
    bench.edge.stock([ourEpc(1)]);
    bench.learn(ourEpc(1));
    bench.edge.sell(orderId(1), [ourEpc(1)]);
    bench.linked = false;
    expect((await bench.ask(ourEpc(1))).decision).toBe('alarm');
    bench.linked = true;
    bench.state.adoptConfig(storeConfig({ policies: { ask_edge_ms: 0 } }));
    expect((await bench.ask(ourEpc(1))).decision).toBe('alarm');
    expect(bench.tagCalls()).toEqual([]);
  });

  it('alarms when the bench.edge does not know better or does not answer', async () => {
    bench.edge.httpFault = () => 500;
    expect((await bench.ask(ourEpc(5))).decision).toBe('alarm');
    bench.edge.httpFault = null;
    expect((await bench.ask(ourEpc(6))).decision).toBe('alarm');
    await bench.edge.stop();
    expect((await bench.ask(ourEpc(7))).decision).toBe('alarm');
    await bench.edge.start();
  });

  it('never believes the bench.edge against a revision that is already known', async () => {
    bench.edge.stock([ourEpc(1)]);
    bench.edge.sell(orderId(1), [ourEpc(1)]);
    bench.state.book.apply([{ epc: ourEpc(1), status: 'unsold', rev: 50 }]);
    expect((await bench.ask(ourEpc(1))).decision).toBe('alarm');
    expect(bench.state.book.get(ourEpc(1))).toMatchObject({ status: 'unsold', rev: 50 });
  });

  it('gets the same answer to the same message, and a fresh one to a new message', async () => {
    bench.state.adoptConfig(storeConfig({ policies: { ask_edge_ms: 0 } }));
    bench.edge.stock([ourEpc(1)]);
    bench.learn(ourEpc(1));
    const message = { id: 'same', reads: [{ epc: ourEpc(1) }] };
    const first = await bench.gatekeeper.answer(GATE, message, 'mqtt');
    bench.edge.sell(orderId(1), [ourEpc(1)]);
    bench.learn(ourEpc(1));
    expect(await bench.gatekeeper.answer(GATE, message, 'mqtt')).toEqual(first);
    expect(
      (
        await bench.gatekeeper.answer(
          GATE,
          { id: 'same', reads: [{ epc: ourEpc(1) }, { epc: foreignEpc(1) }] },
          'mqtt',
        )
      ).decision,
    ).toBe('open');
    expect((await bench.gatekeeper.answer('gat_other', message, 'mqtt')).decision).toBe('open');
    bench.nowMs += 10_000;
    expect((await bench.gatekeeper.answer(GATE, message, 'mqtt')).decision).toBe('open');
  });

  it('is recorded once for a tag that stays, again when its bench.state changes, and never for ignoring', async () => {
    bench.state.adoptConfig(storeConfig({ policies: { ask_edge_ms: 0 } }));
    bench.edge.stock([ourEpc(1)]);
    bench.learn(ourEpc(1));
    for (let n = 0; n < 10; n++) {
      await bench.gatekeeper.decide(GATE, { id: `r${n}`, reads: [{ epc: ourEpc(1) }] }, 'reader');
      bench.nowMs += 500;
    }
    bench.edge.sell(orderId(1), [ourEpc(1)]);
    bench.learn(ourEpc(1));
    await bench.gatekeeper.decide(GATE, { id: 'r10', reads: [{ epc: ourEpc(1) }] }, 'reader');
    await bench.gatekeeper.decide(GATE, { id: 'r11', reads: [{ epc: foreignEpc(1) }] }, 'reader');
    expect(bench.reports().map((report) => report.kind)).toEqual(['gate.alarm', 'gate.open']);
    expect(bench.reports()[0]?.data).toMatchObject({
      gate_id: GATE,
      source: 'reader',
      decision: 'alarm',
      epcs: [{ epc: ourEpc(1), status: 'unsold' }],
    });
    expect(bench.news.map((one) => one.fresh)).toEqual([
      true,
      ...Array.from({ length: 9 }, () => false),
      true,
      true,
    ]);
  });

  it('waits for a payment that is being captured, no longer than the grace, and for nobody else', async () => {
    bench.state.adoptConfig(storeConfig({ policies: { grace_ms: 1_000 } }));
    bench.edge.stock([ourEpc(1), ourEpc(2), ourEpc(3)]);
    bench.learn(ourEpc(1), ourEpc(2), ourEpc(3));
    for (const n of [1, 2]) bench.edge.paying.add(ourEpc(n));
    const paid = bench.ask(ourEpc(1));
    await vi.waitFor(() => expect(bench.tagCalls()).toHaveLength(1));
    const again = bench.ask(ourEpc(1));
    bench.edge.sell(orderId(1), [ourEpc(1)]);
    bench.learn(ourEpc(1));
    expect((await paid).decision).toBe('open');
    expect((await again).decision).toBe('open');

    let decided = false;
    const unpaid = bench.ask(ourEpc(2)).finally(() => {
      decided = true;
    });
    await vi.waitFor(() => expect(bench.tagCalls().at(-1)).toContain(ourEpc(2)));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(decided).toBe(false);
    // Somebody beside her who is not paying is stopped at once.
    expect((await bench.ask(ourEpc(2), ourEpc(3))).decision).toBe('alarm');
    bench.nowMs += 1_001;
    expect((await unpaid).decision).toBe('alarm');
    // The grace is given once: who stands there and does not pay is not waited for again.
    expect((await bench.ask(ourEpc(2))).decision).toBe('alarm');
  });

  it('goes by the rules of the gate that asks', async () => {
    const gates = { [GATE]: { unknown_policy: 'ignore', offline_unsold: 'open' } };
    bench.state.adoptConfig(storeConfig({ policies: { ask_edge_ms: 0, gates } }));
    bench.edge.stock([ourEpc(1)]);
    bench.learn(ourEpc(1));
    bench.linked = false;
    const at = async (gate: string, epc: string) =>
      (await bench.gatekeeper.decide(gate, { id: 'x', reads: [{ epc }] }, 'mqtt')).decision;
    expect(await at(GATE, ourEpc(9))).toBe('ignore');
    expect(await at(GATE, ourEpc(1))).toBe('open');
    expect(await at('gat_other', ourEpc(9))).toBe('alarm');
    expect(await at('gat_other', ourEpc(1))).toBe('alarm');
  });
});
