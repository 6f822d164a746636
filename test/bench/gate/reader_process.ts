import { Socket } from 'node:net';
import { connectAsync } from 'mqtt';
import { startLlrpSimulator } from '../../../hardware/llrp/simulator.ts';
import { openSocket, type Round, sleep, socketRound } from './pace.ts';
import { soldEpc } from './store_of_tags.ts';

// The reader in a process of its own, and beside it the floors: one round of each after the other, so that
// all of them meet the same machine.

interface Order {
  rounds: number;
  warmUp: number;
  spacingMs: number;
  echo: number;
  redis: number | null;
  aedes: number;
  gateMqtt: { port: number; username: string; password: string; topic: string };
}

// The clock runs from the write of the report to the first byte of the command, as it does for the echo: what
// the simulator itself needs to make one and to read the other is nobody's wait.
let writtenAt = 0;
let arrivedAt = 0;
const timed = new WeakSet<Socket>();
const write = Socket.prototype.write;
Socket.prototype.write = function (this: Socket, ...args: Parameters<typeof write>) {
  if (!timed.has(this)) {
    timed.add(this);
    this.prependListener('data', () => {
      arrivedAt = performance.now();
    });
  }
  writtenAt = performance.now();
  return write.apply(this, args);
} as typeof write;

let commandAt: ((at: number) => void) | null = null;
const simulator = await startLlrpSimulator({
  host: '127.0.0.1',
  port: 0,
  scanMs: 3_600_000,
  // The command has been read off the wire, and nothing has been done about it yet.
  onMessage: (message) => {
    if (message.name !== 'SetReaderConfig') return;
    const on = message.parameters.some(
      (one) => one.name === 'GPOWriteData' && 'Data' in one.fields && one.fields.Data === true,
    );
    if (on) commandAt?.(arrivedAt);
  },
});
process.send?.({ port: simulator.port });
process.on('disconnect', () => process.exit(0));
process.on('message', (message: Order | 'reading?' | 'tell first command') => {
  if (message === 'tell first command') {
    const field = setInterval(() => simulator.reads(soldEpc(1), 1), FIELD_MS);
    commandAt = () => {
      commandAt = null;
      clearInterval(field);
      process.send?.({ firstCommandAt: Date.now() });
    };
  } else if (message === 'reading?') process.send?.({ reading: simulator.state().reading });
  else void run(message).then((figures) => process.send?.({ figures }));
});

const bulk = (text: string): string => `$${text.length}\r\n${text}\r\n`;
const ask = (epc: string): Uint8Array => Buffer.from(`*3\r\n${bulk('SISMEMBER')}${bulk('sold')}${bulk(epc)}`);

async function run(order: Order): Promise<Record<string, number[]>> {
  const rounds: Record<string, Round> = {
    gate: async (n) => {
      // An output that is still on is only prolonged, and no command goes out.
      while (simulator.outputs().get(1) === true) await sleep(1);
      return new Promise((resolve) => {
        commandAt = (at) => resolve(at - writtenAt);
        simulator.reads(soldEpc(n * 7_919), 1);
      });
    },
    echo: socketRound(await openSocket(order.echo), (n) => Buffer.from(soldEpc(n).padEnd(60))),
  };
  if (order.redis !== null)
    rounds['redis'] = socketRound(await openSocket(order.redis), (n) => ask(soldEpc(n)));
  rounds['aedes'] = await mqttRound(order.aedes, { topicIn: 'bench', topicOut: 'bench' });
  const { port, topic, ...signIn } = order.gateMqtt;
  rounds['gate_mqtt'] = await mqttRound(port, {
    ...signIn,
    topicIn: `${topic}/decision`,
    topicOut: `${topic}/reads`,
  });
  const figures: Record<string, number[]> = {};
  for (let n = 0; n < order.warmUp + order.rounds; n++) {
    for (const [name, round] of Object.entries(rounds)) {
      const ms = await inTime(round(n), `${name}, round ${n}`);
      if (n < order.warmUp) continue;
      const samples = figures[name] ?? [];
      samples.push(ms);
      figures[name] = samples;
    }
    await sleep(order.spacingMs);
  }
  return figures;
}

/** How often a tag in the field is read while the agent starts. */
const FIELD_MS = 10;
const ROUND_MS_MAX = 10_000;

function inTime(round: Promise<number>, what: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no answer: ${what}`)), ROUND_MS_MAX);
    round.then((ms) => {
      clearTimeout(timer);
      resolve(ms);
    }, reject);
  });
}

async function mqttRound(
  port: number,
  to: { topicIn: string; topicOut: string; username?: string; password?: string },
): Promise<Round> {
  const { username, password } = to;
  const who = username === undefined ? {} : { clientId: username, username, password: password ?? '' };
  const client = await connectAsync(`mqtt://127.0.0.1:${port}`, { ...who, protocolVersion: 4 });
  await client.subscribeAsync(to.topicIn);
  let back: (() => void) | null = null;
  client.on('message', () => back?.());
  return (n) =>
    new Promise((resolve) => {
      const payload = JSON.stringify({
        id: `r${n}`,
        reads: [{ epc: soldEpc(n * 31), rssi: -50, antenna: 1 }],
      });
      const began = performance.now();
      back = () => resolve(performance.now() - began);
      client.publish(to.topicOut, payload);
    });
}
