import { err, ok, type Result } from '../../../shared/result.ts';
import type { CodecError } from './error.ts';

/**
 * One TagReportData. Fields that the reader left out are null. Times are microseconds: UTC since 1970,
 * Uptime since the reader started; values above 2^53 lose their last bits.
 */
export interface TagReport {
  /** Upper-case hex in whole 16-bit words; empty when the tag has no EPC. */
  epc: string;
  antennaId: number | null;
  /** dBm. */
  peakRssi: number | null;
  firstSeenUtc: number | null;
  firstSeenUptime: number | null;
  lastSeenUtc: number | null;
  lastSeenUptime: number | null;
  tagSeenCount: number | null;
  roSpecId: number | null;
  specIndex: number | null;
  inventoryParameterSpecId: number | null;
  channelIndex: number | null;
  accessSpecId: number | null;
  pc: number | null;
  crc: number | null;
}

const TAG_REPORT_DATA = 240;
const EPC_DATA = 241;
/** Bytes of each TV parameter by its type, its own byte included; 0 where no such type exists. */
const TV_BYTES = [0, 3, 9, 9, 9, 9, 2, 3, 3, 5, 3, 3, 3, 13, 3, 3, 5, 3, 5, 3, 3];

const HEX_BYTES: string[] = Array.from({ length: 256 }, (_, byte) =>
  byte.toString(16).padStart(2, '0').toUpperCase(),
);

/**
 * Decodes the body of an RO_ACCESS_REPORT (LLRP 1.0.1 section 13.2.3). Written by hand, because it runs
 * for every tag at the gate. Parameters it has no use for are skipped, unknown ones too.
 */
export function decodeTagReports(payload: Uint8Array): Result<TagReport[], CodecError> {
  const reports: TagReport[] = [];
  const end = payload.length;
  let at = 0;
  while (at < end) {
    const head = byteAt(payload, at);
    if (head & 0x80) {
      const length = TV_BYTES[head & 0x7f] ?? 0;
      // Nobody can know where an unknown TV ends, so what stands behind it is lost, as in any decoder.
      if (length === 0) break;
      if (at + length > end) return truncated(head & 0x7f, length, end - at);
      at += length;
      continue;
    }
    if (at + 4 > end) return truncated(null, 4, end - at);
    const type = ((head & 0x03) << 8) | byteAt(payload, at + 1);
    const length = (byteAt(payload, at + 2) << 8) | byteAt(payload, at + 3);
    if (length < 4) return badLength(type, length);
    if (at + length > end) return truncated(type, length, end - at);
    if (type === TAG_REPORT_DATA) {
      const report = emptyReport();
      const failure = readTagReportData(payload, at + 4, at + length, report);
      if (failure !== null) return failure;
      reports.push(report);
    }
    at += length;
  }
  return ok(reports);
}

type Failure = { ok: false; error: CodecError };

function readTagReportData(bytes: Uint8Array, from: number, end: number, report: TagReport): Failure | null {
  let at = from;
  while (at < end) {
    const head = byteAt(bytes, at);
    if (head & 0x80) {
      const type = head & 0x7f;
      const length = TV_BYTES[type] ?? 0;
      if (length === 0) return null;
      if (at + length > end) return truncated(type, length, end - at);
      readTv(bytes, type, at + 1, report);
      at += length;
      continue;
    }
    if (at + 4 > end) return truncated(null, 4, end - at);
    const type = ((head & 0x03) << 8) | byteAt(bytes, at + 1);
    const length = u16At(bytes, at + 2);
    if (length < 4) return badLength(type, length);
    if (at + length > end) return truncated(type, length, end - at);
    if (type === EPC_DATA) {
      if (length < 6) return truncated(type, 6, length);
      const bitCount = u16At(bytes, at + 4);
      const byteCount = (bitCount + 7) >> 3;
      if (6 + byteCount > length) return truncated(type, 6 + byteCount, length);
      report.epc = epcOf(bytes, at + 6, bitCount);
    }
    at += length;
  }
  return null;
}

function readTv(bytes: Uint8Array, type: number, at: number, report: TagReport): void {
  switch (type) {
    case 1:
      report.antennaId = u16At(bytes, at);
      break;
    case 2:
      report.firstSeenUtc = u64At(bytes, at);
      break;
    case 3:
      report.firstSeenUptime = u64At(bytes, at);
      break;
    case 4:
      report.lastSeenUtc = u64At(bytes, at);
      break;
    case 5:
      report.lastSeenUptime = u64At(bytes, at);
      break;
    case 6:
      report.peakRssi = (byteAt(bytes, at) << 24) >> 24;
      break;
    case 7:
      report.channelIndex = u16At(bytes, at);
      break;
    case 8:
      report.tagSeenCount = u16At(bytes, at);
      break;
    case 9:
      report.roSpecId = u32At(bytes, at);
      break;
    case 10:
      report.inventoryParameterSpecId = u16At(bytes, at);
      break;
    case 11:
      report.crc = u16At(bytes, at);
      break;
    case 12:
      report.pc = u16At(bytes, at);
      break;
    case 13:
      report.epc = hexOf(bytes, at, 12);
      break;
    case 14:
      report.specIndex = u16At(bytes, at);
      break;
    case 16:
      report.accessSpecId = u32At(bytes, at);
      break;
    default:
      break;
  }
}

/** An EPC of `bitCount` bits, filled up with zero bits to whole 16-bit words. */
function epcOf(bytes: Uint8Array, at: number, bitCount: number): string {
  const whole = bitCount >> 3;
  const spare = bitCount & 7;
  let hex = hexOf(bytes, at, whole);
  if (spare > 0) hex += HEX_BYTES[byteAt(bytes, at + whole) & (0xff << (8 - spare)) & 0xff];
  return hex.padEnd(((bitCount + 15) >> 4) << 2, '0');
}

function hexOf(bytes: Uint8Array, at: number, count: number): string {
  let hex = '';
  for (let i = at; i < at + count; i++) hex += HEX_BYTES[byteAt(bytes, i)];
  return hex;
}

/** The callers have checked the bounds; the fallback only serves the type checker. */
const byteAt = (bytes: Uint8Array, at: number): number => bytes[at] ?? 0;
const u16At = (bytes: Uint8Array, at: number): number => (byteAt(bytes, at) << 8) | byteAt(bytes, at + 1);
const u32At = (bytes: Uint8Array, at: number): number => u16At(bytes, at) * 0x1_0000 + u16At(bytes, at + 2);
const u64At = (bytes: Uint8Array, at: number): number =>
  u32At(bytes, at) * 0x1_0000_0000 + u32At(bytes, at + 4);

function emptyReport(): TagReport {
  return {
    epc: '',
    antennaId: null,
    peakRssi: null,
    firstSeenUtc: null,
    firstSeenUptime: null,
    lastSeenUtc: null,
    lastSeenUptime: null,
    tagSeenCount: null,
    roSpecId: null,
    specIndex: null,
    inventoryParameterSpecId: null,
    channelIndex: null,
    accessSpecId: null,
    pc: null,
    crc: null,
  };
}

function truncated(type: number | null, wanted: number, left: number): Failure {
  const what = type === null ? 'a parameter header' : `parameter ${type}`;
  return err({
    code: 'truncated',
    detail: `ROAccessReport: ${what} needs ${wanted} bytes, ${left} are left`,
  });
}

function badLength(type: number, length: number): Failure {
  return err({ code: 'bad_length', detail: `ROAccessReport: parameter ${type} claims ${length} bytes` });
}
