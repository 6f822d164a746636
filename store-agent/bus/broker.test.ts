import { once } from 'node:events';
import { connect as connectTcp, createServer as createTcp } from 'node:net';
import { duplexPair } from 'node:stream';
import fc from 'fast-check';
import { connectAsync, type IClientOptions, type MqttClient } from 'mqtt';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { DeviceCredential } from '../../shared/config/store_config.ts';
import type { GateDecision } from '../exit/gatekeeper.ts';
import type { GateReads } from '../exit/reads.ts';
import { GATE, KIOSK, OTHER_GATE, ourEpc, STORE, signIn, storeConfig } from '../testing/fixtures.ts';
import { listenMqtt, type MqttListener } from '../testing/listen_mqtt.ts';
import { Bus } from './broker.ts';
import type { BusDevice } from './device_desk.ts';
import * as limit from './limits.ts';
import { topicsOf } from './topics.ts';

// A busy machine is no reason to fail: nothing here is about time.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const PATIENCE_MS = 15_000;
const until = (assertion: () => void): Promise<void> =>
  vi.waitFor(assertion, { timeout: PATIENCE_MS, interval: 5 });
const topics = topicsOf(STORE);

let bus: Bus;
let listener: MqttListener;
let devices: DeviceCredential[] | null;
let heard: { gateId: string; reads: GateReads }[];
let malformed: number;
let counts: Map<string, number>;
let seen: BusDevice[];
const clients: MqttClient[] = [];

beforeEach(async () => {
  devices = storeConfig().devices;
  heard = [];
  malformed = 0;
  counts = new Map();
  seen = [];
  bus = await Bus.open({
    storeId: STORE,
    devices: () => devices,
    now: Date.now,
    log: () => {},
    onReads: async (gateId, reads): Promise<GateDecision> => {
      heard.push({ gateId, reads });
      const epcs = reads.epcs.map((epc) => ({ epc, status: 'sold' as const }));
      return {
        id: reads.id,
        decision: epcs.length > 0 ? 'open' : 'ignore',
        epcs,
        at: new Date().toISOString(),
      };
    },
    onMalformed: () => {
      malformed += 1;
    },
    onDevice: (device) => seen.push(device),
    onEvent: () => {},
    onMissing: () => {},
    onAck: () => 'unknown',
    onListening: () => {},
    file: null,
    count: (name, labels, by = 1) => {
      const key = [name, ...Object.values(labels)].join(' ');
      counts.set(key, (counts.get(key) ?? 0) + by);
    },
  });
  listener = await listenMqtt(bus, { host: '127.0.0.1', port: 0 });
});
afterEach(async () => {
  for (const client of clients.splice(0)) await client.endAsync(true);
  await listener.close();
  await bus.close();
});

async function connect(id: string, some: Partial<IClientOptions> = {}): Promise<MqttClient> {
  const client = await connectAsync(
    `mqtt://127.0.0.1:${listener.port}`,
    { ...signIn(id), protocolVersion: 4, reconnectPeriod: 0, ...some },
    false,
  );
  client.on('error', () => {});
  clients.push(client);
  return client;
}

/** A gate that listens, and every decision it gets. */
async function gate(id = GATE): Promise<{
  client: MqttClient;
  decisions: GateDecision[];
  ask(id: string, epc: string, qos?: 0 | 1 | 2): Promise<unknown>;
}> {
  const client = await connect(id);
  const decisions: GateDecision[] = [];
  client.on('message', (_topic, payload) => decisions.push(JSON.parse(String(payload))));
  await client.subscribeAsync(topics.decision(id), { qos: 1 });
  const ask = (question: string, epc: string, qos: 0 | 1 | 2 = 1) =>
    client.publishAsync(
      topics.reads(id),
      JSON.stringify({ id: question, reads: [{ epc, rssi: -50, antenna: 1 }] }),
      { qos },
    );
  return { client, decisions, ask };
}

