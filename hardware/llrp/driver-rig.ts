import { createServer, type Socket } from 'node:net';
import { afterEach, expect, vi } from 'vitest';
import type { DeviceHealth, TagRead, TagReader } from '../port.ts';
import { type AnyMessage, encodeMessage, message } from './codec/message.ts';
import { type AnyParameter, parameter } from './codec/parameter.ts';
import { type LlrpReaderOptions, openLlrpReader } from './driver.ts';
import { type LlrpSimulator, type LlrpSimulatorOptions, startLlrpSimulator } from './simulator.ts';

// What the driver's tests stand on: a driver under watch, a simulated reader, a server that only greets.

export const HOST = '127.0.0.1';
export const EPC = '3034257BF7194E4000001A85';
/** How long a test waits for what must come; far more than it takes. */
const PATIENCE_MS = 15_000;
export const until = (assertion: () => void): Promise<void> =>
  vi.waitFor(assertion, { timeout: PATIENCE_MS, interval: 5 });

export const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

interface Watched {
  reader: TagReader;
  reads: TagRead[];
  health: DeviceHealth[];
  logs: string[];
}

/** A driver that ends with the test. */
export function open(port: number, some: Partial<LlrpReaderOptions> = {}): Watched {
  const reads: TagRead[] = [];
  const health: DeviceHealth[] = [];
  const logs: string[] = [];
  const reader = openLlrpReader(
    { host: HOST, port, keepaliveMs: 1_000, requestTimeoutMs: 5_000, random: () => 0, ...some },
    { now: Date.now, log: (level, text) => logs.push(`${level} ${text}`) },
  );
  reader.onReads((list) => reads.push(...list));
  reader.onHealth((one) => health.push(one));
  cleanups.push(() => reader.close());
  return { reader, reads, health, logs };
}

interface Simulated {
  simulator: LlrpSimulator;
  /** What the driver sent, in order. */
  heard: AnyMessage[];
}

/** A simulated reader that ends with the test. */
export async function simulate(some: Partial<LlrpSimulatorOptions> = {}): Promise<Simulated> {
  const heard: AnyMessage[] = [];
  const simulator = await startLlrpSimulator({
    host: HOST,
    port: 0,
    scanMs: 20,
    onMessage: (one) => heard.push(one),
    ...some,
  });
  cleanups.push(() => simulator.close());
  return { simulator, heard };
}

/** A TCP server that greets like a reader and then leaves everything to the test. */
export async function greetingServer(
  events: AnyParameter[],
  after: (socket: Socket) => void,
): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.write(encodeMessage(notification(events)));
    after(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, HOST, resolve));
  cleanups.push(() => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(() => resolve()));
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

export const notification = (events: AnyParameter[]): AnyMessage =>
  message('ReaderEventNotification', 1, {}, [
    parameter('ReaderEventNotificationData', {}, [
      parameter('UTCTimestamp', { Microseconds: 1n }),
      ...events,
    ]),
  ]);
export const online = (watched: Watched) => until(() => expect(watched.reader.health().state).toBe('online'));
export const names = (list: AnyMessage[]): string[] => list.map((one) => one.name);
