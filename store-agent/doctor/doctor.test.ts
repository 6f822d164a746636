import { chmodSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startEscposSimulator } from '../../hardware/escpos/simulator.ts';
import { startLlrpSimulator } from '../../hardware/llrp/simulator.ts';
import { agentConfig, startTestAgent, until } from '../testing/agent.ts';
import { TestEdge } from '../testing/edge.ts';
import { GATE, PRINTER, STORE, tempFolder } from '../testing/fixtures.ts';
import { examine } from './examine.ts';
import { type Finding, report } from './finding.ts';

// A busy machine is no reason to fail: nothing here is about time.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const READER = 'rdr_00000000-0000-7000-8000-000000000001';
let edge: TestEdge;
let folder: ReturnType<typeof tempFolder>;
beforeEach(async () => {
  edge = await new TestEdge().start();
  edge.httpFault = (path) => (path === '/readyz' ? 200 : null);
  folder = tempFolder();
});
afterEach(async () => {
  await edge.stop();
  folder.remove();
});

async function configured(more: Record<string, unknown> = {}): Promise<string> {
  const file = join(folder.path, 'agent.json');
  writeFileSync(file, await agentConfig(edge, folder.path, more));
  chmodSync(join(folder.path, 'token'), 0o600);
  return file;
}
const token = (text: string): void => writeFileSync(join(folder.path, 'token'), text);
const wrong = (findings: Finding[]): Finding[] => findings.filter(({ state }) => state === 'wrong');
const of = (findings: Finding[], part: Finding['part'], name?: string): Finding[] =>
  findings.filter((one) => one.part === part && (name === undefined || one.name === name));

describe('the doctor', () => {
  it('lists every mistake of a configuration and looks no further', async () => {
    const file = await configured({ edge_url: 'nowhere', http: { port: -1 } });
    const findings = await examine(file, Date.now);
    expect(findings.map(({ part }) => part)).toEqual(['configuration', 'configuration']);
    expect((await examine(join(folder.path, 'absent'), Date.now))[0]).toMatchObject({ state: 'wrong' });
  });

  it('finds a shop in order, its devices opened for a moment with the agent’s own drivers', async () => {
    const reader = await startLlrpSimulator({ port: 0 });
    const printer = await startEscposSimulator({ host: '127.0.0.1', port: 0 });
    const file = await configured({
      readers: [{ id: READER, url: `llrp://127.0.0.1:${reader.port}`, gate_id: GATE }],
      printers: [{ id: PRINTER, name: 'Till', url: `tcp://127.0.0.1:${printer.port}` }],
    });
    const findings = await examine(file, Date.now);
    expect(wrong(findings)).toEqual([]);
    expect(of(findings, 'device').map(({ name, state }) => [name, state])).toEqual([
      [`reader ${READER}`, 'ok'],
      [`printer ${PRINTER}`, 'ok'],
    ]);
    expect(of(findings, 'edge')).toHaveLength(2);
    await until(() => expect(reader.state().clientConnected).toBe(false));
    expect(report(findings)).toMatch(/\d+ ok, \d+ to watch, 0 wrong$/);
    await reader.close();
    await printer.close();
  });

  it('says what is wrong and what to do', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', () => resolve()));
    const address = taken.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const file = await configured({
      mqtt: { port },
      printers: [{ id: PRINTER, name: 'Till', url: 'tcp://127.0.0.1:1' }],
    });
    edge.httpFault = (path) => (path === '/readyz' ? 200 : 403);
    const findings = await examine(file, Date.now);
    expect(wrong(findings)).toMatchObject([
      { part: 'edge', says: 'refuses the token (403).' },
      { part: 'port', name: 'mqtt' },
      { part: 'device', name: `printer ${PRINTER}` },
    ]);
    for (const { advice } of wrong(findings)) expect(advice).toMatch(/\w/);
    await new Promise<void>((resolve) => taken.close(() => resolve()));
  });

  it('takes a running agent’s word and opens no device twice', async () => {
    const reader = await startLlrpSimulator({ port: 0 });
    const readers = [{ id: READER, url: `llrp://127.0.0.1:${reader.port}`, gate_id: GATE }];
    const agent = await startTestAgent(edge, folder.path, { readers });
    await until(async () => {
      const health = await agent.call('GET', '/healthz', { token: null });
      expect(health.json).toMatchObject({ status: 'ok' });
    });
    const { connections } = reader.state();
    const findings = await examine(await configured({ readers, http: { port: agent.httpPort } }), Date.now);
    expect(of(findings, 'agent').map(({ state }) => state)).toEqual(['ok', 'ok', 'ok', 'ok']);
    expect(of(findings, 'device')).toMatchObject([{ name: `reader ${READER}`, state: 'ok' }]);
    expect(of(findings, 'port')).toEqual([]);
    expect(reader.state().connections).toBe(connections);
    await agent.stop();
    await reader.close();
  });

  it.each([
    ['is absent', () => token(''), /holds no token/],
    ['has expired', async () => token(await edge.token('agent', { expiresInS: -200_000 })), /expired/],
    ['is a kiosk’s', async () => token(await edge.token('kiosk')), /is for kiosk/],
    [
      'is for another store',
      async () => token(await edge.token('agent', { store: STORE.replace(/1$/, 'f') })),
      /for the store/,
    ],
  ])('sees a token that %s', async (_what, put, says) => {
    const file = await configured();
    await put();
    const [finding] = of(await examine(file, Date.now), 'token');
    expect(finding).toMatchObject({ state: 'wrong', says: expect.stringMatching(says) });
    expect(finding?.advice).toContain('enrol');
  });

  it('sees a clock that is off, an edge that is away and a folder that takes no write', async () => {
    const file = await configured({ data_dir: 'agent.json' });
    const ahead = await examine(file, () => Date.now() + 60_000);
    expect(of(ahead, 'clock')).toMatchObject([{ state: 'wrong', says: expect.stringContaining('s away') }]);
    expect(of(ahead, 'data folder')).toMatchObject([{ state: 'wrong' }]);
    await edge.stop();
    const away = await examine(file, Date.now);
    expect(of(away, 'edge')).toMatchObject([{ state: 'wrong', says: expect.stringContaining('no answer') }]);
    await edge.start();
  });
});