const closed = (client: MqttClient): Promise<void> => until(() => expect(client.connected).toBe(false));

describe('a gate', () => {
  it('gets one decision for each message, with its id, at every quality of service', async () => {
    const { decisions, ask } = await gate();
    const asks: Promise<unknown>[] = [];
    for (let n = 0; n < 300; n++) asks.push(ask(`q${n}`, ourEpc(n), n % 3 === 0 ? 0 : n % 3 === 1 ? 1 : 2));
    await Promise.all(asks);
    await until(() => expect(decisions).toHaveLength(300));
    expect(decisions.map((one) => one.id).sort()).toEqual(
      Array.from({ length: 300 }, (_, n) => `q${n}`).sort(),
    );
    expect(decisions.find((one) => one.id === 'q7')).toMatchObject({
      decision: 'open',
      epcs: [{ epc: ourEpc(7), status: 'sold' }],
    });
    expect(heard.every((one) => one.gateId === GATE)).toBe(true);
  });

  it('hears only its own decisions, also when a reader of its lane saw something', async () => {
    const one = await gate(GATE);
    const other = await gate(OTHER_GATE);
    await one.ask('mine', ourEpc(1));
    await other.ask('yours', ourEpc(2));
    await until(() => expect([...one.decisions, ...other.decisions]).toHaveLength(2));
    bus.announce(OTHER_GATE, { id: 'seen', decision: 'alarm', epcs: [], at: new Date().toISOString() });
    await until(() => expect(other.decisions.map((d) => d.id)).toEqual(['yours', 'seen']));
    expect(one.decisions.map((d) => d.id)).toEqual(['mine']);
  });

  it('gets no decision of the time when it was away', async () => {
    const first = await connect(GATE, { clean: false });
    await first.subscribeAsync(topics.decision(GATE), { qos: 1 });
    first.stream.pause();
    bus.announce(GATE, { id: 'old', decision: 'open', epcs: [], at: new Date().toISOString() });
    first.stream.destroy();
    await until(() => expect(bus.connectedClients).toBe(0));
    bus.announce(GATE, { id: 'older still', decision: 'open', epcs: [], at: new Date().toISOString() });
    const again = await connect(GATE, { clean: false });
    const messages: string[] = [];
    again.on('message', (_topic, payload) => messages.push(String(payload)));
    await again.subscribeAsync(topics.decision(GATE), { qos: 1 });
    bus.announce(GATE, { id: 'new', decision: 'open', epcs: [], at: new Date().toISOString() });
    await until(() => expect(messages).toHaveLength(1));
    expect(messages[0]).toContain('"new"');
  });

  it('is answered while another has stopped reading, and that one is dropped', async () => {
    const frozen = await gate(OTHER_GATE);
    frozen.client.stream.pause();
    const { decisions, ask } = await gate(GATE);
    const epcs = Array.from({ length: 500 }, (_, n) => ({ epc: ourEpc(n), status: 'sold' as const }));
    for (let n = 0; n < 1_000; n++) {
      bus.announce(OTHER_GATE, { id: `flood-${n}`, decision: 'open', epcs, at: new Date().toISOString() });
    }
    for (let n = 0; n < 10; n++) await ask(`q${n}`, ourEpc(n));
    await until(() => expect(decisions).toHaveLength(10));
    await until(() => expect(bus.connectedClients).toBe(1));
  });

  it('is not thrown out for words that nobody understands', async () => {
    const { client, decisions, ask } = await gate();
    for (const payload of ['', 'not json', '{}', '[]', Buffer.from([0xff, 0xfe])])
      await client.publishAsync(topics.reads(GATE), payload, { qos: 1 });
    await client.publishAsync(topics.reads(GATE), '{"id":"half","reads":[{"epc":"zz"}]}', {
      qos: 1,
      retain: true,
    });
    await ask('whole', ourEpc(1));
    await until(() =>
      expect(decisions.map((one) => `${one.id} ${one.decision}`)).toEqual(['half ignore', 'whole open']),
    );
    expect(malformed).toBe(6);
  });
});

