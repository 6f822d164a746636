import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { startImpinjSimulator } from '../hardware/impinj/simulator.ts';
import { startZebraHttpSimulator } from '../hardware/zebra/simulator.ts';
import { startTestAgent, type TestAgent, until } from './testing/agent.ts';
import { TestEdge } from './testing/edge.ts';
import { GATE, orderId, ourEpc, READER, storeConfig, tempFolder } from './testing/fixtures.ts';

// Whole agents, each with one reader that is not LLRP: from the tag to the reader's own outputs.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const OUTPUTS = { alarm: 1, open: 2 };
let edge: TestEdge;
let folder: ReturnType<typeof tempFolder>;
let agent: TestAgent | null = null;
const cleanups: (() => Promise<unknown>)[] = [];

beforeEach(async () => {
  edge = await new TestEdge().start();
  edge.config = storeConfig({ policies: { ask_edge_ms: 0 } });
  edge.stock([ourEpc(1), ourEpc(2)], 'Scarf');
  edge.sell(orderId(1), [ourEpc(1)]);
  folder = tempFolder();
  writeFileSync(join(folder.path, 'reader.json'), '{"username":"root","password":"secret"}');
});
afterEach(async () => {
  await agent?.stop();
  for (const cleanup of cleanups.splice(0)) await cleanup();
  await edge.stop();
  folder.remove();
});

async function start(url: string, more: object = {}): Promise<TestAgent> {
  const reader = {
    id: READER,
    url,
    gate_id: GATE,
    outputs: OUTPUTS,
    credentials_file: 'reader.json',
    ...more,
  };
  agent = await startTestAgent(edge, folder.path, { readers: [reader] });
  const started = agent;
  await until(() => expect(started.state.cursor).toBe(edge.head));
  await until(async () => {
    const { devices } = (await started.call('GET', '/healthz', { token: null })).json;
    expect(devices).toContainEqual(expect.objectContaining({ id: READER, state: 'online' }));
  });
  return started;
}

it('an Impinj gate opens for a paid tag and sounds the alarm for another', async () => {
  const reader = await startImpinjSimulator({ port: 0, scanMs: 20, username: 'root', password: 'secret' });
  cleanups.push(() => reader.close());
  const started = await start(`impinj+http://127.0.0.1:${reader.port}`);
  reader.tagEnters(ourEpc(1));
  await until(() => expect(reader.outputs().get(OUTPUTS.open)?.on).toBe(true));
  expect(reader.outputs().get(OUTPUTS.alarm)?.on).toBe(false);
  reader.tagLeaves(ourEpc(1));
  reader.tagEnters(ourEpc(2));
  await until(() => expect(reader.outputs().get(OUTPUTS.alarm)?.on).toBe(true));
  await until(() => expect(reader.outputs().get(OUTPUTS.open)?.on).toBe(false));
  await started.stop();
  expect(reader.outputs().get(OUTPUTS.alarm)?.on).toBe(false);
  expect(started.logs.join('\n')).not.toContain('secret');
});

it('a Zebra gate does the same over HTTP', async () => {
  const port = await freePort();
  const reader = await startZebraHttpSimulator({
    port: 0,
    username: 'root',
    password: 'secret',
    post: () => `http://127.0.0.1:${port}`,
  });
  cleanups.push(() => reader.close());
  await start(`zebra+http://127.0.0.1:${reader.port}`, { data_listen: { port } });
  await reader.reads(ourEpc(1));
  await until(() => expect(reader.outputs().get(OUTPUTS.open)).toBe(true));
  await reader.reads(ourEpc(2));
  await until(() => expect(reader.outputs().get(OUTPUTS.alarm)).toBe(true));
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}
