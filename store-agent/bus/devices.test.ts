import { connectAsync, connect as connectNow, type IClientOptions, type MqttClient } from 'mqtt';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DeviceVoice, type DeviceVoiceOptions } from '../../hardware/lane/device_voice.ts';
import { callHttp, startTestAgent, until } from '../testing/agent.ts';
import { AGENT, GATE, KIOSK, STORE, signIn } from '../testing/fixtures.ts';
import { expectProblem, startStore, type TestStore } from '../testing/store.ts';
import type { CommandMessage } from './device_messages.ts';
import { topicsOf } from './topics.ts';

// A busy machine is no reason to fail: nothing here is about time.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const topics = topicsOf(STORE);
let store: TestStore;
let manager: string;
const clients: MqttClient[] = [];
let sessions = 0;

beforeEach(async () => {
  store = await startStore();
  manager = await store.edge.token('manager');
});
afterEach(async () => {
  for (const client of clients.splice(0)) await client.endAsync(true);
  await store.stop();
});

async function connect(id: string, some: IClientOptions = {}): Promise<MqttClient> {
  const url = `mqtt://127.0.0.1:${store.agent.mqttPort}`;
  const client = await connectAsync(url, { ...signIn(id), reconnectPeriod: 0, ...some }, false);
  client.on('error', () => {});
  clients.push(client);
  return client;
}

/** A device as hardware would be: it speaks by itself, and does what it is told. */
async function device(
  commands: DeviceVoiceOptions['commands'] = {},
  id = KIOSK,
  now: () => number = Date.now,
): Promise<{ client: MqttClient; voice: DeviceVoice }> {
  const voice = new DeviceVoice({
    storeId: STORE,
    deviceId: id,
    model: 'Example',
    firmware: '1.2',
    commands,
    events: ['button'],
    now,
    newSession: () => `session-${sessions++}`,
  });
  const client = connectNow(`mqtt://127.0.0.1:${store.agent.mqttPort}`, {
    ...signIn(id),
    reconnectPeriod: 0,
    will: voice.will(),
  });
  client.on('error', () => {});
  clients.push(client);
  voice.attach(client);
  await until(() => expect(client.connected).toBe(true));
  return { client, voice };
}

/** What an observer of all devices hears. */
async function observe(
  some: IClientOptions = {},
): Promise<{ client: MqttClient; heard: [string, string][] }> {
  const client = await connect(AGENT, some);
  const heard: [string, string][] = [];
  client.on('message', (topic, payload) => heard.push([topic, String(payload)]));
  for (const word of ['status', 'birth', 'event', 'cmd/ack'] as const)
    await client.subscribeAsync(topics.everybody(word), { qos: 1 });
  return { client, heard };
}

const command = (body: object, id = KIOSK, token = manager) =>
  store.agent.call('POST', `/v1/devices/${id}/commands`, { token, body });
const outcome = async (id: string, of = KIOSK) =>
  (await store.agent.call('GET', `/v1/devices/${of}/commands/${id}`)).json;
const shown = async (id = KIOSK) =>
  (await store.agent.call('GET', '/v1/floor')).json.devices.find((one: { id: string }) => one.id === id);
const reported = (): Record<string, unknown>[] =>
  [...store.edge.reports.values()].filter((one) => one.kind === 'device').map((one) => one.data);

describe('a device', () => {
  it('is born, tells numbered events, and is missed where one is lost', async () => {
    const { heard } = await observe();
    const { client, voice } = await device();
    await until(async () =>
      expect(await shown()).toMatchObject({
        state: 'online',
        detail: 'It says that it is ready.',
        session: { id: voice.session, model: 'Example', firmware: '1.2', events_missing: 0 },
      }),
    );
    voice.event('button', { which: 1 });
    await until(() =>
      expect(heard.filter(([topic]) => topic === topics.device(KIOSK, 'event'))).toHaveLength(1),
    );
    // Two that never leave the device: its line is down while they happen.
    await client.endAsync(true);
    voice.event('button');
    voice.event('button');
    client.reconnect();
    await until(() => expect(client.connected).toBe(true));
    voice.event('button');
    await until(async () => expect(await shown()).toMatchObject({ session: { events_missing: 2 } }));
    await until(() =>
      expect(reported()).toContainEqual(expect.objectContaining({ events_missing: 2, before: 4 })),
    );
    const events = (): number[] =>
      heard.filter(([topic]) => topic.endsWith('/event')).map(([, text]) => JSON.parse(text).seq);
    await until(() => expect(events()).toEqual([1, 4]));
    const metrics = (await store.agent.call('GET', '/metrics')).text;
    expect(metrics).toContain('sesame_mqtt_events_missing_total 2');
  });

  it('that speaks of a session nobody knows is refused and asked to begin one', async () => {
    const { heard } = await observe();
    const { client, voice } = await device();
    await until(async () => expect((await shown())?.session?.id).toBe(voice.session));
    const before = voice.session;
    const stranger = { v: 1, session: 'other', seq: 9, type: 'button', at: new Date().toISOString() };
    await client.publishAsync(topics.device(KIOSK, 'event'), JSON.stringify(stranger), { qos: 1 });
    await until(() => expect(voice.session).not.toBe(before));
    await until(async () =>
      expect(await shown()).toMatchObject({ session: { id: voice.session }, refused: 1 }),
    );
    const rubbish = ['', 'no json', '{"v":1}', JSON.stringify({ ...stranger, session: before, seq: 1 })];
    for (const text of rubbish) await client.publishAsync(topics.device(KIOSK, 'event'), text, { qos: 1 });
    expect((await shown()).refused).toBe(5);
    expect(heard.filter(([topic]) => topic.endsWith('/event'))).toEqual([]);
    expect(client.connected).toBe(true);
  });

  it('that dies is lost for everybody, also for those who come later', async () => {
    const { client, voice } = await device();
    await until(async () => expect(await shown()).toMatchObject({ session: { id: voice.session } }));
    client.stream.destroy();
    await until(async () =>
      expect(await shown()).toMatchObject({ state: 'offline', detail: 'It says that it is lost.' }),
    );
    const { heard } = await observe();
    const said = (topic: string): unknown =>
      JSON.parse(heard.findLast(([one]) => one === topic)?.[1] ?? 'null');
    await until(() => expect(said(topics.status(KIOSK))).toMatchObject({ state: 'lost' }));
    await until(() => expect(said(topics.device(KIOSK, 'birth'))).toMatchObject({ session: voice.session }));
  });
});