describe('a connection that somebody else accepted', () => {
  it('is served like any other, also after its first bytes were looked at', async () => {
    const front = createTcp((socket) => {
      socket.once('data', (head: Buffer) => {
        socket.pause();
        socket.unshift(head);
        const [ours, theirs] = duplexPair();
        socket.pipe(theirs).pipe(socket);
        bus.accept(ours, { remote: '192.0.2.7' });
      });
    }).listen(0, '127.0.0.1');
    await once(front, 'listening');
    const address = front.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const client = await connectAsync(`mqtt://127.0.0.1:${port}`, { ...signIn(GATE), reconnectPeriod: 0 });
    clients.push(client);
    const answered: string[] = [];
    client.on('message', (_topic, payload) => answered.push(String(payload)));
    await client.subscribeAsync(topics.decision(GATE), { qos: 1 });
    await client.publishAsync(topics.reads(GATE), JSON.stringify({ id: 'q', reads: [] }), { qos: 1 });
    await until(() => expect(answered).toHaveLength(1));
    await client.endAsync();
    await until(() => expect(bus.connectedClients).toBe(0));
    front.close();
  });
});

/** Packets as MQTT 3.1.1 writes them, for a client that no library would be. */
const text = (value: string): Buffer => Buffer.concat([Buffer.from([0, value.length]), Buffer.from(value)]);
const packet = (head: number, ...parts: Buffer[]): Buffer => {
  const body = Buffer.concat(parts);
  const length = body.length < 128 ? [body.length] : [(body.length % 128) | 128, body.length >> 7];
  return Buffer.concat([Buffer.from([head, ...length]), body]);
};

describe('a client that does not wait for its CONNACK', () => {
  it.each([1, 7, 20, 4_000])('is heard all the same, in pieces of %i bytes', async (size) => {
    const { username, password } = signIn(KIOSK);
    const flags = Buffer.from([4, 0xc2, 0, 10]);
    const bytes = Buffer.concat([
      packet(0x10, text('MQTT'), flags, text(username), text(username), text(password)),
      packet(0x82, Buffer.from([0, 1]), text(topics.cmd(KIOSK)), Buffer.from([1])),
      packet(0x33, text(topics.status(KIOSK)), Buffer.from([0, 2]), Buffer.from('{"state":"early"}')),
    ]);
    let answers = Buffer.alloc(0);
    const socket = connectTcp(listener.port, '127.0.0.1');
    socket.setNoDelay(true);
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      answers = Buffer.concat([answers, chunk]);
    });
    for (let at = 0; at < bytes.length; at += size) {
      await new Promise<void>((resolve) => socket.write(bytes.subarray(at, at + size), () => resolve()));
      await new Promise((resolve) => setImmediate(resolve));
    }
    // CONNACK first; SUBACK of five bytes and PUBACK of four in whatever order.
    await until(() => expect(answers).toHaveLength(4 + 5 + 4));
    expect(answers.subarray(0, 4).toString('hex')).toBe('20020000');
    expect(answers.includes(Buffer.from('9003000101', 'hex'))).toBe(true);
    expect(answers.includes(Buffer.from('40020002', 'hex'))).toBe(true);
    expect(bus.devices()).toMatchObject([{ connected: true, status: '{"state":"early"}' }]);
    socket.destroy();
  });
});

