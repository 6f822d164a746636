import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { connectAsync } from 'mqtt';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startLlrpSimulator } from '../../hardware/llrp/simulator.ts';
import { startTestAgent, type TestAgent, until } from '../testing/agent.ts';
import { TestEdge } from '../testing/edge.ts';
import {
  foreignEpc,
  GATE,
  KIOSK,
  OTHER_GATE,
  orderId,
  ourEpc,
  READER,
  STORE,
  signIn,
  storeConfig,
  tempFolder,
} from '../testing/fixtures.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const SOLD = ourEpc(1);
const UNSOLD = ourEpc(2);
const PATH_TOKEN = 'a-token-nobody-guesses-0123456789';
let edge: TestEdge;
let folder: ReturnType<typeof tempFolder>;
let agent: TestAgent;
let reader: Awaited<ReturnType<typeof startLlrpSimulator>>;
const outputs: string[] = [];

beforeEach(async () => {
  outputs.length = 0;
  edge = await new TestEdge().start();
  edge.config = storeConfig({ policies: { ask_edge_ms: 0 } });
  edge.stock([SOLD, UNSOLD], 'Scarf');
  edge.sell(orderId(1), [SOLD]);
  reader = await startLlrpSimulator({ host: '127.0.0.1', port: 0, scanMs: 50 });
  reader.onOutput((port, on) => outputs.push(`${port === 1 ? 'open' : 'alarm'} ${on ? 'on' : 'off'}`));
  folder = tempFolder();
  agent = await startTestAgent(edge, folder.path, {
    readers: [
      {
        id: READER,
        url: `llrp://127.0.0.1:${reader.port}`,
        gate_id: GATE,
        outputs: { open: 1, alarm: 2 },
        output_hold_ms: 50,
      },
    ],
    gate_http: {
      port: 0,
      path_tokens: [
        {
          gate_id: OTHER_GATE,
          token_sha256: createHash('sha256').update(PATH_TOKEN).digest('hex'),
          address: '127.0.0.1',
        },
        {
          gate_id: GATE,
          token_sha256: createHash('sha256').update('elsewhere').digest('hex'),
          address: '192.0.2.7',
        },
      ],
    },
  });
  await until(() => expect(agent.state.cursor).toBe(edge.head));
  await until(() => expect(agent.state.jwks).not.toBeNull());
  await until(() => expect(reader.state().reading).toBe(true));
});
afterEach(async () => {
  await agent.stop();
  await reader.close();
  await edge.stop();
  folder.remove();
});

/** What the edge was told. */
const kinds = (): string[] => [...edge.reports.values()].map((report) => report.kind);
const gateUrl = (): string => `http://127.0.0.1:${agent.gateHttpPort}`;
const basic = (id: string): string => {
  const { username, password } = signIn(id);
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
};
async function post(url: string, body: unknown, headers: Record<string, string> = {}) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const response = await fetch(url, { method: 'POST', body: text, headers });
  return { status: response.status, text: await response.text() };
}

