import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { Aedes, type Client } from 'aedes';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { type LaneState, type SimulatedLane, startLane } from './simulator.ts';

const STORE = 'str_01890000-0000-7000-8000-000000000001';
const GATE = 'gat_01890000-0000-7000-8000-000000000002';
const TOPIC = `sesame/v1/${STORE}/gates/${GATE}`;
const DEVICE = `sesame/v1/${STORE}/devices/${GATE}`;
const SOLD = '3034257BF7194E4000001A85';
const UNSOLD = '3034257BF7194E4000001A86';
const Reads = z.strictObject({
  id: z.string(),
  reads: z.array(
    z.strictObject({ epc: z.string(), antenna: z.number(), rssi: z.number(), at: z.iso.datetime() }),
  ),
});
type Reads = z.infer<typeof Reads>;

/** A real broker that answers as a store agent would. */
class Agent {
  readonly heard: Reads[] = [];
  readonly said: [string, Record<string, unknown>][] = [];
  readonly sockets = new Set<Socket>();
  answering = true;
  refusals = 0;
  onRefusal: () => void = () => {};
  #server: Server | undefined;
  #broker: Aedes | undefined;

  async start(port = 0): Promise<number> {
    const broker = await Aedes.createBroker();
    broker.authenticate = (_client: Client, username, password, done) => {
      const known = username === 'lane' && password?.toString() === 'secret';
      done(null, known);
      if (known) return;
      this.refusals += 1;
      this.onRefusal();
    };
    broker.on('publish', (packet, client) => {
      if (client !== null && packet.topic.startsWith(DEVICE))
        this.said.push([packet.topic.slice(DEVICE.length + 1), JSON.parse(packet.payload.toString())]);
      if (client === null || packet.topic !== `${TOPIC}/reads`) return;
      const message = Reads.parse(JSON.parse(packet.payload.toString()));
      this.heard.push(message);
      if (!this.answering) return;
      const sold = message.reads.every(({ epc }) => epc === SOLD);
      this.say({
        id: message.id,
        decision: sold ? 'open' : 'alarm',
        epcs: [...new Set(message.reads.map(({ epc }) => epc))].map((epc) => ({
          epc,
          status: epc === SOLD ? 'sold' : 'unsold',
        })),
        at: new Date().toISOString(),
      });
    });
    this.#broker = broker;
    this.#server = createServer((socket) => {
      this.sockets.add(socket);
      socket.on('close', () => this.sockets.delete(socket));
      broker.handle(socket);
    }).listen(port, '127.0.0.1');
    await once(this.#server, 'listening');
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  say(message: object | string, topic = `${TOPIC}/decision`): void {
    const payload = Buffer.from(typeof message === 'string' ? message : JSON.stringify(message));
    this.#broker?.publish({ cmd: 'publish', topic, payload, qos: 1, dup: false, retain: false }, () => {});
  }

  async stop(): Promise<void> {
    const server = this.#server;
    const broker = this.#broker;
    if (server === undefined || broker === undefined) return;
    for (const socket of this.sockets) socket.destroy();
    await new Promise<void>((resolve) => server.close(() => resolve()));
    await new Promise<void>((resolve) => broker.close(() => resolve()));
  }
}

let agent: Agent;
let lane: SimulatedLane;
let states: LaneState[];
let sessions = 0;

const until = (holds: (state: LaneState) => boolean): Promise<void> =>
  new Promise((resolve) => {
    if (holds(lane.state())) resolve();
    lane.onChange((state) => {
      if (holds(state)) resolve();
    });
  });

const laneAt = (port: number, password = 'secret'): SimulatedLane => {
  const made = startLane({
    url: `mqtt://127.0.0.1:${port}`,
    username: 'lane',
    password,
    storeId: STORE,
    gateId: GATE,
    now: Date.now,
    newSession: () => `session-${sessions++}`,
    barrierOpenMs: 20,
    alarmMs: 20,
  });
  made.onChange((state) => states.push(state));
  return made;
};

beforeEach(() => {
  agent = new Agent();
  states = [];
});
afterEach(async () => {
  await lane.close();
  await agent.stop();
});

test('a sold tag opens the barrier, which closes again', async () => {
  lane = laneAt(await agent.start());
  await until((state) => state.connected);
  const answer = await lane.walk([SOLD]);
  expect(answer.ok && answer.value.decision).toBe('open');
  await until((state) => state.barrier === 'closed');
  expect(states.map(({ barrier }) => barrier)).toEqual(['closed', 'open', 'closed']);
  expect(lane.state().last?.epcs).toEqual([{ epc: SOLD, status: 'sold' }]);
});