describe('the door', () => {
  it.each<[string, Partial<IClientOptions>, RegExp]>([
    ['a wrong password', { password: 'guess' }, /Bad username or password/i],
    ['no password', { password: undefined, username: undefined }, /Bad username or password/i],
    ['an unknown name', { username: 'gat_nobody', clientId: 'gat_nobody' }, /Bad username or password/i],
    ['a client id that is not the user name', { clientId: OTHER_GATE }, /Identifier rejected/i],
    ['MQTT 5', { protocolVersion: 5 }, /.*/],
  ])('stays shut for %s', async (_what, some, message) => {
    await expect(connect(GATE, some)).rejects.toThrow(message);
    expect(bus.connectedClients).toBe(0);
  });

  it('stays shut until the store is known', async () => {
    devices = null;
    await expect(connect(GATE)).rejects.toThrow(/Server unavailable/i);
  });

  it('closes behind a device that the configuration no longer has', async () => {
    const one = await connect(GATE);
    const other = await connect(OTHER_GATE);
    devices = storeConfig({ without: [GATE] }).devices;
    bus.devicesChanged();
    await closed(one);
    expect(other.connected).toBe(true);
    await expect(connect(GATE)).rejects.toThrow(/Bad username/i);
  });

  it('lets the newer of two connections of one device in', async () => {
    const first = await gate();
    const second = await gate();
    await closed(first.client);
    await second.ask('q', ourEpc(1));
    await until(() => expect(second.decisions).toHaveLength(1));
  });
});

describe('the topic rules', () => {
  it.each([
    ['another gate’s reads', topics.reads(OTHER_GATE)],
    ['its own decision', topics.decision(GATE)],
    ['another device’s status', topics.status(KIOSK)],
    ['a system topic', '$SYS/broker'],
  ])('end a connection that publishes %s', async (_what, topic) => {
    const { client } = await gate();
    client.publish(topic, JSON.stringify({ id: 'x', reads: [] }), { qos: 1 });
    await closed(client);
    expect(heard).toEqual([]);
  });

  it.each([topics.decision(OTHER_GATE), topics.decision('+'), '#', '+/+/+/#', topics.reads(GATE), '$SYS/#'])(
    'refuse a subscription to %s',
    async (filter) => {
      const client = await connect(GATE);
      await expect(client.subscribeAsync(filter, { qos: 1 })).rejects.toThrow();
      expect(client.connected).toBe(true);
    },
  );

  it('let a device tell of itself, and its last will after it died', async () => {
    const will = {
      topic: topics.status(KIOSK),
      payload: Buffer.from('{"state":"lost"}'),
      qos: 1 as const,
      retain: true,
    };
    const client = await connect(KIOSK, { will });
    await client.publishAsync(topics.status(KIOSK), '{"state":"ready"}', { qos: 1, retain: true });
    await until(() => expect(seen.at(-1)).toMatchObject({ connected: true, status: '{"state":"ready"}' }));
    client.stream.destroy();
    await until(() => expect(seen.map((one) => one.status)).toContain('{"state":"lost"}'));
    await until(() => expect(bus.devices()).toMatchObject([{ device: { id: KIOSK }, connected: false }]));
    await expect(
      connect(KIOSK, { will: { ...will, topic: topics.reads(GATE) } }).then((c) => c.stream.destroy()),
    ).resolves.toBeDefined();
    await until(() => expect(bus.connectedClients).toBe(0));
    expect(heard).toEqual([]);
  });
});

