import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { DeviceHealth, TagRead, TagReader } from '../port.ts';
import { type ImpinjReaderOptions, openImpinjReader } from './driver.ts';
import type { ImpinjSimulatorOptions } from './simulated_world.ts';
import { startImpinjSimulator } from './simulator.ts';

const EPC = '3034257BF7194E4000001A85';
const until = (assertion: () => void) => vi.waitFor(assertion, { timeout: 15_000, interval: 5 });

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function simulate(some: Partial<ImpinjSimulatorOptions> = {}) {
  const simulator = await startImpinjSimulator({ port: 0, scanMs: 20, ...some });
  cleanups.push(() => simulator.close());
  return simulator;
}

function open(port: number, some: Partial<ImpinjReaderOptions> = {}) {
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

const online = (reader: TagReader) => until(() => expect(reader.health().state).toBe('online'));

vi.setConfig({ testTimeout: 60_000 });

describe('a session', () => {
  it('stops what ran, opens the stream before it starts the preset, and emits what is read', async () => {
    const simulator = await simulate({ presets: ['gate one'] });
    const { reader, reads } = open(simulator.port, { preset: 'gate one' });
    expect(reader.health().state).toBe('connecting');
    await online(reader);
    expect(reader.health().detail).toContain('370-00-00-0001');
    simulator.tagEnters(EPC, { antenna: 3, rssi: -61.5 });
    await until(() => expect(reads.length).toBeGreaterThan(1));
    expect(reads[0]).toMatchObject({ epc: EPC, antenna: 3, rssi: -61.5, count: 1 });
    expect(reads[0]?.seenAt).toMatch(/^20\d\d-.*\.\d{3}Z$/);
    const calls = simulator.calls();
    const stream = calls.indexOf('GET /api/v1/data/stream');
    expect(stream).toBeGreaterThan(0);
    expect(calls.indexOf('POST /api/v1/profiles/inventory/presets/gate%20one/start')).toBe(stream + 1);
  });

  it('takes over a reader that already reads, and leaves it idle', async () => {
    const simulator = await simulate();
    const first = open(simulator.port);
    await online(first.reader);
    const second = open(simulator.port);
    await online(second.reader);
    await first.reader.close();
    await second.reader.close();
    await until(() => expect(simulator.state()).toEqual({ running: null, streams: 0 }));
    expect(second.reader.health()).toMatchObject({ state: 'offline', detail: 'The driver was closed.' });
    await second.reader.close();
  });

  it('drives outputs, also for a while that the reader ends itself', async () => {
    const simulator = await simulate();
    const { reader } = open(simulator.port);
    await expect(reader.setOutput(1, true)).rejects.toThrow(/offline/);
    await online(reader);
    await reader.setOutput(2, true);
    await reader.pulseOutput?.(3, 500);
    expect(simulator.outputs()).toEqual(
      new Map([
        [1, { on: false, pulseMs: null }],
        [2, { on: true, pulseMs: null }],
        [3, { on: true, pulseMs: 500 }],
      ]),
    );
    await expect(reader.setOutput(9, true)).rejects.toThrow(/GPOs are 1 to 3/);
    await expect(reader.setOutput(0, true)).rejects.toThrow(RangeError);
  });

  it('keeps its connection between commands, and makes a new one when the reader closed it', async () => {
    const simulator = await simulate();
    const { reader } = open(simulator.port, { probeMs: 60_000 });
    await online(reader);
    await reader.setOutput(1, true);
    const before = simulator.connections();
    for (const on of [false, true, false]) await reader.setOutput(1, on);
    expect(simulator.connections()).toBe(before);
    for (const on of [true, false, true]) {
      simulator.closeIdle();
      await reader.setOutput(1, on);
      expect(simulator.outputs().get(1)?.on).toBe(on);
    }
  });

  it('tells inputs, and misses an antenna that the installer named', async () => {
    const simulator = await simulate();
    const { reader, inputs } = open(simulator.port, { antennas: [1, 2] });
    await online(reader);
    simulator.setInput(1, true);
    simulator.setInput(1, false);
    simulator.setAntenna(4, false);
    simulator.setAntenna(2, false);
    await until(() =>
      expect(reader.health()).toMatchObject({ state: 'degraded', detail: 'Antenna 2 is disconnected.' }),
    );
    simulator.setAntenna(2, true);
    await online(reader);
    expect(inputs).toEqual([
      [1, true],
      [1, false],
    ]);
  });

  it('starts the preset again when somebody stopped it', async () => {
    const simulator = await simulate();
    const { reader } = open(simulator.port);
    await online(reader);
    simulator.stopByHand();
    await until(() => expect(simulator.state().running).toBe('default'));
  });

  it('goes on when a listener throws', async () => {
    const simulator = await simulate();
    const { reader, reads, logs } = open(simulator.port);
    reader.onReads(() => {
      throw new Error('a bug elsewhere');
    });
    await online(reader);
    simulator.reads(EPC);
    simulator.reads(EPC);
    await until(() => expect(reads.length).toBe(2));
    expect(logs).toContain('error a listener of a device threw');
  });
});

describe('what goes wrong', () => {
  it('a line that breaks in the middle of an event is opened again, logged once lost and once back', async () => {
    const simulator = await simulate();
    const { reader, reads, health, logs } = open(simulator.port, { probeMs: 60_000 });
    await online(reader);
    simulator.tagEnters(EPC);
    await until(() => expect(reads.length).toBeGreaterThan(0));
    simulator.dropMidLine();
    await until(() => expect(health.some((one) => one.detail === 'The reader ended the stream.')).toBe(true));
    await online(reader);
    const before = reads.length;
    await until(() => expect(reads.length).toBeGreaterThan(before));
    expect(logs.filter((line) => !line.startsWith('debug'))).toEqual([
      'info device works',
      'warn device lost',
      'info device works',
    ]);
  });

  it('a silent stream is dead, also one that never carried a byte', async () => {
    const simulator = await simulate({ keepaliveMs: 20 });
    const { reader, health } = open(simulator.port, {
      silenceMs: 300,
      probeMs: 60_000,
      requestTimeoutMs: 200,
    });
    await online(reader);
    simulator.setStalled(true);
    await until(() => expect(health.some((one) => one.detail.includes('silent for 300 ms'))).toBe(true));
    await until(() => expect(reader.health().detail).toBe('No answer within 200 ms.'));
    simulator.setStalled(false);
    await online(reader);
  });

  it('keepalives alone keep the stream alive', async () => {
    const simulator = await simulate({ keepaliveMs: 20 });
    const { reader, health } = open(simulator.port, { silenceMs: 400, probeMs: 60_000 });
    await online(reader);
    const calls = simulator.calls().length;
    const before = simulator.keepalives();
    await until(() => expect(simulator.keepalives()).toBeGreaterThan(before + 60));
    expect(health.map((one) => one.state)).toEqual(['online']);
    expect(simulator.calls()).toHaveLength(calls);
  });

  it('a pulled plug shows with the next question, long before the silence does', async () => {
    const simulator = await simulate();
    const { reader, health } = open(simulator.port, { requestTimeoutMs: 150 });
    await online(reader);
    simulator.setStalled(true);
    await until(() => expect(health.some((one) => one.detail.includes('does not answer'))).toBe(true));
    simulator.setStalled(false);
    await online(reader);
  });

  it('wrong credentials are a health fact, and a new file works without a restart', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'impinj-'));
    cleanups.push(() => rm(folder, { recursive: true }));
    const credentialsFile = join(folder, 'reader.json');
    const simulator = await simulate({ username: 'root', password: 'new' });
    const { reader } = open(simulator.port, { credentialsFile });
    await until(() => expect(reader.health().detail).toContain('credentials file cannot be read'));
    await writeFile(credentialsFile, '{"username":"root"}');
    await until(() =>
      expect(reader.health().detail).toBe('The credentials file needs a username and a password.'),
    );
    await writeFile(credentialsFile, '{"username":"root","password":"old"}');
    await until(() => expect(reader.health().detail).toBe('The reader refuses the user name or password.'));
    await writeFile(credentialsFile, '{"username":"root","password":"new"}');
    await online(reader);
    expect(reader.health().detail).not.toContain('new');
  });

  it('a reader that is set to LLRP says what to do, and works when that is done', async () => {
    const simulator = await simulate();
    simulator.setInterface('llrp');
    const { reader } = open(simulator.port);
    await until(() => expect(reader.health().detail).toContain('set to the llrp interface'));
    simulator.setInterface('rest');
    await online(reader);
    simulator.setInterface('llrp');
    await until(() => expect(reader.health().state).toBe('offline'));
  });

  it('a preset that does not exist is named', async () => {
    const simulator = await simulate();
    const { reader } = open(simulator.port, { preset: 'gone' });
    await until(() => expect(reader.health().detail).toBe('The reader has no inventory preset "gone".'));
  });

  it('a line that cannot be read costs itself and no more', async () => {
    const simulator = await simulate();
    const { reader, reads } = open(simulator.port);
    await online(reader);
    simulator.sendBytes('no json\r\n{"eventType":"new","newEvent":{}}\r\n');
    simulator.sendBytes(`${'x'.repeat(40_000)}\n`);
    simulator.reads(EPC);
    await until(() => expect(reads.length).toBe(1));
    await until(() => expect(reader.health()).toMatchObject({ state: 'degraded' }));
    expect(reader.health().detail).toContain('a line of more than 16384 bytes');
    expect(simulator.state().streams).toBe(1);
  });

  it('something that is no such reader, and nothing at all', async () => {
    const server = createServer((socket) => {
      socket.on('error', () => {});
      socket.resume();
      socket.end('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const { reader } = open(port);
    await until(() => expect(reader.health().detail).toContain('Is it the right device?'));
    await new Promise((resolve) => server.close(resolve));
    await until(() => expect(reader.health().detail).toContain('ECONNREFUSED'));
    await reader.close();
  });
});

describe('a reader on https', () => {
  it('is known by its own certificate, whatever name stands in it, and by no other', async (test) => {
    const folder = await mkdtemp(join(tmpdir(), 'impinj-'));
    cleanups.push(() => rm(folder, { recursive: true }));
    const certify = async (name: string): Promise<{ key: string; cert: string; file: string }> => {
      const [key, file] = [join(folder, `${name}.key`), join(folder, `${name}.pem`)];
      const subject = ['-subj', '/CN=impinj-14-46-36', '-days', '2'];
      const how = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
      await promisify(execFile)('openssl', ['req', ...how, ...subject, '-keyout', key, '-out', file]);
      return { key: await readFile(key, 'utf8'), cert: await readFile(file, 'utf8'), file };
    };
    const own = await certify('own').catch(() => null);
    if (own === null) return test.skip('making a certificate needs openssl');
    const other = await certify('other');
    const simulator = await simulate({ tls: own });
    const base = `https://127.0.0.1:${simulator.port}`;
    const right = open(simulator.port, { base, certificateFile: own.file });
    await online(right.reader);
    simulator.reads(EPC);
    await until(() => expect(right.reads).toHaveLength(1));
    const wrong = open(simulator.port, { base, certificateFile: other.file });
    const none = open(simulator.port, { base });
    for (const { reader } of [wrong, none]) {
      await until(() => expect(reader.health().detail).toMatch(/self-signed certificate/));
    }
    expect(right.reader.health().state).toBe('online');
  });
});
