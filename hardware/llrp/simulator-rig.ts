import { connect } from 'node:net';
import { afterEach, expect, vi } from 'vitest';
import { unwrap } from '../../shared/result.ts';
import {
  type AnyMessage,
  decodeMessage,
  encodeMessage,
  type MessageNode,
  message,
  type RequestName,
} from './codec/message.ts';
import { type AnyParameter, findParameter } from './codec/parameter.ts';
import { FrameSplitter } from './codec/splitter.ts';
import { decodeTagReports, type TagReport } from './codec/tag-report.ts';
import { type LlrpSimulator, type LlrpSimulatorOptions, startLlrpSimulator } from './simulator.ts';

// What the simulator's tests stand on: a simulated reader, and a client that is not the driver.

export const EPC = '3034257BF7194E4000001A85';
const PATIENCE_MS = 15_000;
export const until = (assertion: () => void): Promise<void> =>
  vi.waitFor(assertion, { timeout: PATIENCE_MS, interval: 5 });

const cleanups: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** A simulated reader that ends with the test. */
export async function start(some: Partial<LlrpSimulatorOptions> = {}): Promise<LlrpSimulator> {
  const simulator = await startLlrpSimulator({ port: 0, scanMs: 20, ...some });
  cleanups.push(() => simulator.close());
  return simulator;
}

/** A client without a driver: it sends what the test says and keeps what comes. */
export interface Client {
  messages: AnyMessage[];
  reports: TagReport[];
  closed: boolean;
  /** Sees every report whole. */
  onReport: (report: AnyMessage) => void;
  raw(bytes: Uint8Array): void;
  ask<N extends RequestName>(
    name: N,
    fields: MessageNode<N>['fields'],
    parameters?: AnyParameter[],
  ): Promise<Answer>;
  destroy(): void;
}
export interface Answer {
  status: number;
  statusParameters: AnyParameter[];
  parameters: AnyParameter[];
}

/** Connects a client that ends with the test. */
export function client(simulator: Pick<LlrpSimulator, 'port'>): Client {
  const socket = connect(simulator.port, '127.0.0.1');
  const splitter = new FrameSplitter();
  let nextId = 100;
  const self: Client = {
    messages: [],
    reports: [],
    closed: false,
    onReport: () => {},
    raw: (bytes) => void socket.write(bytes),
    destroy: () => void socket.destroy(),
    async ask(name, fields, parameters = []) {
      const id = nextId++;
      socket.write(encodeMessage(message<RequestName>(name, id, fields, parameters) as AnyMessage));
      await until(() => expect(self.messages.some((one) => one.id === id)).toBe(true));
      const answer = self.messages.find((one) => one.id === id);
      if (answer === undefined || answer.name === 'raw') throw new Error('no answer');
      const status = findParameter(answer.parameters, 'LLRPStatus');
      return {
        status: status?.fields.Status ?? -1,
        statusParameters: status?.parameters ?? [],
        parameters: answer.parameters,
      };
    },
  };
  socket.on('data', (chunk) => {
    for (const frame of splitter.push(chunk)) {
      const value = unwrap(frame);
      if (value.type === 61) {
        self.reports.push(...unwrap(decodeTagReports(value.payload)));
        self.onReport(unwrap(decodeMessage(value)));
      } else self.messages.push(unwrap(decodeMessage(value)));
    }
  });
  socket.on('error', () => {});
  socket.on('close', () => {
    self.closed = true;
  });
  cleanups.push(() => void socket.destroy());
  return self;
}
