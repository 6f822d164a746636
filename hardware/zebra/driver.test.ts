import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { DeviceHealth, TagRead, TagReader } from '../port.ts';
import { startTestBroker } from '../test_broker.ts';
import type { ZebraCarrier } from './carrier.ts';
import { openZebraReader } from './driver.ts';
import { HttpCarrier } from './http_carrier.ts';
import { MqttCarrier } from './mqtt_carrier.ts';
import { startZebraHttpSimulator, startZebraMqttSimulator } from './simulator.ts';

const EPC = '3034257BF7194E4000001A85';
const HOST = '127.0.0.1';
const TOPIC = 'store/gate 1';
vi.setConfig({ testTimeout: 60_000 });
const until = (assertion: () => void) => vi.waitFor(assertion, { timeout: 15_000, interval: 5 });

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const portOf = (server: Server): number => {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
};

async function startBroker(port = 0) {
  const broker = await startTestBroker(port);
  cleanups.push(() => broker.close());
  return broker;
}

function open(carrier: ZebraCarrier, some: { keepMode?: boolean } = {}) {
  const reads: TagRead[] = [];
  const health: DeviceHealth[] = [];
  const logs: string[] = [];
  const reader = openZebraReader(
    { carrier, probeMs: 50, random: () => 0, ...some },
    { now: Date.now, log: (level, text) => logs.push(`${level} ${text}`) },
  );
  reader.onReads((list) => reads.push(...list));
  reader.onHealth((one) => health.push(one));
  cleanups.push(() => reader.close());
  return { reader, reads, health, logs };
}
const online = (reader: TagReader) => until(() => expect(reader.health().state).toBe('online'));

let ids = 0;
const mqttCarrier = (base: string) =>
  new MqttCarrier({ base, topic: TOPIC, commandTimeoutMs: 500, newId: () => `c${++ids}` });

async function overMqtt() {
  const broker = await startBroker();
  const simulator = await startZebraMqttSimulator({ broker: broker.url, topic: TOPIC });
  cleanups.push(() => simulator.close());
  return { broker, simulator, ...open(mqttCarrier(broker.url)) };
}

async function overHttp(password = 'right') {
  const folder = await mkdtemp(join(tmpdir(), 'zebra-'));
  cleanups.push(() => rm(folder, { recursive: true }));
  const credentialsFile = join(folder, 'reader.json');
  await writeFile(credentialsFile, JSON.stringify({ username: 'admin', password }));
  let carrier: HttpCarrier | null = null;
  const simulator = await startZebraHttpSimulator({
    port: 0,
    username: 'admin',
    password: 'right',
    post: () => `http://${HOST}:${carrier?.port}`,
  });
  cleanups.push(() => simulator.close());
  carrier = new HttpCarrier({
    base: `http://${HOST}:${simulator.port}`,
    credentialsFile,
    listen: { host: HOST, port: 0 },
    commandTimeoutMs: 500,
  });
  return { simulator, carrier, credentialsFile, ...open(carrier) };
}

describe.each([
  ['MQTT', overMqtt],
  ['HTTP', () => overHttp()],
])('over %s', (_, start) => {
  it('the mode is set, the inventory started, and reads come, alone and in batches', async () => {
    const { simulator, reader, reads } = await start();
    await online(reader);
    expect(simulator.commands().slice(0, 2)).toEqual(['set_mode', 'start']);
    await simulator.reads(EPC, { antenna: 3, rssi: -61, count: 4 });
    await simulator.readsBatch([EPC, EPC]);
    await until(() => expect(reads).toHaveLength(3));
    expect(reads[0]).toMatchObject({ epc: EPC, antenna: 3, rssi: -61, count: 4 });
    expect(reader.health().state).toBe('online');
  });

  it('outputs are set, and a refusal is told', async () => {
    const { simulator, reader } = await start();
    await expect(reader.setOutput(1, true)).rejects.toThrow(/offline/);
    await online(reader);
    await reader.setOutput(2, true);
    expect(simulator.outputs().get(2)).toBe(true);
    await expect(reader.setOutput(7, true)).rejects.toThrow(/no such port/);
    await expect(reader.setOutput(0, true)).rejects.toThrow(RangeError);
  });

  it('lost events are counted by their numbers', async () => {
    const { simulator, reader, reads } = await start();
    await online(reader);
    await simulator.reads(EPC);
    simulator.loseEvents(3);
    await simulator.reads(EPC);
    await until(() => expect(reads).toHaveLength(2));
    await until(() =>
      expect(reader.health()).toMatchObject({
        state: 'degraded',
        detail: 'Tag events were lost on the way: 3 so far.',
      }),
    );
  });

  it('a reader that falls silent is dead, logged once, and taken back', async () => {
    const { simulator, reader, reads, logs } = await start();
    await online(reader);
    simulator.setStalled(true);
    await until(() => expect(reader.health().state).toBe('offline'));
    simulator.setStalled(false);
    await online(reader);
    await simulator.reads(EPC);
    await until(() => expect(reads).toHaveLength(1));
    expect(logs.filter((line) => !line.startsWith('debug'))).toEqual([
      'info device works',
      'warn device lost',
      'info device works',
    ]);
  });

  it('close leaves the reader idle and may be called twice', async () => {
    const { simulator, reader } = await start();
    await online(reader);
    await Promise.all([reader.close(), reader.close()]);
    expect(simulator.running()).toBe(false);
    expect(reader.health()).toMatchObject({ state: 'offline', detail: 'The driver was closed.' });
    await expect(reader.setOutput(1, true)).rejects.toThrow(/offline/);
  });

  it('a command that is refused is a health fact, and tried again', async () => {
    const { simulator, reader } = await start();
    await online(reader);
    simulator.refuse('start');
    simulator.setStalled(true);
    await until(() => expect(reader.health().state).toBe('offline'));
    simulator.setStalled(false);
    await until(() => expect(reader.health().detail).toContain('not now'));
    simulator.refuse(null);
    await online(reader);
  });

  it('a report that cannot be read costs itself', async () => {
    const { simulator, reader, reads } = await start();
    await online(reader);
    await simulator.sendRaw('"no event"');
    await simulator.reads(EPC);
    await until(() => expect(reads).toHaveLength(1));
    expect(reader.health().state).toBe('online');
  });
});

