import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { connect as connectTcp } from 'node:net';
import { join } from 'node:path';
import { duplexPair } from 'node:stream';
import { promisify } from 'node:util';
import { connectAsync } from 'mqtt';
import { expect, it, vi } from 'vitest';
import { Bus } from '../../bus/broker.ts';
import { topicsOf } from '../../bus/topics.ts';
import { GATE, KIOSK, STORE, signIn, storeConfig, tempFolder } from '../../testing/fixtures.ts';
import { MqttFront } from './front.ts';

// A busy machine is no reason to fail: nothing here is about time.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

it('serves gates and other devices behind TLS, and nobody who does not know the certificate', async (test) => {
  const folder = tempFolder();
  const [key_file, certificate_file] = [join(folder.path, 'key.pem'), join(folder.path, 'cert.pem')];
  const how = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  const who = ['-subj', '/CN=agent.example', '-addext', 'subjectAltName=IP:127.0.0.1'];
  const made = await promisify(execFile)('openssl', [
    'req',
    ...how,
    ...who,
    '-keyout',
    key_file,
    '-out',
    certificate_file,
  ])
    .then(() => true)
    .catch(() => false);
  if (!made) return test.skip('making a certificate needs openssl');
  const { devices } = storeConfig();
  const bus = await Bus.open({
    storeId: STORE,
    devices: () => devices,
    now: Date.now,
    log: () => {},
    file: null,
    count: () => {},
    onReads: () => Promise.reject(new Error('reads end at the front')),
    onMalformed: () => {},
    onDevice: () => {},
    onEvent: () => {},
    onMissing: () => {},
    onAck: () => 'unknown',
    onListening: () => {},
  });
  const reads: string[] = [];
  const front = await MqttFront.listen(
    {
      topics: topicsOf(STORE),
      gates: () => devices.filter((one) => one.kind === 'gate'),
      monotonicMs: () => performance.now(),
      onReads: (_gate, payload) => reads.push(payload),
      onDropped: () => {},
      openBroker: (remote) => {
        const [ours, theirs] = duplexPair();
        bus.accept(theirs, { remote });
        return ours;
      },
    },
    { host: '127.0.0.1', port: 0, tls: { port: 0, certificate_file, key_file } },
  );
  const url = `mqtts://127.0.0.1:${front.tlsPort}`;
  const ca = await readFile(certificate_file);
  const gate = await connectAsync(url, { ...signIn(GATE), ca, reconnectPeriod: 0 });
  await gate.publishAsync(topicsOf(STORE).reads(GATE), '{"id":"q","reads":[]}', { qos: 1 });
  expect(reads).toEqual(['{"id":"q","reads":[]}']);
  const kiosk = await connectAsync(url, { ...signIn(KIOSK), ca, reconnectPeriod: 0 });
  await kiosk.publishAsync(topicsOf(STORE).status(KIOSK), '{"state":"ready"}', { qos: 1 });
  expect(bus.devices().map((one) => one.status)).toContain('{"state":"ready"}');
  await expect(connectAsync(url, { ...signIn(KIOSK), reconnectPeriod: 0 }, false)).rejects.toThrow(
    /self-signed/,
  );
  // Plain words to the port of TLS end that connection and nothing else.
  await new Promise<void>((resolve) => {
    const socket = connectTcp(front.tlsPort, '127.0.0.1', () => socket.write('hello'));
    socket.on('error', () => {});
    socket.on('close', () => resolve());
    socket.resume();
  });
  expect(gate.connected).toBe(true);
  for (const client of [gate, kiosk]) await client.endAsync(true);
  await front.close();
  await bus.close();
  folder.remove();
});

it('does not start with a certificate that is not there', async () => {
  const context = {
    topics: topicsOf(STORE),
    gates: () => [],
    monotonicMs: () => 0,
    onReads: () => {},
    onDropped: () => {},
    openBroker: () => duplexPair()[0],
  };
  const tls = { port: 0, certificate_file: '/nowhere/cert.pem', key_file: '/nowhere/key.pem' };
  await expect(MqttFront.listen(context, { host: '127.0.0.1', port: 0, tls })).rejects.toThrow(/ENOENT/);
});
