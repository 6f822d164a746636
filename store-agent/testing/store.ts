import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { type EscposSimulator, startEscposSimulator } from '../../hardware/escpos/simulator.ts';
import { type Answer, startTestAgent, type TestAgent, until } from './agent.ts';
import { TestEdge } from './edge.ts';
import { orderId, ourEpc, PRINTER, tempFolder } from './fixtures.ts';

/** A store with an edge, an agent that is in step with it, a printer, three tags and one sale. */
export interface TestStore {
  edge: TestEdge;
  printer: EscposSimulator;
  folder: string;
  agent: TestAgent;
  stop(): Promise<void>;
}

export async function startStore(more: Record<string, unknown> = {}): Promise<TestStore> {
  const edge = await new TestEdge().start();
  edge.stock([ourEpc(1), ourEpc(2), ourEpc(3)], 'Scarf');
  edge.sell(orderId(1), [ourEpc(1)], 'EX-1');
  const printer = await startEscposSimulator({ host: '127.0.0.1', port: 0 });
  const folder = tempFolder();
  mkdirSync(join(folder.path, 'floor'));
  writeFileSync(join(folder.path, 'floor', 'index.html'), '<!doctype html><title>floor</title>');
  writeFileSync(join(folder.path, 'floor', 'main.js'), 'export {};');
  writeFileSync(join(folder.path, 'secret.json'), '{}');
  const agent = await startTestAgent(edge, folder.path, {
    printers: [{ id: PRINTER, name: 'Receipts', url: `tcp://127.0.0.1:${printer.port}` }],
    floor_dir: 'floor',
    ...more,
  });
  await until(() => expect(agent.state.cursor).toBe(edge.head));
  await until(() => expect(agent.state.jwks).not.toBeNull());
  const store: TestStore = {
    edge,
    printer,
    folder: folder.path,
    agent,
    stop: async () => {
      await store.agent.stop();
      await printer.close();
      await edge.stop();
      folder.remove();
    },
  };
  return store;
}

/** That an answer is the problem document of a code (RFC 9457), and says which request it answers. */
export function expectProblem(answer: Answer, status: number, code: string): void {
  expect({ status: answer.status, json: answer.json }).toMatchObject({ status, json: { status, code } });
  expect(answer.headers.get('content-type')).toContain('application/problem+json');
  expect(answer.json).toMatchObject({ request_id: answer.headers.get('request-id'), type: `/docs#${code}` });
}