test('an unsold tag among sold ones is an alarm; the reads say where each tag was seen', async () => {
  lane = laneAt(await agent.start());
  await until((state) => state.connected);
  const answer = await lane.walk([SOLD, UNSOLD]);
  expect(answer.ok && answer.value.decision).toBe('alarm');
  expect(states.at(-1)?.barrier).toBe('alarm');
  const [message] = agent.heard;
  expect(message?.reads).toHaveLength(6);
  expect(message?.reads.map(({ antenna }) => antenna)).toEqual([1, 1, 1, 1, 2, 2]);
  expect(new Set(message?.reads.map(({ epc }) => epc))).toEqual(new Set([SOLD, UNSOLD]));
});

test('walks at the same time get each their own answer', async () => {
  lane = laneAt(await agent.start());
  await until((state) => state.connected);
  const answers = await Promise.all([lane.walk([SOLD]), lane.walk([UNSOLD]), lane.walk([SOLD])]);
  expect(answers.map((answer) => answer.ok && answer.value.decision)).toEqual(['open', 'alarm', 'open']);
  expect(new Set(agent.heard.map(({ id }) => id)).size).toBe(3);
});

test('the broker may come late, go and come back on its port: the lane is there again', async () => {
  const port = await agent.start();
  await agent.stop();
  lane = laneAt(port);
  expect(await lane.walk([SOLD])).toEqual({ ok: false, error: { code: 'offline' } });
  await agent.start(port);
  await until((state) => state.connected);
  await agent.stop();
  await until((state) => !state.connected);
  await agent.start(port);
  await until((state) => state.connected);
  const answer = await lane.walk([SOLD]);
  expect(answer.ok && answer.value.decision).toBe('open');
});

test('a walk whose broker goes before it answers is told so, and nothing is sent later', async () => {
  const port = await agent.start();
  lane = laneAt(port);
  await until((state) => state.connected);
  agent.answering = false;
  const walk = lane.walk([SOLD]);
  while (agent.heard.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  await agent.stop();
  expect(await walk).toEqual({ ok: false, error: { code: 'offline' } });
  await agent.start(port);
  await until((state) => state.connected);
  expect(lane.state().barrier).toBe('closed');
  expect(agent.heard).toHaveLength(1);
});

test('what is no decision moves nothing', async () => {
  lane = laneAt(await agent.start());
  await until((state) => state.connected);
  agent.say('not json');
  agent.say({ id: 'x', decision: 'explode', epcs: [], at: new Date().toISOString() });
  const answer = await lane.walk([UNSOLD]);
  expect(answer.ok && answer.value.decision).toBe('alarm');
  expect(states.map(({ barrier }) => barrier)).toEqual(['closed', 'alarm']);
});

test('refused credentials never count as connected, and are tried again', async () => {
  const port = await agent.start();
  lane = laneAt(port, 'wrong');
  await new Promise<void>((resolve) => {
    agent.onRefusal = () => {
      if (agent.refusals === 2) resolve();
    };
  });
  expect(lane.state().connected).toBe(false);
  expect(states).toEqual([]);
});

test('the lane is born with its will, counts its events, and obeys a command once and never late', async () => {
  lane = laneAt(await agent.start());
  await until((state) => state.connected);
  const of = (word: string) => agent.said.filter(([one]) => one === word).map(([, message]) => message);
  const untilSaid = async (holds: () => boolean): Promise<void> => {
    while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
  };
  await untilSaid(() => of('status').length > 0);
  expect(of('birth')).toMatchObject([{ seq: 0, capabilities: { commands: ['open', 'alarm', 'close'] } }]);
  expect(of('status')).toMatchObject([{ state: 'ready', session: of('birth')[0]?.['session'] }]);
  const command = (id: string, name: string, afterMs: number) => {
    const at = new Date(Date.now()).toISOString();
    const expires_at = new Date(Date.now() + afterMs).toISOString();
    agent.say(
      { v: 1, id, name, args: { for_ms: 20 }, issued_at: at, expires_at, sent_at: at },
      `${DEVICE}/cmd`,
    );
  };
  command('a', 'open', 60_000);
  await untilSaid(() => of('cmd/ack').length === 2);
  command('a', 'open', 60_000);
  command('late', 'open', -1);
  command('odd', 'dance', 60_000);
  await untilSaid(() => of('cmd/ack').length === 5);
  expect(of('cmd/ack').map((ack) => `${ack['id']} ${ack['status']}`)).toEqual([
    'a accepted',
    'a done',
    'a done',
    'late expired',
    'odd failed',
  ]);
  await untilSaid(() => of('event').length === 2);
  expect(of('event').map((event) => [event['seq'], event['data']])).toEqual([
    [1, { barrier: 'open' }],
    [2, { barrier: 'closed' }],
  ]);
  command('b', 'rebirth', 60_000);
  await untilSaid(() => of('birth').length === 2);
  expect(of('birth')[1]?.['session']).not.toBe(of('birth')[0]?.['session']);
});
