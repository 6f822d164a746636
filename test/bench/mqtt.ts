import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { connectAsync, type MqttClient } from 'mqtt';
import { KIOSK, STORE } from '../../store-agent/testing/fixtures.ts';
import { benchSignIn, WATCHERS } from './mqtt_devices.ts';
import { figuresOf, HEAD, row } from './stats.ts';

const ROUND_TRIPS = 300;
const PAUSE_MS = 15;
/** aedes as it comes stops altogether: the bench waits this long for an answer and counts what is missing. */
const WAIT_MS_MAX = 2_000;
const GIVE_UP_AFTER = 5;

const topic = (word: string): string => `sesame/v1/${STORE}/devices/${KIOSK}/${word}`;
const everybody = (word: string): string => `sesame/v1/${STORE}/devices/+/${word}`;
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

interface Run {
  samples: number[];
  lost: number;
  /** How long until the frozen one was cut off; null: it never was. */
  cutMs: number | null;
}

/** Events of a device to one who watches, QoS 1, while another watcher reads, or has stopped reading. */
async function run(kind: 'ours' | 'aedes', frozen: boolean): Promise<Run> {
  const worker = new Worker(new URL('./mqtt_broker.ts', import.meta.url), { workerData: { kind } });
  const [{ port }] = await once(worker, 'message');
  const connect = async (id: string): Promise<MqttClient> => {
    const client = await connectAsync(`mqtt://127.0.0.1:${port}`, { ...benchSignIn(id), reconnectPeriod: 0 });
    client.on('error', () => {});
    return client;
  };
  const kiosk = await connect(KIOSK);
  const watcher = await connect(WATCHERS[0]);
  const other = await connect(WATCHERS[1]);
  await watcher.subscribeAsync(everybody('event'), { qos: 1 });
  await other.subscribeAsync(everybody('status'), { qos: 1 });
  const heard = new Map<number, () => void>();
  watcher.on('message', (_topic, payload) => heard.get(JSON.parse(String(payload)).seq)?.());
  const at = new Date().toISOString();
  const head = { v: 1, session: 's', at };
  await kiosk.publishAsync(topic('birth'), JSON.stringify({ ...head, seq: 0 }), { qos: 1 });

  const startedMs = performance.now();
  let cutMs: number | null = null;
  const stream = other.stream;
  if (frozen) stream.pause();
  worker.postMessage('flood');
  // A paused socket does not hear its own end: a ping every now and then finds it out.
  const watch = setInterval(() => {
    if (frozen && cutMs === null && !stream.destroyed) stream.write(Buffer.from([0xc0, 0]));
  }, 10);
  stream.on('close', () => {
    cutMs ??= performance.now() - startedMs;
  });

  const samples: number[] = [];
  let lost = 0;
  for (let seq = 1; seq <= ROUND_TRIPS && lost < GIVE_UP_AFTER; seq++) {
    const start = performance.now();
    const arrived = new Promise<true>((resolve) => heard.set(seq, () => resolve(true)));
    kiosk.publish(topic('event'), JSON.stringify({ ...head, seq, type: 'button' }), { qos: 1 });
    if ((await Promise.race([arrived, pause(WAIT_MS_MAX)])) === true) samples.push(performance.now() - start);
    else lost += 1;
    heard.delete(seq);
    await pause(PAUSE_MS);
  }
  clearInterval(watch);
  const cut = frozen ? cutMs : null;
  for (const client of [kiosk, watcher, other]) await client.endAsync(true);
  await worker.terminate();
  return { samples, lost, cutMs: cut };
}

/** What a subscriber that stopped reading costs the others, beside the same broker without our precautions. */
export async function measureMqtt(say: (text: string) => void): Promise<void> {
  console.log(
    '\nMQTT: a device’s event to a watcher, QoS 1, beside 2,000 × 8 KiB a second to another watcher',
  );
  console.log(HEAD);
  const cases = [
    ['aedes as it comes, all read', 'aedes', false],
    ['the store’s broker, all read', 'ours', false],
    ['the store’s broker, the other has stopped reading', 'ours', true],
    ['aedes as it comes, the other has stopped reading', 'aedes', true],
  ] as const;
  let floor: ReturnType<typeof figuresOf> | undefined;
  for (const [what, kind, frozen] of cases) {
    say(what);
    const { samples, lost, cutMs } = await run(kind, frozen);
    const figures = samples.length === 0 ? null : figuresOf(samples);
    floor ??= figures ?? undefined;
    const end = cutMs === null ? '' : `  cut off after ${cutMs.toFixed(0)} ms`;
    console.log(
      `${figures === null ? what.padEnd(58) : row(what, figures, floor)}${end}${lost > 0 ? `  ${lost} not within ${WAIT_MS_MAX} ms, given up` : ''}`,
    );
  }
}
