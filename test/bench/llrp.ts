import { type AnyMessage, decodeMessage, encodeMessage, message } from '../../hardware/llrp/codec/message.ts';
import { type AnyParameter, parameter } from '../../hardware/llrp/codec/parameter.ts';
import { FrameSplitter } from '../../hardware/llrp/codec/splitter.ts';
import { decodeTagReports } from '../../hardware/llrp/codec/tag-report.ts';
import { toTagReads } from '../../hardware/llrp/reads.ts';

const BATCHES = 60;
const WARM_UP_BATCHES = 20;
/** So many tags are decoded between two looks at the clock. */
const BATCH_TAGS = 20_000;
const RECEIVED_MS = Date.UTC(2026, 10, 28, 9, 0, 0);

/** One tag as the driver's report content selector asks for it. */
function tag(serial: number): AnyParameter {
  const EPC = Buffer.from(`3034257BF7194E40${serial.toString(16).padStart(8, '0')}`, 'hex');
  const micros = BigInt(RECEIVED_MS) * 1_000n + BigInt(serial);
  return parameter('TagReportData', {}, [
    parameter('EPC96', { EPC }),
    parameter('AntennaID', { AntennaID: 1 + (serial % 4) }),
    parameter('PeakRSSI', { PeakRSSI: -40 - (serial % 30) }),
    parameter('FirstSeenUTC', { FirstSeen: micros }),
    parameter('LastSeenUTC', { LastSeen: micros + 20_000n }),
    parameter('TagSeenCount', { TagSeenCount: 1 + (serial % 5) }),
  ]);
}

const reportOf = (tags: number): AnyMessage =>
  message(
    'ROAccessReport',
    1,
    {},
    Array.from({ length: tags }, (_, i) => tag(i)),
  );

/** What any decoder must do at least: walk every parameter by its length and touch every field once. */
function walk(payload: Uint8Array): number {
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  let sum = 0;
  let at = 0;
  while (at < payload.length) {
    const end = at + view.getUint16(at + 2);
    at += 4;
    sum += view.getUint32(at + 1) + view.getUint32(at + 5) + view.getUint32(at + 9);
    sum += view.getUint16(at + 14) + view.getInt8(at + 17);
    sum += view.getFloat64(at + 19) > 0 ? 1 : 0;
    sum += view.getFloat64(at + 28) > 0 ? 1 : 0;
    sum += view.getUint16(at + 37);
    at = end;
  }
  return sum;
}

/** Nanoseconds a tag: median and worst of the batches. */
function measure(tagsPerCall: number, call: () => void): { p50: number; max: number } {
  const calls = BATCH_TAGS / tagsPerCall;
  const samples: number[] = [];
  for (let batch = 0; batch < WARM_UP_BATCHES + BATCHES; batch++) {
    const began = process.hrtime.bigint();
    for (let i = 0; i < calls; i++) call();
    const took = Number(process.hrtime.bigint() - began);
    if (batch >= WARM_UP_BATCHES) samples.push(took / BATCH_TAGS);
  }
  samples.sort((a, b) => a - b);
  return { p50: samples[samples.length >> 1] ?? 0, max: samples.at(-1) ?? 0 };
}

/** Decoding of RO_ACCESS_REPORT, beside a plain walk over the same bytes. */
export async function measureLlrp(): Promise<void> {
  console.log(
    `\n${'LLRP, nanoseconds a tag'.padEnd(58)} ${'p50'.padStart(9)} ${'worst'.padStart(9)}  to floor`,
  );
  let kept = 0;
  for (const tags of [1, 100]) {
    const frame = encodeMessage(reportOf(tags));
    const payload = frame.subarray(10);
    const parts: [string, () => void][] = [
      ['floor: a DataView walk', () => (kept += walk(payload))],
      ['the gate: decodeTagReports', () => (kept += reportsOf(payload))],
      ['bytes of the socket to reads: split, decode, toTagReads', () => (kept += wholeWay(frame))],
      [
        'the general decoder',
        () => (kept += decodeMessage({ version: 1, type: 61, id: 1, payload }).ok ? 1 : 0),
      ],
    ];
    let floor = 0;
    for (const [what, call] of parts) {
      const { p50, max } = measure(tags, call);
      if (floor === 0) floor = p50;
      const name = `${what}, ${tags} a report`;
      const ratio = `${(p50 / floor).toFixed(1)}×`;
      console.log(`${name.padEnd(58)} ${p50.toFixed(0).padStart(9)} ${max.toFixed(0).padStart(9)}  ${ratio}`);
    }
  }
  if (!Number.isFinite(kept)) throw new Error('nothing was decoded');
}

/** Looks into every EPC, because a string is put together only when somebody does. */
function reportsOf(payload: Uint8Array): number {
  const reports = decodeTagReports(payload);
  if (!reports.ok) throw new Error(reports.error.detail);
  let sum = 0;
  for (const report of reports.value) sum += report.epc.charCodeAt(20) + (report.peakRssi ?? 0);
  return sum;
}

const splitter = new FrameSplitter();
function wholeWay(chunk: Uint8Array): number {
  let count = 0;
  for (const one of splitter.push(chunk)) {
    if (!one.ok) throw new Error(one.error.detail);
    const reports = decodeTagReports(one.value.payload);
    if (!reports.ok) continue;
    for (const read of toTagReads(reports.value, RECEIVED_MS, null)) count += read.epc.charCodeAt(20);
  }
  return count;
}
