import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GATE, KIOSK, OTHER_GATE, STORE, signIn, storeConfig } from '../testing/fixtures.ts';
import { deviceOf } from './credentials.ts';
import { PacketMeter } from './packet_meter.ts';
import { mayPublish, maySubscribe, topicsOf } from './topics.ts';

/** A packet of a type with so many bytes after its head (MQTT 3.1.1 section 2.2.3). */
function packet(type: number, length: number): number[] {
  const bytes = [type << 4];
  let rest = length;
  do {
    bytes.push((rest % 128) | (rest >= 128 ? 0x80 : 0));
    rest = Math.floor(rest / 128);
  } while (rest > 0);
  return [...bytes, ...new Array<number>(length).fill(0xff)];
}

describe('PacketMeter', () => {
  it('lets any stream of packets within the limit pass, however it is cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 14 }), fc.integer({ min: 0, max: 300 })), {
          maxLength: 8,
        }),
        fc.integer({ min: 1, max: 50 }),
        (packets, cut) => {
          const meter = new PacketMeter(300);
          const bytes = packets.flatMap(([type, length]) => packet(type, length));
          for (let at = 0; at < bytes.length; at += cut)
            expect(meter.accept(Uint8Array.from(bytes.slice(at, at + cut)))).toBe(true);
          // Still in step: the next packet that is too large is seen by its claim alone.
          expect(meter.accept(Uint8Array.from(packet(3, 301).slice(0, 3)))).toBe(false);
        },
      ),
      { seed: 5, numRuns: 200 },
    );
  });

  it('refuses a length that is too long to be one', () => {
    expect(new PacketMeter(2 ** 30).accept(Uint8Array.of(0x30, 0xff, 0xff, 0xff, 0xff))).toBe(false);
    expect(new PacketMeter(10).accept(Uint8Array.of(0x10, 0x80, 0x80, 0x80))).toBe(true);
  });
});

describe('topics', () => {
  const topics = topicsOf(STORE);
  const gate = { id: GATE, kind: 'gate' } as const;
  const kiosk = { id: KIOSK, kind: 'kiosk' } as const;

  it('let a gate publish its reads and its status, and hear its decisions, and nothing else', () => {
    expect(mayPublish(gate, topics.reads(GATE), topics)).toBe(true);
    expect(mayPublish(gate, topics.status(GATE), topics)).toBe(true);
    expect(maySubscribe(gate, topics.decision(GATE), topics)).toBe(true);
    for (const topic of [
      topics.reads(OTHER_GATE),
      topics.decision(GATE),
      topics.status(KIOSK),
      '$SYS/x',
      '',
    ]) {
      expect(mayPublish(gate, topic, topics)).toBe(false);
    }
    for (const filter of [
      topics.decision(OTHER_GATE),
      topics.decision('+'),
      topics.decision('#'),
      '#',
      `${topics.decision(GATE)}/#`,
      topics.reads(GATE),
    ]) {
      expect(maySubscribe(gate, filter, topics)).toBe(false);
    }
  });

  it('let every other device only tell of itself', () => {
    expect(mayPublish(kiosk, topics.status(KIOSK), topics)).toBe(true);
    expect(mayPublish(kiosk, topics.reads(KIOSK), topics)).toBe(false);
    expect(maySubscribe(kiosk, topics.decision(KIOSK), topics)).toBe(false);
  });
});

describe('deviceOf', () => {
  it('knows a device by name and secret together', () => {
    const { devices } = storeConfig();
    const { username, password } = signIn(GATE);
    const secret = Buffer.from(password);
    expect(deviceOf(devices, username, secret)?.id).toBe(GATE);
    expect(deviceOf(devices, OTHER_GATE, secret)).toBeNull();
    expect(deviceOf(devices, 'nobody', Buffer.from('nobody'))).toBeNull();
    expect(deviceOf(devices, username, undefined)).toBeNull();
    expect(deviceOf(devices, undefined, undefined)).toBeNull();
  });
});
