import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inventoryROSpec, readerConfig } from '../setup.ts';
import { MESSAGE_NAMES, messageOf } from './arbitrary.ts';
import { encodeFrame, type Frame } from './frame.ts';
import { GOLDEN, goldenBody } from './golden.ts';
import { decode } from './index.ts';
import { type AnyMessage, decodeMessage, encodeMessage, message } from './message.ts';
import { parameter } from './parameter.ts';
import { FrameSplitter } from './splitter.ts';
import { MESSAGES } from './tables.generated.ts';
import { decodeTagReports } from './tag-report.ts';

const MUTATIONS = process.env['LONG'] ? 1_000_000 : 20_000;
/** Decoding again what was written again is dear, so only one in so many good messages is put to it. */
const ROUND_TRIP_EVERY = process.env['LONG'] ? 20 : 2;
const CODES = new Set(['bad_version', 'bad_length', 'frame_too_large', 'truncated', 'too_deep']);

/** A small generator with a fixed seed (mulberry32): numbers in [0, 1). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 0x1_0000_0000;
  };
}

const sources: Uint8Array[] = [
  // One of every message, with one of every parameter that it may hold.
  ...MESSAGE_NAMES.map((name) => encodeMessage(sampleOf(name))),
  ...GOLDEN.map(({ file, name }) =>
    encodeFrame({ version: 1, type: MESSAGES[name].type, id: 7, payload: goldenBody(file) }),
  ),
  encodeMessage(message('SetReaderConfig', 8, { ResetToFactoryDefaults: false }, readerConfig(1_000))),
  encodeMessage(message('AddROSpec', 9, {}, inventoryROSpec({ antennas: [1, 2], session: 1 }))),
  encodeMessage(
    message('ROAccessReport', 10, {}, [
      parameter('TagReportData', {}, [
        parameter('EPCData', { EPC: { bitCount: 128, bytes: new Uint8Array(16).fill(0xe2) } }),
        parameter('AntennaID', { AntennaID: 2 }),
        parameter('Custom', { VendorID: 25_882, Subtype: 3, Data: Uint8Array.of(1, 2, 3) }),
      ]),
    ]),
  ),
];

function sampleOf(name: (typeof MESSAGE_NAMES)[number]): AnyMessage {
  const [one] = fc.sample(messageOf(name, true), { seed: 77, numRuns: 1 });
  if (one === undefined) throw new Error(`no sample of ${name}`);
  return one;
}

/** Changes, cuts, doubles or drops some bytes; sometimes mends the length, so that the damage gets through. */
function mutate(source: Uint8Array, random: () => number): Uint8Array {
  const pick = (limit: number): number => Math.floor(random() * limit);
  let bytes = Uint8Array.from(source);
  for (let left = 1 + pick(4); left > 0; left--) {
    const at = pick(bytes.length);
    const kind = pick(5);
    if (kind <= 1) bytes[at] = pick(256);
    else if (kind === 2) bytes[at] = (bytes[at] ?? 0) ^ (1 << pick(8));
    else if (kind === 3)
      bytes = Uint8Array.from([...bytes.subarray(0, at), ...bytes.subarray(at + 1 + pick(6))]);
    else
      bytes = Uint8Array.from([
        ...bytes.subarray(0, at),
        ...bytes.subarray(at, at + pick(9)),
        ...bytes.subarray(at),
      ]);
    if (bytes.length === 0) bytes = Uint8Array.of(pick(256));
  }
  if (random() < 0.8 && bytes.length >= 10) {
    const view = new DataView(bytes.buffer);
    view.setUint16(0, (1 << 10) | (view.getUint16(0) & 0x3ff));
    view.setUint32(2, bytes.length);
  }
  return bytes;
}

/** Plain assertions of the hot loop: `expect` a million times would take longer than the codec. */
function judge(code: string, seen: Map<string, number>): void {
  if (!CODES.has(code)) throw new Error(`'${code}' is no error of this codec`);
  seen.set(code, (seen.get(code) ?? 0) + 1);
}

describe('mutated messages', () => {
  it(`raise nothing but typed errors in ${MUTATIONS} mutations`, { timeout: 3_600_000 }, () => {
    const random = seeded(0x5e5a);
    const seen = new Map<string, number>();
    let good = 0;
    for (let i = 0; i < MUTATIONS; i++) {
      const source = sources[i % sources.length];
      if (source === undefined) throw new Error('no source');
      const bytes = mutate(source, random);
      const half = Math.floor(random() * bytes.length);
      const splitter = new FrameSplitter();
      const results = [...splitter.push(bytes.subarray(0, half)), ...splitter.push(bytes.subarray(half))];
      for (const one of results) {
        if (!one.ok) {
          judge(one.error.code, seen);
          continue;
        }
        const reports = decodeTagReports(one.value.payload);
        if (!reports.ok) judge(reports.error.code, seen);
        const decoded = decodeMessage(one.value);
        if (!decoded.ok) judge(decoded.error.code, seen);
        else if (++good % ROUND_TRIP_EVERY === 0) expectRoundTrip(decoded.value, one.value);
      }
    }
    // The mutations reach both sides: some messages stay readable, and each kind of framing error is met.
    expect(good).toBeGreaterThan(MUTATIONS / 20);
    expect([...seen.keys()].sort()).toEqual(
      expect.arrayContaining(['bad_length', 'bad_version', 'truncated']),
    );
  });
});

/** What was read is written as it came, and reads the same again. */
function expectRoundTrip(one: AnyMessage, { version, type, id, payload, reserved }: Frame): void {
  const bytes = encodeMessage(one);
  if (!Buffer.from(encodeFrame({ version, type, id, payload, reserved })).equals(bytes)) {
    throw new Error(`${one.name} ${Buffer.from(bytes).toString('hex')} is not what came`);
  }
  const again = decode(bytes);
  expect(again).toEqual({ ok: true, value: one });
}
