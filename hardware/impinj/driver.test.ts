import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { connectAsync } from 'mqtt';
import { describe, expect, it, vi } from 'vitest';
import { cleanups, EPC, online, open, simulate, startBroker, until } from './driver_rig.ts';

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

describe('a reader that publishes its events', () => {
  it('is followed on the broker, over a restart of it', async () => {
    const broker = await startBroker();
    const publisher = await connectAsync(broker.url, { reconnectPeriod: 20 });
    cleanups.push(() => publisher.endAsync(true));
    const topic = 'store/gate 1/events';
    const simulator = await simulate({ onEvent: (event) => void publisher.publish(topic, event) });
    const events = { base: broker.url, topic };
    const { reader, reads, inputs, health } = open(simulator.port, { events, silenceMs: 50 });
    await online(reader);
    simulator.tagEnters(EPC, { antenna: 2 });
    simulator.setInput(1, true);
    await until(() => expect(reads.length).toBeGreaterThan(1));
    await until(() => expect(inputs).toEqual([[1, true]]));
    expect(reads[0]).toMatchObject({ epc: EPC, antenna: 2 });
    expect(simulator.state().streams).toBe(0);
    await broker.close();
    await until(() => expect(health.some(({ detail }) => detail.includes('broker'))).toBe(true));
    await startBroker(broker.port);
    await online(reader);
    const before = reads.length;
    await until(() => expect(reads.length).toBeGreaterThan(before));
    expect(health.map(({ detail }) => detail).join(' ')).not.toContain('silent');
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