describe('a gate, whose line ends on another thread', () => {
  it('is born, watched and commanded like any other device, and answered meanwhile', async () => {
    const did: unknown[] = [];
    const { client, voice } = await device({ open: (args) => void did.push(args) }, GATE);
    const decisions: string[] = [];
    client.on('message', (topic, payload) => {
      if (topic === topics.decision(GATE)) decisions.push(JSON.parse(String(payload)).id);
    });
    await client.subscribeAsync([topics.decision(GATE), topics.cmd(GATE)], { qos: 1 });
    await until(async () => expect(await shown(GATE)).toMatchObject({ session: { id: voice.session } }));
    await client.publishAsync(topics.reads(GATE), JSON.stringify({ id: 'q', reads: [] }), { qos: 1 });
    const { json } = await command({ name: 'open', args: { for_ms: 5 } }, GATE);
    await until(async () => expect(await outcome(json.id, GATE)).toMatchObject({ status: 'done' }));
    await until(() => expect(decisions).toEqual(['q']));
    expect(did).toEqual([{ for_ms: 5 }]);
    voice.event('barrier');
    await until(async () =>
      expect((await store.agent.call('GET', '/metrics')).text).toContain('messages_total{word="event"} 1'),
    );
  });

  it('that floods is cut off, and is back at once', async () => {
    const { client } = await device({}, GATE);
    const message = JSON.stringify({ id: 'flood', reads: [] });
    for (let n = 0; n < 12_500 && client.connected; n++)
      client.publish(topics.reads(GATE), message, { qos: 0 });
    await until(() => expect(client.connected).toBe(false));
    const metrics = async () => (await store.agent.call('GET', '/metrics')).text;
    await until(async () => expect(await metrics()).toMatch(/dropped_total\{reason="rate"\} \d{3,}/));
    const again = await device({}, GATE);
    expect(again.client.connected).toBe(true);
  });
});

