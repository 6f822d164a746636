import fc from 'fast-check';
import { type Packet as Generated, generate, parser } from 'mqtt-packet';
import { describe, expect, it } from 'vitest';
import * as mqtt from './packets.ts';

const TOPIC = 'sesame/v1/str_1/gates/gat_1/reads';

/** What a stream comes to, in whatever pieces it arrives. */
function split(bytes: Buffer, cuts: readonly number[], bytesMax = 64 * 1024): (mqtt.Packet | null)[] {
  const splitter = new mqtt.PacketSplitter(bytesMax);
  const found: (mqtt.Packet | null)[] = [];
  const edges = [...new Set([0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length])].sort(
    (a, b) => a - b,
  );
  edges.slice(1).forEach((edge, n) => {
    splitter.push(bytes.subarray(edges[n], edge));
    for (let packet = splitter.take(); packet !== undefined; packet = splitter.take()) {
      found.push(packet);
      if (packet === null) return;
    }
  });
  return found;
}

describe('packets of MQTT', () => {
  it('are cut out of a stream whatever the pieces, and read as an independent codec wrote them', () => {
    const text = fc.string({ maxLength: 40 });
    const one = fc.oneof(
      fc.record({
        topic: text.filter((t) => t !== '' && !/[#+]/.test(t)),
        payload: fc.string({ maxLength: 400 }),
        qos: fc.constantFrom(0, 1, 2),
        id: fc.integer({ min: 1, max: 65_535 }),
      }),
    );
    fc.assert(
      fc.property(
        fc.array(one, { minLength: 1, maxLength: 6 }),
        fc.array(fc.nat(), { maxLength: 12 }),
        (list, cuts) => {
          const bytes = Buffer.concat(
            list.map(({ topic, payload, qos, id }) =>
              generate({
                cmd: 'publish',
                topic,
                payload,
                qos: qos as 0 | 1 | 2,
                messageId: id,
                dup: false,
                retain: false,
              }),
            ),
          );
          const read = split(bytes, cuts).map((packet) =>
            packet === null ? null : mqtt.readPublish(packet),
          );
          expect(read.map((m) => m && { ...m, payload: m.payload.toString('utf8') })).toEqual(
            list.map(({ topic, payload, qos, id }) => ({
              topic: Buffer.from(topic).toString('utf8'),
              payload: Buffer.from(payload).toString('utf8'),
              qos,
              id: qos === 0 ? 0 : id,
            })),
          );
        },
      ),
      { seed: 14, numRuns: process.env['LONG'] ? 20_000 : 200 },
    );
  });

  it('say who connects, with a will and without', () => {
    for (const will of [
      undefined,
      { topic: 't', payload: Buffer.from('gone'), qos: 1 as const, retain: true },
    ]) {
      const bytes = generate({
        cmd: 'connect',
        protocolId: 'MQTT',
        protocolVersion: 4,
        clean: true,
        clientId: 'gat_1',
        keepalive: 30,
        username: 'gat_1',
        password: Buffer.from('pass'),
        ...(will === undefined ? {} : { will }),
      });
      const [packet] = split(bytes, [3]);
      expect(packet && mqtt.readConnect(packet)).toEqual({
        clientId: 'gat_1',
        keepaliveS: 30,
        username: 'gat_1',
        password: Buffer.from('pass'),
      });
    }
    const five = generate({
      cmd: 'connect',
      protocolId: 'MQTT',
      protocolVersion: 5,
      clean: true,
      clientId: 'x',
      keepalive: 0,
      properties: {},
    });
    const [packet] = split(five, []);
    expect(packet && mqtt.readConnect(packet)).toBeNull();
  });

  it('name their topics', () => {
    const subscribe = generate({
      cmd: 'subscribe',
      messageId: 7,
      subscriptions: [
        { topic: 'a', qos: 1 },
        { topic: 'b', qos: 0 },
      ],
    });
    const unsubscribe = generate({ cmd: 'unsubscribe', messageId: 8, unsubscriptions: ['a'] });
    const [first, second] = split(Buffer.concat([subscribe, unsubscribe]), []);
    expect(first && mqtt.readTopics(first)).toEqual({
      id: 7,
      topics: [
        { topic: 'a', qos: 1 },
        { topic: 'b', qos: 0 },
      ],
    });
    expect(second && mqtt.readTopics(second)).toEqual({ id: 8, topics: [{ topic: 'a', qos: 0 }] });
  });

  it('of ours are read by an independent codec', () => {
    const heard: Generated[] = [];
    const reader = parser();
    reader.on('packet', (packet) => heard.push(packet));
    const payload = JSON.stringify({ epcs: 'ü'.repeat(5_000) });
    const sent = [
      mqtt.connack(0),
      mqtt.puback(300),
      mqtt.pubrec(1),
      mqtt.pubcomp(65_535),
      mqtt.suback(9, [0, 0x80]),
      mqtt.unsuback(4),
      mqtt.pingresp,
      mqtt.publish(TOPIC, payload),
    ];
    reader.parse(Buffer.concat(sent));
    expect(heard.map((packet) => packet.cmd)).toEqual([
      'connack',
      'puback',
      'pubrec',
      'pubcomp',
      'suback',
      'unsuback',
      'pingresp',
      'publish',
    ]);
    expect(heard[1]?.messageId).toBe(300);
    expect(heard[7]).toMatchObject({ topic: TOPIC, qos: 0, retain: false });
    const last = heard[7];
    expect(last?.cmd === 'publish' && String(last.payload)).toBe(payload);
  });

  it('beyond the limit, or of a length nobody can read, end the stream at their claim', () => {
    expect(split(Buffer.from([0x30, 0xff, 0xff, 0x7f]), [])).toEqual([null]);
    expect(split(Buffer.from([0x30, 0xff, 0xff, 0xff, 0xff, 1]), [])).toEqual([null]);
    expect(split(Buffer.from([0x10, 0x81, 0x20]), [], 4_096)).toEqual([null]);
  });

  it('of any bytes at all throw nothing', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        for (const packet of split(Buffer.from(bytes), [])) {
          if (packet === null) continue;
          mqtt.readConnect(packet);
          mqtt.readPublish(packet);
          mqtt.readTopics(packet);
        }
      }),
      { seed: 15, numRuns: process.env['LONG'] ? 100_000 : 1_000 },
    );
  });
});
