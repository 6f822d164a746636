import { mkdtempSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { Aedes } from 'aedes';
import { z } from 'zod';
import { Bus } from '../../store-agent/bus/broker.ts';
import { KIOSK, STORE } from '../../store-agent/testing/fixtures.ts';
import { listenMqtt } from '../../store-agent/testing/listen_mqtt.ts';
import { benchDevices } from './mqtt_devices.ts';

/** A broker in a thread of its own: ours, or aedes as it comes. On "flood" it publishes as the agent would. */
const { kind } = z.object({ kind: z.enum(['ours', 'aedes']) }).parse(workerData);
const FLOOD_BYTES = 8 * 1024;
const FLOOD_EVERY_MS = 5;
const FLOOD_AT_ONCE = 10;

const port = parentPort;
if (port === null) throw new Error('this file runs in a thread of its own');
const topic = `sesame/v1/${STORE}/devices/rdr_00000000-0000-7000-8000-000000000009/status`;
const payload = { detail: 'x'.repeat(FLOOD_BYTES) };
let flood: () => void;

if (kind === 'aedes') {
  const broker = await Aedes.createBroker();
  const server = createServer({ noDelay: true }, (socket) => broker.handle(socket));
  server.listen(0, '127.0.0.1', () => {
    const address = server.address();
    port.postMessage({ port: typeof address === 'object' && address !== null ? address.port : 0 });
  });
  const text = JSON.stringify(payload);
  flood = () =>
    broker.publish({ cmd: 'publish', qos: 1, dup: false, retain: true, topic, payload: text }, () => {});
} else {
  const bus = await Bus.open({
    storeId: STORE,
    devices: benchDevices,
    now: Date.now,
    log: () => {},
    file: join(mkdtempSync(join(tmpdir(), 'sesame-mqtt-')), 'mqtt.sqlite'),
    count: () => {},
    onReads: () => Promise.reject(new Error('no gate here')),
    onMalformed: () => {},
    onDevice: () => {},
    onEvent: () => {},
    onMissing: () => {},
    onAck: () => 'taken',
    onListening: () => {},
  });
  const listener = await listenMqtt(bus, { host: '127.0.0.1', port: 0 });
  flood = () => bus.publishStatus(topic.split('/')[4] ?? KIOSK, payload);
  port.postMessage({ port: listener.port });
}

port.on('message', () => {
  setInterval(() => {
    for (let n = 0; n < FLOOD_AT_ONCE; n++) flood();
  }, FLOOD_EVERY_MS);
});