describe('a command', () => {
  it('is done once, however often it comes, and its outcome is recorded once', async () => {
    let done = 0;
    const { client } = await device({
      show: (args) => {
        done += 1;
        return { shown: args['text'] };
      },
    });
    await until(async () => expect((await shown())?.session?.commands).toEqual(['show']));
    const heard: string[] = [];
    client.on('message', (_topic, payload) => heard.push(String(payload)));
    const asked = await command({ name: 'show', args: { text: 'hello' } });
    expect(asked).toMatchObject({ status: 202, json: { status: 'pending', device_id: KIOSK } });
    const { id } = asked.json;
    await until(async () =>
      expect(await outcome(id)).toMatchObject({ status: 'done', result: { shown: 'hello' } }),
    );
    // A repetition that was under way is answered from memory, and the agent keeps the first outcome.
    client.emit('message', topics.cmd(KIOSK), Buffer.from(heard[0] ?? ''), { cmd: 'publish' } as never);
    await until(async () =>
      expect((await store.agent.call('GET', '/metrics')).text).toContain(
        'sesame_mqtt_dropped_total{reason="late_ack"} 1',
      ),
    );
    expect(done).toBe(1);
    expect(await shown()).toMatchObject({ command: { id, name: 'show', status: 'done' } });
    await until(() =>
      expect(reported().filter((one) => one['command_id'] === id)).toEqual([
        expect.objectContaining({ outcome: 'done', command: 'show' }),
      ]),
    );
    expect((await store.agent.call('GET', '/metrics')).text).toContain(
      'sesame_mqtt_commands_total{outcome="done"} 1',
    );
  });

  it('waits for a device that comes in time, is repeated, and says how it failed', async () => {
    const { json } = await command({ name: 'show', ttl_ms: 60_000 });
    expect(await outcome(json.id)).toMatchObject({ status: 'pending' });
    // A device that hears and says nothing at first.
    const client = await connect(KIOSK);
    const heard: CommandMessage[] = [];
    client.on('message', (_topic, payload) => heard.push(JSON.parse(String(payload))));
    await client.subscribeAsync(topics.cmd(KIOSK), { qos: 1 });
    await until(() => expect(heard.length).toBeGreaterThanOrEqual(2));
    expect(new Set(heard.map((one) => one.id))).toEqual(new Set([json.id]));
    expect(new Set(heard.map((one) => one.sent_at)).size).toBe(heard.length);
    await client.endAsync(true);
    await device({
      show: () => {
        throw new Error('no screen');
      },
    });
    await until(async () =>
      expect(await outcome(json.id)).toMatchObject({ status: 'failed', detail: 'no screen' }),
    );
  });

  it('is never delivered after its time', async () => {
    const { json } = await command({ name: 'open', ttl_ms: 100 });
    await until(async () =>
      expect(await outcome(json.id)).toMatchObject({
        status: 'expired',
        detail: 'The device was not there.',
      }),
    );
    let opened = 0;
    const { client } = await device({
      open: () => {
        opened += 1;
        return undefined;
      },
      ping: () => ({}),
    });
    const heard: string[] = [];
    client.on('message', (_topic, payload) => heard.push(JSON.parse(String(payload)).name));
    await until(async () => expect((await shown())?.session).toBeDefined());
    const ping = await command({ name: 'ping' });
    await until(async () => expect(await outcome(ping.json.id)).toMatchObject({ status: 'done' }));
    expect(heard).toEqual(['ping']);
    expect(opened).toBe(0);
  });

  it('that comes to the device too late all the same is not done', async () => {
    let opened = 0;
    await device(
      {
        open: () => {
          opened += 1;
          return undefined;
        },
      },
      KIOSK,
      () => Date.now() + 3_600_000,
    );
    await until(async () => expect((await shown())?.session).toBeDefined());
    const { json } = await command({ name: 'open' });
    await until(async () => expect(await outcome(json.id)).toMatchObject({ status: 'expired' }));
    expect(opened).toBe(0);
  });

  it('outlives the agent, and one that expired meanwhile is not sent', async () => {
    const lasting = await command({ name: 'show', ttl_ms: 300_000 });
    const brief = await command({ name: 'open', ttl_ms: 100 });
    await store.agent.stop();
    store.agent = await startTestAgent(store.edge, store.folder);
    const did: string[] = [];
    await device({ show: () => void did.push('show'), open: () => void did.push('open') });
    await until(async () => expect(await outcome(lasting.json.id)).toMatchObject({ status: 'done' }));
    await until(async () => expect(await outcome(brief.json.id)).toMatchObject({ status: 'expired' }));
    expect(did).toEqual(['show']);
  });

  it('is for staff, for a device of this store, and for something that it can do', async () => {
    expectProblem(await command({ name: 'show' }, KIOSK, await store.edge.token('kiosk')), 403, 'forbidden');
    const nobody = 'gat_00000000-0000-7000-8000-0000000000ff';
    expectProblem(await command({ name: 'show' }, nobody), 404, 'not_found');
    expectProblem(await command({ name: 'Show me' }), 422, 'invalid');
    expectProblem(await command({ name: 'show', ttl_ms: 1 }), 422, 'invalid');
    expectProblem(await command({ name: 'show', args: { text: 'x'.repeat(5_000) } }), 422, 'invalid');
    await device({ show: () => ({}) });
    await until(async () => expect((await shown())?.session).toBeDefined());
    const unknown = await command({ name: 'dance' });
    expectProblem(unknown, 422, 'invalid');
    expect(unknown.json.errors).toMatchObject([{ path: '/name', code: 'unknown_command' }]);
    for (let n = 0; n < 16; n++) expect((await command({ name: 'open' }, GATE)).status).toBe(202);
    expectProblem(await command({ name: 'open' }, GATE), 409, 'conflict');
    const read = await store.agent.call(
      'GET',
      `/v1/devices/${GATE}/commands/cmd_00000000-0000-7000-8000-0000000000ff`,
    );
    expectProblem(read, 404, 'not_found');
    const key = { 'idempotency-key': 'once' };
    const body = { name: 'show' };
    const path = `/v1/devices/${KIOSK}/commands`;
    const first = await callHttp(store.agent.url, 'POST', path, { token: manager, body, headers: key });
    const again = await callHttp(store.agent.url, 'POST', path, { token: manager, body, headers: key });
    expect(again.json).toEqual(first.json);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
  });
});