describe('the gate thread', () => {
  it('moves the outputs of the reader that saw the tag', async () => {
    reader.reads(SOLD, 1);
    await until(() => expect(outputs).toEqual(['open on', 'open off']));
    reader.reads(UNSOLD, 1);
    await until(() => expect(outputs.slice(2)).toEqual(['alarm on', 'alarm off']));
    await until(() => expect(kinds()).toEqual(expect.arrayContaining(['gate.open', 'gate.alarm'])));
    const alarm = [...edge.reports.values()].find((one) => one.kind === 'gate.alarm');
    expect(alarm?.data).toMatchObject({
      gate_id: GATE,
      reason: 'unsold',
      epcs: [{ epc: UNSOLD, status: 'unsold', name: 'Scarf', rev: agent.state.book.get(UNSOLD)?.rev }],
    });
  });

  it('is there again at once when it dies, with the state of the moment and its health told', async () => {
    const port = agent.mqttPort;
    agent.crashGates();
    edge.sell(orderId(2), [UNSOLD]);
    await until(() => expect(agent.logs.some((line) => line.includes('the gate thread died'))).toBe(true));
    await until(() => expect(agent.alive()).toBe(true));
    await until(() => expect(reader.state().reading).toBe(true));
    await until(async () => {
      const health = await agent.call('GET', '/healthz');
      expect(health.json.devices).toContainEqual(
        expect.objectContaining({ name: 'Gate thread', state: 'online' }),
      );
    });
    await until(() => expect(agent.state.cursor).toBe(edge.head));
    outputs.length = 0;
    // The reader may still hold the line of the thread that died.
    await until(() => {
      if (reader.state().reading) reader.reads(UNSOLD, 1);
      expect(outputs).toContain('open on');
    });
    const client = await connectAsync(`mqtt://127.0.0.1:${port}`, {
      ...signIn(OTHER_GATE),
      protocolVersion: 4,
    });
    await client.endAsync();
  });

  it('opens by a named person for a reason, ends the alarm with it, and tells the gate', async () => {
    const topic = `sesame/v1/${STORE}/gates/${GATE}/decision`;
    const client = await connectAsync(`mqtt://127.0.0.1:${agent.mqttPort}`, {
      ...signIn(GATE),
      protocolVersion: 4,
    });
    const heard: string[] = [];
    client.on('message', (_topic, payload) => heard.push(JSON.parse(String(payload)).decision));
    await client.subscribeAsync(topic);
    const url = `/v1/gates/${GATE}/overrides`;
    const staff = await edge.token('cashier');
    expect((await agent.call('POST', url, { body: { reason: 'bag check' } })).status).toBe(403);
    expect((await agent.call('POST', url, { token: staff, body: {} })).status).toBe(422);
    const opened = await agent.call('POST', url, {
      token: staff,
      body: { reason: 'bag check', staff: 'Ada' },
    });
    expect(opened).toMatchObject({ status: 201, json: { gate_id: GATE, reason: 'bag check', staff: 'Ada' } });
    await until(() => expect(outputs).toContain('open on'));
    await until(() => expect(heard).toContain('open'));
    await until(() => expect(kinds()).toContain('gate.override'));
    await client.endAsync();
  });

  it('is silent while staff fill shelves, answers on, and sounds again after it', async () => {
    const url = `/v1/gates/${GATE}/mute`;
    const staff = await edge.token('manager');
    const muted = await agent.call('PUT', url, { token: staff, body: { minutes: 30, reason: 'delivery' } });
    expect(muted).toMatchObject({ status: 200, json: { gate_id: GATE, muted_until: expect.any(String) } });
    const ask = (id: string) =>
      agent.call('POST', `/v1/gates/${GATE}/reads`, { body: { id, reads: [{ epc: UNSOLD }] } });
    expect((await ask('m1')).json.decision).toBe('alarm');
    reader.reads(SOLD, 1);
    await until(() => expect(outputs).toContain('open on'));
    expect(outputs).not.toContain('alarm on');
    expect(kinds()).not.toContain('gate.alarm');
    await agent.call('PUT', url, { token: staff, body: { minutes: 0, reason: 'done' } });
    expect((await ask('m2')).json.decision).toBe('alarm');
    await until(() => expect(outputs).toContain('alarm on'));
  });
});

