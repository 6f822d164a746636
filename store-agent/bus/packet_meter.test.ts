import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AGENT, GATE, KIOSK, OTHER_GATE, STORE, signIn, storeConfig } from '../testing/fixtures.ts';
import { deviceOf } from './credentials.ts';
import { PacketMeter } from './packet_meter.ts';
import { isTopicSized, maySubscribe, topicsOf, wordOf } from './topics.ts';

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

const meterOf = (bytesMax: number): PacketMeter =>
  new PacketMeter({ now: () => 0, firstBytesMax: bytesMax, bytesMax });

describe('PacketMeter', () => {
  it('lets any stream of packets within the limit pass, however it is cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 14 }), fc.integer({ min: 0, max: 300 })), {
          maxLength: 8,
        }),
        fc.integer({ min: 1, max: 50 }),
        (packets, cut) => {
          const meter = meterOf(300);
          const bytes = [packet(1, 12), ...packets.map(([type, length]) => packet(type, length))].flat();
          for (let at = 0; at < bytes.length; at += cut)
            expect(meter.accept(Uint8Array.from(bytes.slice(at, at + cut)))).toBeNull();
          // Still in step: the next packet that is too large is seen by its claim alone.
          expect(meter.accept(Uint8Array.from(packet(3, 301).slice(0, 3)))).toBe('packet too large');
        },
      ),
      { seed: 5, numRuns: 200 },
    );
  });

  it('refuses a length that is too long to be one', () => {
    expect(meterOf(2 ** 30).accept(Uint8Array.of(0x10, 0xff, 0xff, 0xff, 0xff))).toBe('bad packet length');
    expect(meterOf(10).accept(Uint8Array.of(0x10, 0x80, 0x80, 0x80))).toBeNull();
  });

  it('wants a CONNECT first, and a small one', () => {
    expect(meterOf(300).accept(Uint8Array.from(packet(3, 2)))).toBe('no CONNECT');
    const small = new PacketMeter({ now: () => 0, firstBytesMax: 100, bytesMax: 300 });
    expect(small.accept(Uint8Array.from(packet(1, 101).slice(0, 2)))).toBe('packet too large');
    const then = new PacketMeter({ now: () => 0, firstBytesMax: 100, bytesMax: 300 });
    expect(then.accept(Uint8Array.from([...packet(1, 100), ...packet(3, 300)]))).toBeNull();
  });

  it('refuses packets that come too fast, and takes them again later', () => {
    let nowMs = 0;
    const meter = new PacketMeter({ now: () => nowMs, perSMax: 10, burstMax: 5 });
    meter.accept(Uint8Array.from(packet(1, 12)));
    const pings = Uint8Array.from([...packet(12, 0), ...packet(12, 0), ...packet(12, 0), ...packet(12, 0)]);
    expect(meter.accept(pings)).toBeNull();
    nowMs = 400;
    expect(meter.accept(pings)).toBeNull();
    expect(meter.accept(pings)).toBe('too many packets');
  });
});

describe('topics', () => {
  const topics = topicsOf(STORE);
  const gate = { id: GATE, kind: 'gate' } as const;
  const kiosk = { id: KIOSK, kind: 'kiosk' } as const;

  const observer = { id: AGENT, kind: 'agent' } as const;

  it('let a gate say its reads and what every device says, hear its decisions and commands, and nothing else', () => {
    expect(wordOf(gate, topics.reads(GATE), topics)).toBe('reads');
    for (const word of ['status', 'birth', 'event', 'cmd/ack'] as const)
      expect(wordOf(gate, topics.device(GATE, word), topics)).toBe(word);
    expect(maySubscribe(gate, topics.decision(GATE), topics)).toBe(true);
    expect(maySubscribe(gate, topics.cmd(GATE), topics)).toBe(true);
    for (const topic of [
      topics.reads(OTHER_GATE),
      topics.decision(GATE),
      topics.cmd(GATE),
      topics.status(KIOSK),
      `${topics.status(GATE)}/`,
      '$SYS/x',
      '',
    ]) {
      expect(wordOf(gate, topic, topics)).toBeNull();
    }
    for (const filter of [
      topics.decision(OTHER_GATE),
      topics.decision('+'),
      topics.decision('#'),
      topics.cmd(KIOSK),
      topics.cmd('+'),
      topics.everybody('status'),
      '#',
      `${topics.decision(GATE)}/#`,
      topics.reads(GATE),
    ]) {
      expect(maySubscribe(gate, filter, topics)).toBe(false);
    }
  });

  it('let every other device only tell of itself', () => {
    expect(wordOf(kiosk, topics.status(KIOSK), topics)).toBe('status');
    expect(wordOf(kiosk, topics.reads(KIOSK), topics)).toBeNull();
    expect(maySubscribe(kiosk, topics.decision(KIOSK), topics)).toBe(false);
  });

  it('let an observer hear what devices say, and neither decisions nor commands', () => {
    expect(maySubscribe(observer, topics.everybody('event'), topics)).toBe(true);
    for (const filter of [
      topics.cmd('+'),
      topics.cmd(AGENT),
      topics.decision('+'),
      '#',
      `${topics.everybody('event')}/#`,
    ])
      expect(maySubscribe(observer, filter, topics)).toBe(false);
  });

  it('are not looked at when they are deeper or longer than any of ours', () => {
    expect(isTopicSized(topics.device(GATE, 'cmd/ack'))).toBe(true);
    expect(isTopicSized('a/b/c/d/e/f/g/h')).toBe(true);
    expect(isTopicSized('a/b/c/d/e/f/g/h/i')).toBe(false);
    expect(isTopicSized('a'.repeat(161))).toBe(false);
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
