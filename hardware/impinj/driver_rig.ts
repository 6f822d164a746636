import { afterEach, expect, vi } from 'vitest';
import type { DeviceHealth, TagRead, TagReader } from '../port.ts';
import { startTestBroker } from '../test_broker.ts';
import { type ImpinjReaderOptions, openImpinjReader } from './driver.ts';
import type { ImpinjSimulatorOptions } from './simulated_world.ts';
import { startImpinjSimulator } from './simulator.ts';

// What the driver's tests stand on: a driver under watch, a simulated reader, a broker.

export const EPC = '3034257BF7194E4000001A85';
export const until = (assertion: () => void) => vi.waitFor(assertion, { timeout: 15_000, interval: 5 });

export const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

export async function simulate(some: Partial<ImpinjSimulatorOptions> = {}) {
  const simulator = await startImpinjSimulator({ port: 0, scanMs: 20, ...some });
  cleanups.push(() => simulator.close());
  return simulator;
}

export async function startBroker(port = 0) {
  const broker = await startTestBroker(port);
  cleanups.push(() => broker.close());
  return broker;
}

export function open(port: number, some: Partial<ImpinjReaderOptions> = {}) {
  const reads: TagRead[] = [];
  const health: DeviceHealth[] = [];
  const logs: string[] = [];
  const inputs: [number, boolean][] = [];
  const reader = openImpinjReader(
    { base: `http://127.0.0.1:${port}`, preset: 'default', probeMs: 50, random: () => 0, ...some },
    { now: Date.now, log: (level, text) => logs.push(`${level} ${text}`) },
  );
  reader.onReads((list) => reads.push(...list));
  reader.onHealth((one) => health.push(one));
  reader.onInput?.((gpi, on) => inputs.push([gpi, on]));
  cleanups.push(() => reader.close());
  return { reader, reads, health, logs, inputs };
}

export const online = (reader: TagReader) => until(() => expect(reader.health().state).toBe('online'));
