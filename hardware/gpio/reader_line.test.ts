import { afterEach, describe, expect, test, vi } from 'vitest';
import { openImpinjReader } from '../impinj/driver.ts';
import { startImpinjSimulator } from '../impinj/simulator.ts';
import { openLlrpReader } from '../llrp/driver.ts';
import { startLlrpSimulator } from '../llrp/simulator.ts';
import type { LineEdge, TagReader } from '../port.ts';
import { openReaderInput, openReaderOutput } from './reader_line.ts';

vi.setConfig({ testTimeout: 60_000 });
const until = (assertion: () => void) => vi.waitFor(assertion, { timeout: 15_000, interval: 5 });
const ctx = { now: Date.now, log: () => {} };

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});
const kept = (reader: TagReader): TagReader => {
  cleanups.push(() => reader.close());
  return reader;
};

describe('the lines of an LLRP reader', () => {
  test('an output stands at its fail-safe level whenever the reader comes, and goes there on close', async () => {
    const simulator = await startLlrpSimulator({ host: '127.0.0.1', port: 0 });
    cleanups.push(() => simulator.close());
    const changes: [number, boolean][] = [];
    simulator.onOutput((port, on) => changes.push([port, on]));
    const reader = kept(openLlrpReader({ host: '127.0.0.1', port: simulator.port, random: () => 0 }, ctx));
    const line = openReaderOutput({ reader, port: 2, failSafe: true }, ctx);
    expect(line.health().state).not.toBe('online');
    await until(() => expect(line.health().state).toBe('online'));
    expect(simulator.outputs().get(2)).toBe(true);
    await line.set(false);
    expect(line.state()).toBe(false);
    const states: string[] = [];
    line.onHealth(({ state }) => states.push(state));
    simulator.disconnectClient();
    await until(() => expect(states).toContain('offline'));
    await line.set(true);
    await line.set(false);
    await until(() => expect(states.at(-1)).toBe('online'));
    expect(simulator.outputs().get(2)).toBe(false);
    line.pulse(30);
    await until(() =>
      expect(changes.slice(-2)).toEqual([
        [2, true],
        [2, false],
      ]),
    );
    await line.close();
    await line.close();
    expect(simulator.outputs().get(2)).toBe(true);
    await line.set(false);
    expect(simulator.outputs().get(2)).toBe(true);
    expect(line.health()).toMatchObject({ state: 'offline', detail: 'The driver was closed.' });
  });

  test('an output that the reader does not have is a health fact', async () => {
    const simulator = await startLlrpSimulator({ host: '127.0.0.1', port: 0, outputs: 2 });
    cleanups.push(() => simulator.close());
    const reader = kept(openLlrpReader({ host: '127.0.0.1', port: simulator.port, random: () => 0 }, ctx));
    const line = openReaderOutput({ reader, port: 3, failSafe: false }, ctx);
    await until(() => expect(line.health().detail).toContain('outputs 1 to 2'));
  });

  test('an input tells its edges and nobody else’s', async () => {
    const simulator = await startLlrpSimulator({ host: '127.0.0.1', port: 0 });
    cleanups.push(() => simulator.close());
    const reader = kept(openLlrpReader({ host: '127.0.0.1', port: simulator.port, random: () => 0 }, ctx));
    const input = openReaderInput({ reader, port: 2 }, ctx);
    const edges: LineEdge[] = [];
    input.onEdge((edge) => edges.push(edge));
    await until(() => expect(input.health().state).toBe('online'));
    simulator.setInput(1, true);
    simulator.setInput(2, true);
    simulator.setInput(2, false);
    await until(() => expect(edges.map(({ on }) => on)).toEqual([true, false]));
    await input.close();
    expect(input.health().state).toBe('offline');
  });
});

describe('the lines of an Impinj reader', () => {
  test('commands are obeyed in the order in which they were given, and none after close', async () => {
    const simulator = await startImpinjSimulator({ port: 0 });
    cleanups.push(() => simulator.close());
    const base = `http://127.0.0.1:${simulator.port}`;
    const reader = kept(openImpinjReader({ base, preset: 'default', random: () => 0 }, ctx));
    const line = openReaderOutput({ reader, port: 1, failSafe: false }, ctx);
    await until(() => expect(line.health().state).toBe('online'));
    for (let round = 0; round < 20; round += 1) {
      const wishes = [true, false, true, false, round % 2 === 0];
      await Promise.all(wishes.map((on) => line.set(on)));
      expect(simulator.outputs().get(1)?.on).toBe(round % 2 === 0);
    }
    const closed = line.close();
    await Promise.all([line.set(true), closed]);
    expect(simulator.outputs().get(1)?.on).toBe(false);
  });

  test('a pulse is ended by the reader itself, and a level cuts it short', async () => {
    const simulator = await startImpinjSimulator({ port: 0 });
    cleanups.push(() => simulator.close());
    const reader = kept(
      openImpinjReader(
        { base: `http://127.0.0.1:${simulator.port}`, preset: 'default', random: () => 0 },
        ctx,
      ),
    );
    const line = openReaderOutput({ reader, port: 1, failSafe: false }, ctx);
    await until(() => expect(line.health().state).toBe('online'));
    line.pulse(60_000);
    await until(() => expect(simulator.outputs().get(1)).toEqual({ on: true, pulseMs: 60_000 }));
    expect(line.state()).toBe(true);
    await line.set(false);
    expect(simulator.outputs().get(1)).toEqual({ on: false, pulseMs: null });
    line.pulse(20);
    await until(() => expect(line.state()).toBe(false));
    const input = openReaderInput({ reader, port: 1 }, ctx);
    const edges: boolean[] = [];
    input.onEdge(({ on }) => edges.push(on));
    simulator.setInput(1, true);
    await until(() => expect(edges).toEqual([true]));
  });
});

test('a reader that tells of no inputs says so', () => {
  const health = { state: 'online', detail: 'Reading.', since: '' } as const;
  const reader: TagReader = {
    health: () => health,
    onHealth: () => {},
    close: () => Promise.resolve(),
    onReads: () => {},
    setOutput: () => Promise.resolve(),
  };
  expect(openReaderInput({ reader, port: 1 }, ctx).health()).toMatchObject({ state: 'unavailable' });
});