describe('the gates on MQTT', () => {
  it('have their reads answered at every quality of service, once each, beside what the broker serves', async () => {
    const client = await connectAsync(`mqtt://127.0.0.1:${agent.mqttPort}`, {
      ...signIn(OTHER_GATE),
      protocolVersion: 4,
      will: {
        topic: `sesame/v1/${STORE}/devices/${OTHER_GATE}/status`,
        payload: Buffer.from('lost'),
        qos: 1,
        retain: true,
      },
    });
    const topic = `sesame/v1/${STORE}/gates/${OTHER_GATE}`;
    const heard = new Map<string, string[]>();
    client.on('message', (_topic, payload) => {
      const { id, decision } = JSON.parse(String(payload));
      heard.set(id, [...(heard.get(id) ?? []), decision]);
    });
    await client.subscribeAsync(`${topic}/decision`, { qos: 1 });
    for (const [id, epc, qos] of [
      ['a', SOLD, 0],
      ['b', UNSOLD, 1],
      ['c', foreignEpc(1), 2],
    ] as const)
      await client.publishAsync(`${topic}/reads`, JSON.stringify({ id, reads: [{ epc }] }), { qos });
    await until(() =>
      expect([...heard]).toEqual([
        ['a', ['open']],
        ['b', ['alarm']],
        ['c', ['ignore']],
      ]),
    );
    await client.publishAsync(`sesame/v1/${STORE}/devices/${OTHER_GATE}/status`, 'well', { qos: 1 });
    const seen = () =>
      agent
        .call('GET', '/healthz')
        .then(({ json }) => json.devices.find((one: { id: string }) => one.id === OTHER_GATE));
    await until(async () => expect(await seen()).toMatchObject({ state: 'online', detail: 'well' }));
    client.stream.destroy();
    client.end(true);
    await until(async () => expect(await seen()).toMatchObject({ state: 'offline' }));
  });

  it('cannot speak for one another, and a wrong secret or a stranger is told by the broker', async () => {
    const client = await connectAsync(`mqtt://127.0.0.1:${agent.mqttPort}`, {
      ...signIn(GATE),
      protocolVersion: 4,
    });
    let gone = false;
    client.on('close', () => (gone = true));
    client.publish(
      `sesame/v1/${STORE}/gates/${OTHER_GATE}/reads`,
      JSON.stringify({ id: 'x', reads: [{ epc: SOLD }] }),
    );
    // The broker lets go of whoever publishes to a topic that is not its own.
    await until(() => expect(gone).toBe(true));
    client.end(true);
    expect(kinds()).not.toContain('gate.open');
    for (const options of [
      { ...signIn(GATE), password: 'wrong' },
      { username: 'no', password: 'no', clientId: 'no' },
    ])
      await expect(
        connectAsync(`mqtt://127.0.0.1:${agent.mqttPort}`, {
          ...options,
          protocolVersion: 4,
          reconnectPeriod: 0,
        }),
      ).rejects.toThrow(/Bad username or password|Not authorized|refused/i);
    const kiosk = await connectAsync(`mqtt://127.0.0.1:${agent.mqttPort}`, {
      ...signIn(KIOSK),
      protocolVersion: 4,
    });
    await kiosk.publishAsync(`sesame/v1/${STORE}/devices/${KIOSK}/status`, 'here', { qos: 1 });
    await kiosk.endAsync();
  });
});

describe('a stranger on the MQTT port', () => {
  const open = async (): Promise<{ socket: Socket; gone: () => boolean }> => {
    const socket = connect(agent.mqttPort, '127.0.0.1');
    let closed = false;
    socket.on('error', () => {});
    socket.on('close', () => (closed = true));
    await once(socket, 'connect');
    return { socket, gone: () => closed };
  };

  it('is heard no further than its first byte, or a claim of too many', async () => {
    const bytes = [
      [0x30, 2, 0, 0],
      [0x00],
      [0x10, 0xff, 0x7f],
      [0x10, 0xff, 0xff, 0xff, 0xff, 1],
      [...'GET / HTTP/1.1'].map((c) => c.charCodeAt(0)),
    ];
    for (const first of bytes) {
      const { socket, gone } = await open();
      socket.write(Buffer.from(first));
      await until(() => expect(gone()).toBe(true));
    }
  });

  it('finds no room beside too many of its kind, and takes none from a gate that is there', async () => {
    const client = await connectAsync(`mqtt://127.0.0.1:${agent.mqttPort}`, {
      ...signIn(OTHER_GATE),
      protocolVersion: 4,
    });
    const strangers = await Promise.all(Array.from({ length: 40 }, () => open()));
    await until(() => expect(strangers.filter(({ gone }) => gone()).length).toBeGreaterThanOrEqual(8));
    const topic = `sesame/v1/${STORE}/gates/${OTHER_GATE}`;
    let decision = '';
    client.on('message', (_topic, payload) => (decision = JSON.parse(String(payload)).decision));
    await client.subscribeAsync(`${topic}/decision`);
    await client.publishAsync(`${topic}/reads`, JSON.stringify({ id: 'x', reads: [{ epc: SOLD }] }));
    await until(() => expect(decision).toBe('open'));
    for (const { socket } of strangers) socket.destroy();
    await client.endAsync();
  });
});

