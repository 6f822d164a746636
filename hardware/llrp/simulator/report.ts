import { ROReportTrigger } from '../codec/enumerations.ts';
import { type AnyParameter, findParameter, type ParameterNode, parameter } from '../codec/parameter.ts';

/** Tags that wait for their report; the simulated reader loses the ones above. */
const REPORT_TAGS_MAX = 10_000;
const TAG_SEEN_COUNT_MAX = 0xffff;
const EPC_96_DIGITS = 24;
const MICROS_PER_MS = 1_000n;

/** One read of one tag by the simulated reader. */
export interface Observation {
  epc: string;
  antenna: number;
  /** dBm. */
  rssi: number;
  atMs: number;
  roSpecId: number;
  specIndex: number;
  inventoryParameterSpecId: number;
  /** What an AccessSpec did to the tag in this read. */
  access?: { accessSpecId: number; results: AnyParameter[] };
}

interface Entry extends Observation {
  count: number;
  lastMs: number;
}

/**
 * Reads that wait for their report. Reads of one tag at one antenna fold into one TagReportData, as
 * LLRP 1.0.1 section 13.2.3 describes it.
 */
export class ReportBuffer {
  readonly #entries = new Map<string, Entry>();
  #accesses = 0;
  /** Whether reads were lost since the last time somebody asked. */
  #overflowed = false;

  get size(): number {
    return this.#entries.size;
  }

  add(read: Observation): void {
    // What was done to a tag stands in a report of its own and is not folded into another.
    if (read.access !== undefined) this.#accesses += 1;
    const own = read.access === undefined ? '' : this.#accesses;
    const key = `${read.epc} ${read.antenna} ${read.specIndex} ${own}`;
    const known = this.#entries.get(key);
    if (known !== undefined) {
      known.count = Math.min(known.count + 1, TAG_SEEN_COUNT_MAX);
      known.lastMs = read.atMs;
      known.rssi = Math.max(known.rssi, read.rssi);
    } else if (this.#entries.size < REPORT_TAGS_MAX) {
      this.#entries.set(key, { ...read, count: 1, lastMs: read.atMs });
    } else {
      this.#overflowed = true;
    }
  }

  /** Answers whether the report trigger fires by the number of tags. */
  isFull(spec: ParameterNode<'ROReportSpec'>): boolean {
    const { Trigger: trigger, N: n } = spec.fields;
    return trigger !== ROReportTrigger.none && n > 0 && this.#entries.size >= n;
  }

  takeOverflow(): boolean {
    const was = this.#overflowed;
    this.#overflowed = false;
    return was;
  }

  clear(): void {
    this.#entries.clear();
    this.#overflowed = false;
  }

  /**
   * Empties the buffer into TagReportData with what the content selector of `spec` asks for. A reader
   * without a clock tells times since `uptimeBeganMs`.
   */
  take(spec: ParameterNode<'ROReportSpec'>, uptimeBeganMs: number | null = null): AnyParameter[] {
    const selector = findParameter(spec.parameters, 'TagReportContentSelector');
    const list = [...this.#entries.values()].map((entry) => tagReportData(entry, selector, uptimeBeganMs));
    this.#entries.clear();
    return list;
  }
}

type Selector = ParameterNode<'TagReportContentSelector'>;

function tagReportData(
  entry: Entry,
  selector: Selector | undefined,
  uptimeBeganMs: number | null,
): AnyParameter {
  const want = selector?.fields;
  const parts: AnyParameter[] = [epcParameter(entry.epc)];
  if (want?.EnableROSpecID) parts.push(parameter('ROSpecID', { ROSpecID: entry.roSpecId }));
  if (want?.EnableSpecIndex) parts.push(parameter('SpecIndex', { SpecIndex: entry.specIndex }));
  if (want?.EnableInventoryParamSpecID) {
    const id = entry.inventoryParameterSpecId;
    parts.push(parameter('InventoryParameterSpecID', { InventoryParameterSpecID: id }));
  }
  if (want?.EnableAntennaID) parts.push(parameter('AntennaID', { AntennaID: entry.antenna }));
  if (want?.EnablePeakRSSI) parts.push(parameter('PeakRSSI', { PeakRSSI: entry.rssi }));
  if (want?.EnableChannelIndex) parts.push(parameter('ChannelIndex', { ChannelIndex: 1 }));
  if (want?.EnableFirstSeenTimestamp) {
    const FirstSeen = microsSince(entry.atMs, uptimeBeganMs);
    parts.push(parameter(uptimeBeganMs === null ? 'FirstSeenUTC' : 'FirstSeenUptime', { FirstSeen }));
  }
  if (want?.EnableLastSeenTimestamp) {
    const LastSeen = microsSince(entry.lastMs, uptimeBeganMs);
    parts.push(parameter(uptimeBeganMs === null ? 'LastSeenUTC' : 'LastSeenUptime', { LastSeen }));
  }
  if (want?.EnableTagSeenCount) parts.push(parameter('TagSeenCount', { TagSeenCount: entry.count }));
  const memory = findParameter(selector?.parameters ?? [], 'C1G2EPCMemorySelector')?.fields;
  if (memory?.PCBitsEnabled) parts.push(protocolControl(entry.epc));
  if (memory?.CRCEnabled) parts.push(parameter('C1G2CRC', { C1G2CRC: epcCrc(entry.epc) }));
  const { accessSpecId = 0, results = [] } = entry.access ?? {};
  if (want?.EnableAccessSpecID) parts.push(parameter('AccessSpecID', { AccessSpecID: accessSpecId }));
  parts.push(...results);
  return parameter('TagReportData', {}, parts);
}

const microsSince = (atMs: number, beganMs: number | null): bigint =>
  BigInt(Math.max(0, Math.round(atMs - (beganMs ?? 0)))) * MICROS_PER_MS;

/** EPC-96 as TV, any other length as EPCData (LLRP 1.0.1 section 13.2.3.1). */
function epcParameter(epc: string): AnyParameter {
  const bytes = Buffer.from(epc, 'hex');
  if (epc.length === EPC_96_DIGITS) return parameter('EPC96', { EPC: bytes });
  return parameter('EPCData', { EPC: { bitCount: bytes.length * 8, bytes } });
}

const wordsOf = (epc: string): number => epc.length / 4;

const protocolControl = (epc: string): AnyParameter =>
  parameter('C1G2PC', {
    EPCMemoryLength: wordsOf(epc),
    HasUserMemory: false,
    HasXPC: false,
    IsISO15961: false,
    AttributesOrAFI: 0,
  });

/** CRC-16 of PC word and EPC as a Gen2 tag keeps it (ISO/IEC 13239: 0x1021, preset and inverted). */
function epcCrc(epc: string): number {
  let crc = 0xffff;
  for (const byte of [wordsOf(epc) << 3, 0, ...Buffer.from(epc, 'hex')]) {
    crc ^= byte << 8;
    for (let i = 0; i < 8; i++) crc = crc & 0x8000 ? ((crc << 1) ^ 0x1021) & 0xffff : (crc << 1) & 0xffff;
  }
  return crc ^ 0xffff;
}