describe('a broker', () => {
  it('that is away is waited for, and subscribed to again', async () => {
    const first = await startBroker();
    const simulator = await startZebraMqttSimulator({ broker: first.url, topic: TOPIC });
    cleanups.push(() => simulator.close());
    const { reader, reads } = open(mqttCarrier(first.url));
    await online(reader);
    await first.close();
    await until(() => expect(reader.health().state).toBe('offline'));
    const second = await startBroker(first.port);
    expect(second.port).toBe(first.port);
    await online(reader);
    await until(() => expect(simulator.running()).toBe(true));
    await simulator.reads(EPC);
    await until(() => expect(reads).toHaveLength(1));
  });

  it('garbage on the topics of the reader is shown or passed over', async () => {
    const { broker, reader } = await overMqtt();
    await online(reader);
    const publish = (topic: string, payload: string) =>
      broker.broker.publish({ cmd: 'publish', qos: 0, dup: false, retain: false, topic, payload }, () => {});
    publish(`${TOPIC}/control/response`, '{');
    publish(`${TOPIC}/control/response`, '{"command_id":"x","response":"success"}');
    publish(`${TOPIC}/tags`, '{');
    await until(() => expect(reader.health().detail).toContain('a report is no JSON'));
  });
});

describe('the local REST interface', () => {
  it('refuses wrong credentials until the file is put right', async () => {
    const { reader, credentialsFile } = await overHttp('wrong');
    await until(() => expect(reader.health().detail).toBe('The reader refuses the user name or password.'));
    await writeFile(credentialsFile, JSON.stringify({ username: 'admin', password: 'right' }));
    await online(reader);
  });

  it('renews a token that ran out, and reads go on', async () => {
    const { simulator, reader, health, reads } = await overHttp();
    await online(reader);
    simulator.expireToken();
    await reader.setOutput(1, true);
    expect(simulator.outputs().get(1)).toBe(true);
    await simulator.reads(EPC);
    await until(() => expect(reads).toHaveLength(1));
    expect(health.map(({ state }) => state)).toEqual(['online']);
  });

  it('takes tag data by POST alone', async () => {
    const { reader, carrier } = await overHttp();
    await online(reader);
    const url = `http://${HOST}:${carrier.port}/tags`;
    expect((await fetch(url)).status).toBe(405);
    expect((await fetch(url, { method: 'POST', body: '{' })).status).toBe(200);
    await until(() => expect(reader.health().detail).toContain('a report is no JSON'));
    await expect(fetch(url, { method: 'POST', body: 'x'.repeat(600_000) })).rejects.toThrow();
  });

  it('a port that somebody else has is a health fact', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, HOST, resolve));
    cleanups.push(() => new Promise((resolve) => other.close(resolve)));
    const listen = { host: HOST, port: portOf(other) };
    const { reader } = open(new HttpCarrier({ base: `http://${HOST}:1`, listen, commandTimeoutMs: 500 }));
    await until(() => expect(reader.health().detail).toContain('EADDRINUSE'));
  });
});
