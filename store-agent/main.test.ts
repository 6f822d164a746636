import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { connect, connectAsync } from 'mqtt';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { startEscposSimulator } from '../hardware/escpos/simulator.ts';
import { topicsOf } from './bus/topics.ts';
import { agentConfig, callHttp, until } from './testing/agent.ts';
import { TestEdge } from './testing/edge.ts';
import { AGENT, KIOSK, orderId, ourEpc, PRINTER, STORE, signIn, tempFolder } from './testing/fixtures.ts';

// A busy machine is no reason to fail: nothing here is about time.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const MAIN = new URL('./main.ts', import.meta.url).pathname;
const Ready = z.strictObject({
  ready: z.literal(true),
  http: z.url(),
  mqtt: z.string().regex(/^mqtt:\/\//),
  pid: z.int(),
});

interface Run {
  child: ChildProcess;
  stderr: () => string;
  ready: Promise<z.infer<typeof Ready>>;
  exit: Promise<number | null>;
}

let edge: TestEdge;
let folder: ReturnType<typeof tempFolder>;
const runs: Run[] = [];

beforeEach(async () => {
  edge = await new TestEdge().start();
  folder = tempFolder();
});
afterEach(async () => {
  for (const run of runs.splice(0)) {
    run.child.kill('SIGKILL');
    await run.exit;
  }
  await edge.stop();
  folder.remove();
});

/** Starts the agent on a configuration; the file is written once and used again by later starts. */
function run(configFile: string): Run {
  const child = spawn(process.execPath, [MAIN, '--config', configFile], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let stderr = '';
  child.stderr.on('data', (data) => {
    stderr += String(data);
  });
  const ready = new Promise<z.infer<typeof Ready>>((resolve, reject) => {
    child.stdout.on('data', (data) => {
      out += String(data);
      if (out.includes('\n')) resolve(Ready.parse(JSON.parse(out)));
    });
    child.on('exit', (code) => reject(new Error(`ended with ${code}: ${stderr}`)));
  });
  ready.catch(() => {});
  const exit = once(child, 'exit').then(([code]) => (typeof code === 'number' ? code : null));
  const one = { child, stderr: () => stderr, ready, exit };
  runs.push(one);
  return one;
}

async function configured(more: Record<string, unknown> = {}): Promise<string> {
  const file = join(folder.path, 'agent.json');
  writeFileSync(file, await agentConfig(edge, folder.path, more));
  return file;
}

describe('the process', () => {
  it('says when it is ready, survives SIGKILL with what it acknowledged, and stops in order', async () => {
    const printer = await startEscposSimulator({ host: '127.0.0.1', port: 0 });
    const file = await configured({
      printers: [{ id: PRINTER, name: 'Receipts', url: `tcp://127.0.0.1:${printer.port}` }],
    });
    const token = await edge.token('kiosk');
    edge.stock([ourEpc(1), ourEpc(2), ourEpc(3)]);
    const first = run(file);
    const { http, pid } = await first.ready;
    expect(pid).toBe(first.child.pid);
    const sync = async (url: string): Promise<unknown> =>
      (await callHttp(url, 'GET', '/syncz', {})).json.cursor;
    edge.sell(orderId(1), [ourEpc(1)], 'EX-1');
    await until(async () => expect(await sync(http)).toBe(edge.head));
    await until(async () =>
      expect((await callHttp(http, 'GET', `/v1/tags/${ourEpc(1)}`, { token })).status).toBe(200),
    );
    const pass = await edge.exitPass(orderId(2), [[ourEpc(2), 50]]);
    expect((await callHttp(http, 'POST', '/v1/exit_passes', { token, body: { pass } })).json).toMatchObject({
      decision: 'open',
    });
    // A printer that takes the job's head and then stands still: nobody knows what came out.
    printer.freezeAfter(50);
    const job = await callHttp(http, 'POST', '/v1/print_jobs', { token, body: { order_id: orderId(1) } });
    await until(() => expect(printer.jobBytes()).toBeGreaterThanOrEqual(50));
    const port = new URL(http).port;
    process.kill(pid, 'SIGKILL');
    await first.exit;
    await edge.stop();
    printer.thaw();

    const second = run(file);
    const again = await second.ready;
    expect(port).toMatch(/^\d+$/);
    const tag = async (n: number): Promise<unknown> =>
      (await callHttp(again.http, 'GET', `/v1/tags/${ourEpc(n)}`, { token })).json;
    expect([await tag(1), await tag(2), await tag(3)]).toMatchObject([
      { status: 'sold', order_id: orderId(1) },
      { status: 'sold', order_id: orderId(2) },
      { status: 'unsold' },
    ]);
    expect(
      (await callHttp(again.http, 'POST', '/v1/exit_passes', { token, body: { pass } })).json,
    ).toMatchObject({ code: 'bad_pass', detail: 'used' });
    expect(
      (await callHttp(again.http, 'GET', `/v1/print_jobs/${job.json.id}`, { token })).json,
    ).toMatchObject({ status: 'doubtful' });
    await edge.start();
    await until(() =>
      expect([...edge.reports.values()].map((report) => report.kind)).toContain('exit_pass.accepted'),
    );
    await until(() =>
      expect([...edge.reports.values()].find((report) => report.kind === 'print')?.data).toMatchObject({
        result: 'doubtful',
      }),
    );
    expect([...edge.reports.keys()].sort((a, b) => a - b)).toEqual(
      Array.from({ length: edge.reports.size }, (_, n) => n + 1),
    );

    second.child.kill('SIGTERM');
    expect(await second.exit).toBe(0);
    const lines = second.stderr().trimEnd().split('\n');
    for (const line of lines) expect(() => JSON.parse(line)).not.toThrow();
    expect(second.stderr()).not.toContain(token);
    expect(second.stderr()).not.toContain(await edge.token('agent'));
    await printer.close();
  });

  it('keeps what the broker has acknowledged over SIGKILL, and tells that its devices may be gone', async () => {
    const file = await configured();
    const first = run(file);
    const { http, mqtt, pid } = await first.ready;
    await until(async () => expect((await callHttp(http, 'GET', '/readyz', {})).status).toBe(200));
    const topics = topicsOf(STORE);
    const watch = async (url: string) => {
      const client = await connectAsync(url, { ...signIn(AGENT), clean: false, reconnectPeriod: 0 });
      client.on('error', () => {});
      return client;
    };
    const watcher = await watch(mqtt);
    await watcher.subscribeAsync(topics.everybody('event'), { qos: 1 });
    await watcher.endAsync();
    const at = new Date().toISOString();
    const say = (word: 'birth' | 'event', more: object): [string, string] => [
      topics.device(KIOSK, word),
      JSON.stringify({ v: 1, session: 's', at, ...more }),
    ];
    const will = { topic: topics.status(KIOSK), payload: Buffer.from('{"state":"lost"}'), qos: 1 as const };
    const kiosk = await connectAsync(mqtt, { ...signIn(KIOSK), will, reconnectPeriod: 0 });
    kiosk.on('error', () => {});
    await kiosk.publishAsync(...say('birth', { seq: 0 }), { qos: 1 });
    await kiosk.publishAsync(topics.status(KIOSK), '{"state":"ready"}', { qos: 1, retain: true });
    for (const seq of [1, 2, 3])
      await kiosk.publishAsync(...say('event', { seq, type: 'button' }), { qos: 1 });
    process.kill(pid, 'SIGKILL');
    await first.exit;

    const second = await run(file).ready;
    const again = connect(second.mqtt, { ...signIn(AGENT), clean: false, manualConnect: true });
    const heard: string[] = [];
    again.on('message', (_topic, payload) => heard.push(String(payload)));
    again.connect();
    await until(() => expect(heard).toHaveLength(3));
    expect(heard.map((text) => JSON.parse(text).seq)).toEqual([1, 2, 3]);
    await again.subscribeAsync(topics.everybody('status'), { qos: 1 });
    await until(() => expect(heard).toHaveLength(4));
    expect(heard[3]).toBe('{"state":"lost"}');
    // The session is known from its birth: the next event is neither refused nor a gap.
    const back = await connectAsync(second.mqtt, { ...signIn(KIOSK), reconnectPeriod: 0 });
    await back.publishAsync(...say('event', { seq: 4, type: 'button' }), { qos: 1 });
    await until(() => expect(heard).toHaveLength(5));
    for (const client of [again, back, kiosk]) await client.endAsync(true);
  });

  it('gives up with code 2 and a sentence when a port is taken', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', () => resolve()));
    const address = taken.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    for (const which of ['http', 'mqtt']) {
      const one = run(await configured({ [which]: { port } }));
      expect(await one.exit).toBe(2);
      expect(one.stderr()).toContain(`the ${which.toUpperCase()} address 127.0.0.1:${port} cannot be had`);
    }
    taken.close();
  });

  it('gives up with code 2 on a bad configuration, with all of it, and on a folder that another agent holds', async () => {
    const bad = join(folder.path, 'bad.json');
    writeFileSync(bad, JSON.stringify({ http: {} }));
    const one = run(bad);
    expect(await one.exit).toBe(2);
    for (const what of ['store_id', 'agent_id', 'edge_url', 'http.port', 'mqtt'])
      expect(one.stderr()).toContain(`configuration: ${what}`);
    const nowhere = run(join(folder.path, 'nowhere.json'));
    expect(await nowhere.exit).toBe(2);

    const file = await configured();
    await run(file).ready;
    const rival = run(file);
    expect(await rival.exit).toBe(2);
    expect(rival.stderr()).toContain('is another agent running on it?');
  });
});