describe('the gates on HTTP', () => {
  it('ask in the manner of Keonn, on their own port and on the main one', async () => {
    for (const base of [gateUrl(), agent.url]) {
      const url = `${base}/rfid/keonn/check-epcs/`;
      const ours = { authorization: basic(GATE) };
      const body = { epcs: [SOLD.toLowerCase(), UNSOLD, 'EPC001ABC123DEF456'] };
      expect(await post(url, body, ours)).toEqual({
        status: 400,
        text: `{"${SOLD.toLowerCase()}":"1","${UNSOLD}":"0","EPC001ABC123DEF456":"0"}`,
      });
      expect(await post(url, { epcs: [SOLD] }, { 'x-gate-key': signIn(GATE).password })).toEqual({
        status: 200,
        text: `{"${SOLD}":"1"}`,
      });
      expect(await post(url, { epcs: [] }, ours)).toEqual({ status: 200, text: '{}' });
      for (const garbage of ['no json', '{"epcs":1}', '{"epcs":[1]}'])
        expect((await post(url, garbage, ours)).status).toBe(422);
      const withToken = (token: string) => post(`${base}/rfid/keonn/${token}/check-epcs/`, { epcs: [SOLD] });
      expect((await withToken(PATH_TOKEN)).status).toBe(200);
      const strangers: Record<string, string>[] = [
        {},
        { authorization: 'Basic eDp5' },
        { 'x-gate-key': 'no' },
      ];
      for (const stranger of strangers)
        expect((await post(url, { epcs: [SOLD] }, stranger)).status).toBe(401);
      expect((await withToken('elsewhere')).status).toBe(401);
      expect((await withToken('wrong')).status).toBe(401);
    }
    await until(() => expect(kinds()).toContain('gate.alarm'));
  });

  it('report reads and ask about a tag, each for itself', async () => {
    const ours = { authorization: basic(GATE) };
    const reads = `${gateUrl()}/v1/gates/${GATE}/reads`;
    const answer = await post(reads, { id: 'h1', reads: [{ epc: UNSOLD, rssi: -50 }] }, ours);
    expect(JSON.parse(answer.text)).toMatchObject({ id: 'h1', decision: 'alarm', epcs: [{ name: 'Scarf' }] });
    expect((await post(reads, { id: 'h1', reads: 1 }, ours)).status).toBe(422);
    expect((await post(reads, '{', ours)).status).toBe(400);
    expect((await post(reads, { id: 'h1', reads: [] }, { authorization: basic(OTHER_GATE) })).status).toBe(
      404,
    );
    const tag = await fetch(`${gateUrl()}/v1/tags/${SOLD}`, { headers: ours });
    expect(await tag.json()).toMatchObject({ epc: SOLD, status: 'sold', order_id: orderId(1) });
    expect((await fetch(`${gateUrl()}/v1/tags/${SOLD}`)).status).toBe(401);
    expect((await fetch(`${gateUrl()}/v1/nothing`, { headers: ours })).status).toBe(404);
  });
});
