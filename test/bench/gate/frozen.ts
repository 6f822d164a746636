import { connectAsync, type MqttClient } from 'mqtt';
import { GATE, KIOSK, OTHER_GATE, STORE, signIn } from '../../../store-agent/testing/fixtures.ts';
import { figuresOf } from '../stats.ts';
import { openSocket, sleep } from './pace.ts';
import { rowOf } from './row.ts';
import { soldEpc } from './store_of_tags.ts';

const SECONDS = 10;
const SECONDS_QUICK = 3;
/** Answers called for in each round and not read: a megabyte a second, so that every buffer on the way fills. */
const ASKED_PER_ROUND = 2;

/** A gate that asks and never reads its answers, beside one that behaves and a kiosk. */
export async function measureFrozen(
  port: number,
  quick: boolean,
  say: (text: string) => void,
): Promise<string> {
  say('a frozen subscriber …');
  const gate = await open(port, GATE);
  const kiosk = await open(port, KIOSK);
  const topic = `sesame/v1/${STORE}/gates/${GATE}`;
  await gate.subscribeAsync(`${topic}/decision`);
  let decided: (() => void) | null = null;
  gate.on('message', () => decided?.());
  const frozen = await freeze(port);
  const samples: { gate: number[]; kiosk: number[] } = { gate: [], kiosk: [] };
  const until = performance.now() + (quick ? SECONDS_QUICK : SECONDS) * 1_000;
  for (let n = 0; performance.now() < until; n++) {
    frozen.ask();
    const began = performance.now();
    await new Promise<void>((resolve) => {
      decided = resolve;
      gate.publish(`${topic}/reads`, JSON.stringify({ id: `f${n}`, reads: [{ epc: soldEpc(n) }] }));
    });
    samples.gate.push(performance.now() - began);
    const asked = performance.now();
    // Acknowledged (QoS 1) by the broker on the main thread.
    await kiosk.publishAsync(`sesame/v1/${STORE}/devices/${KIOSK}/status`, `{"n":${n}}`, { qos: 1 });
    samples.kiosk.push(performance.now() - asked);
    await sleep(5);
  }
  frozen.end();
  await Promise.all([gate.endAsync(true), kiosk.endAsync(true)]);
  return [
    '',
    'While another gate asks for a megabyte of answers a second and never reads one',
    rowOf('a gate: reads → decision', figuresOf(samples.gate), null),
    rowOf('a kiosk: status → acknowledged by the broker', figuresOf(samples.kiosk), null),
  ].join('\n');
}

function open(port: number, id: string): Promise<MqttClient> {
  return connectAsync(`mqtt://127.0.0.1:${port}`, { ...signIn(id), protocolVersion: 4, reconnectPeriod: 0 });
}

/** A raw line: signs in, subscribes, stops reading, and asks on. It comes back each time it is thrown out. */
async function freeze(port: number): Promise<{ ask(): void; end(): void }> {
  const { username, password } = signIn(OTHER_GATE);
  const topic = `sesame/v1/${STORE}/gates/${OTHER_GATE}`;
  let ended = false;
  let line = await enter();
  async function enter() {
    const socket = await openSocket(port);
    socket.on('error', () => {});
    socket.on('close', () => {
      if (!ended) void enter().then((again) => (line = again));
    });
    socket.write(
      packet(0x10, [str('MQTT'), Buffer.from([4, 0xc2, 0, 60]), str(username), str(username), str(password)]),
    );
    socket.write(packet(0x82, [Buffer.from([0, 1]), str(`${topic}/decision`), Buffer.from([0])]));
    socket.pause();
    return socket;
  }
  let n = 0;
  return {
    ask: () => {
      for (let burst = 0; burst < ASKED_PER_ROUND; burst++) {
        n += 1;
        const reads = Array.from({ length: 20 }, (_, k) => ({ epc: soldEpc(n + k) }));
        if (!line.destroyed && line.writableLength < 1_000_000)
          line.write(
            packet(0x30, [str(`${topic}/reads`), Buffer.from(JSON.stringify({ id: `z${n}`, reads }))]),
          );
      }
    },
    end: () => {
      ended = true;
      line.destroy();
    },
  };
}

const str = (text: string): Buffer => {
  const bytes = Buffer.from(text);
  return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 255]), bytes]);
};

function packet(head: number, parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  const length: number[] = [];
  for (let left = body.length; ; ) {
    const byte = left & 0x7f;
    left >>= 7;
    length.push(left > 0 ? byte | 0x80 : byte);
    if (left === 0) break;
  }
  return Buffer.concat([Buffer.from([head, ...length]), body]);
}