describe('rubbish', () => {
  /** Sends bytes on a bare connection and waits until the broker hangs up. */
  const throwAt = (bytes: Uint8Array): Promise<void> =>
    new Promise((resolve) => {
      const socket = connectTcp(listener.port, '127.0.0.1', () => socket.end(bytes));
      socket.on('error', () => {});
      socket.on('close', () => resolve());
      socket.resume();
    });

  it('costs its own connection and nobody else’s', async () => {
    const { client, decisions, ask } = await gate();
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
        await throwAt(bytes);
      }),
      { seed: 9, numRuns: 60 },
    );
    // CONNECT's own head, then nonsense; and a first packet that is no CONNECT.
    await throwAt(Uint8Array.of(0x10, 0x0c, 0, 4, 0x4d, 0x51, 0x54, 0x54, 9, 0xff, 0, 0, 0, 0));
    await throwAt(Uint8Array.of(0x30, 0x05, 0, 3, 0x61, 0x2f, 0x62));
    expect(client.connected).toBe(true);
    await ask('still here', ourEpc(1));
    await until(() => expect(decisions).toHaveLength(1));
  });

  it('of any size is refused by its claim, before and after signing in', async () => {
    const claim = (type: number): Uint8Array => Uint8Array.of(type, 0xff, 0xff, 0xff, 0x7f);
    // The socket stays open on our side: it is the broker that hangs up.
    await new Promise<void>((resolve) => {
      const socket = connectTcp(listener.port, '127.0.0.1', () => socket.write(claim(0x10)));
      socket.on('error', () => {});
      socket.on('close', () => resolve());
      socket.resume();
    });
    const { client } = await gate();
    client.publish(topics.reads(GATE), Buffer.alloc(limit.PACKET_BYTES_MAX + 1), { qos: 0 });
    await closed(client);
    expect(heard).toEqual([]);
  });

  it('as a stream of retained status is kept once a device', async () => {
    const client = await connect(KIOSK);
    for (let n = 0; n < 20; n++)
      await client.publishAsync(topics.status(KIOSK), 'x'.repeat(5_000), { qos: 1, retain: true });
    expect(bus.devices()[0]?.status).toHaveLength(1_024);
  });
});

/** A client that never pings. */
const NO_PINGS = { set: () => 0, clear: () => {} };

describe('limits', () => {
  it('drop and count what a device says too often, and cut it off when it does not stop', async () => {
    const client = await connect(KIOSK);
    const { decisions, ask } = await gate();
    const total = limit.MESSAGES_BURST_MAX + limit.DROPS_BEFORE_CUT_MAX + 500;
    for (let n = 0; n < total; n++) client.publish(topics.status(KIOSK), `${n}`, { qos: 0 });
    await closed(client);
    expect(counts.get('sesame_mqtt_dropped_total rate')).toBe(limit.DROPS_BEFORE_CUT_MAX);
    await ask('still here', ourEpc(1));
    await until(() => expect(decisions).toHaveLength(1));
  });

  it('hang up on a first packet that is too large, before any of it is believed', async () => {
    const password = 'x'.repeat(limit.CONNECT_PACKET_BYTES_MAX);
    await expect(connect(GATE, { password })).rejects.toThrow();
    await until(() => expect(counts.get('sesame_mqtt_refused_total protocol')).toBe(1));
    expect(counts.get('sesame_mqtt_refused_total credentials')).toBeUndefined();
  });

  it('let one address open only so many connections without a sign-in', async () => {
    const sockets = await Promise.all(
      Array.from({ length: limit.STRANGERS_PER_ADDRESS_MAX }, async () => {
        const socket = connectTcp(listener.port, '127.0.0.1');
        socket.on('error', () => {});
        await once(socket, 'connect');
        return socket;
      }),
    );
    await until(() => expect(bus.gauges().connections).toBe(limit.STRANGERS_PER_ADDRESS_MAX));
    await expect(connect(GATE)).rejects.toThrow();
    expect(counts.get('sesame_mqtt_refused_total strangers')).toBe(1);
    for (const socket of sockets) socket.destroy();
    await until(() => expect(bus.gauges().connections).toBe(0));
    expect((await connect(GATE)).connected).toBe(true);
  });

  it('hold a silent device to its keepalive, and let no last will speak but a status', async () => {
    const client = await connect(KIOSK, { keepalive: 1, timerVariant: NO_PINGS });
    await closed(client);
    await until(() => expect(bus.connectedClients).toBe(0));
    const will = {
      topic: topics.reads(GATE),
      payload: Buffer.from('{"id":"dead","reads":[]}'),
      qos: 0 as const,
    };
    const gate = await connect(GATE, { will });
    gate.stream.destroy();
    await until(() => expect(bus.connectedClients).toBe(0));
    expect(heard).toEqual([]);
  });
});
