import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unwrap } from '../../../shared/result.ts';
import {
  type AnyParameter,
  decodeParameters,
  encodeParameters,
  filterParameters,
  findParameter,
  parameter,
} from './parameter.ts';
import { decodeTagReports, type TagReport } from './tag-report.ts';

const bytesOf = (text: string): Uint8Array => new Uint8Array(Buffer.from(text.replaceAll(' ', ''), 'hex'));
const u16 = fc.nat(0xffff);
const u32 = fc.nat(0xffff_ffff);
/** Microseconds up to 2^53, where a number still tells them apart. */
const micros = fc.bigInt(0n, 2n ** 53n - 1n);
const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });

const epc: fc.Arbitrary<AnyParameter> = fc.oneof(
  bytes(12).map((EPC) => parameter('EPC96', { EPC })),
  fc
    .nat(31)
    .chain((words) => bytes(words * 2))
    .map((data) => parameter('EPCData', { EPC: { bitCount: data.length * 8, bytes: data } })),
);
const optional: fc.Arbitrary<AnyParameter>[] = [
  u32.map((ROSpecID) => parameter('ROSpecID', { ROSpecID })),
  u16.map((SpecIndex) => parameter('SpecIndex', { SpecIndex })),
  u16.map((id) => parameter('InventoryParameterSpecID', { InventoryParameterSpecID: id })),
  u16.map((AntennaID) => parameter('AntennaID', { AntennaID })),
  fc.integer({ min: -128, max: 127 }).map((PeakRSSI) => parameter('PeakRSSI', { PeakRSSI })),
  u16.map((ChannelIndex) => parameter('ChannelIndex', { ChannelIndex })),
  micros.map((FirstSeen) => parameter('FirstSeenUTC', { FirstSeen })),
  micros.map((FirstSeen) => parameter('FirstSeenUptime', { FirstSeen })),
  micros.map((LastSeen) => parameter('LastSeenUTC', { LastSeen })),
  micros.map((LastSeen) => parameter('LastSeenUptime', { LastSeen })),
  u16.map((TagSeenCount) => parameter('TagSeenCount', { TagSeenCount })),
  u16.map((C1G2CRC) => parameter('C1G2CRC', { C1G2CRC })),
  u16.map((C1G2XPCW1) => parameter('C1G2XPCW1', { C1G2XPCW1 })),
  u32.map((AccessSpecID) => parameter('AccessSpecID', { AccessSpecID })),
  bytes(5).map((Data) => parameter('Custom', { VendorID: 25_882, Subtype: 1, Data })),
  bytes(6).map((data) => ({ name: 'raw', type: 999, bytes: Uint8Array.of(0x03, 0xe7, 0, 10, ...data) })),
];
const tagReportData = fc
  .tuple(
    epc,
    fc.shuffledSubarray(optional).chain((chosen) => fc.tuple(...chosen)),
  )
  .map(([first, rest]) => parameter('TagReportData', {}, [first, ...rest]));

/** The same report by the general decoder, slow and without a hand-written line. */
function slowly(node: { parameters: AnyParameter[] }): TagReport {
  const of = node.parameters;
  const data = findParameter(of, 'EPC96')?.fields.EPC ?? findParameter(of, 'EPCData')?.fields.EPC.bytes;
  const number = (value: bigint | undefined): number | null => (value === undefined ? null : Number(value));
  return {
    epc: Buffer.from(data ?? [])
      .toString('hex')
      .toUpperCase(),
    antennaId: findParameter(of, 'AntennaID')?.fields.AntennaID ?? null,
    peakRssi: findParameter(of, 'PeakRSSI')?.fields.PeakRSSI ?? null,
    firstSeenUtc: number(findParameter(of, 'FirstSeenUTC')?.fields.FirstSeen),
    firstSeenUptime: number(findParameter(of, 'FirstSeenUptime')?.fields.FirstSeen),
    lastSeenUtc: number(findParameter(of, 'LastSeenUTC')?.fields.LastSeen),
    lastSeenUptime: number(findParameter(of, 'LastSeenUptime')?.fields.LastSeen),
    tagSeenCount: findParameter(of, 'TagSeenCount')?.fields.TagSeenCount ?? null,
    roSpecId: findParameter(of, 'ROSpecID')?.fields.ROSpecID ?? null,
    specIndex: findParameter(of, 'SpecIndex')?.fields.SpecIndex ?? null,
    inventoryParameterSpecId:
      findParameter(of, 'InventoryParameterSpecID')?.fields.InventoryParameterSpecID ?? null,
    channelIndex: findParameter(of, 'ChannelIndex')?.fields.ChannelIndex ?? null,
    accessSpecId: findParameter(of, 'AccessSpecID')?.fields.AccessSpecID ?? null,
    pc: null,
    crc: findParameter(of, 'C1G2CRC')?.fields.C1G2CRC ?? null,
  };
}

describe('decodeTagReports', () => {
  it('says what the general decoder says', () => {
    fc.assert(
      fc.property(fc.array(tagReportData, { maxLength: 6 }), (list) => {
        const body = encodeParameters(list);
        const known = filterParameters(unwrap(decodeParameters(body)), 'TagReportData');
        expect(unwrap(decodeTagReports(body))).toEqual(known.map(slowly));
      }),
      { seed: 61, numRuns: 300 },
    );
  });

  it('fills an EPC of odd bits up to whole words and ignores its padding', () => {
    const [nine] = unwrap(decodeTagReports(bytesOf('00f0 000c 00f1 0008 0009 12ff')));
    expect(nine?.epc).toBe('1280');
    const [eight] = unwrap(decodeTagReports(bytesOf('00f0 000b 00f1 0007 0008 e2')));
    expect(eight?.epc).toBe('E200');
  });

  it('keeps a tag with an empty EPC apart', () => {
    expect(unwrap(decodeTagReports(bytesOf('00f0 000a 00f1 0006 0000')))[0]?.epc).toBe('');
  });

  it('passes unknown parameters beside the tags', () => {
    const body = bytesOf('03ff 000c 0000651a 00000001 00f2 0004 810001 00f0 0007 810003');
    expect(unwrap(decodeTagReports(body)).map((one) => one.antennaId)).toEqual([3]);
  });

  it('loses only the rest of one tag behind an unknown TV', () => {
    const body = bytesOf('00f0 000a 810001 ff0102 00f0 0007 810002');
    expect(unwrap(decodeTagReports(body)).map((one) => one.antennaId)).toEqual([1, 2]);
  });

  it.each([
    ['truncated', '00f0 000b 810001'],
    ['truncated', '00f0'],
    ['truncated', '00f0 0006 8d01'],
    ['truncated', '00f0 000a 00f1 0006 0010'],
    ['truncated', '00f0 0008 00f1 0004'],
    ['truncated', '00f0 0006 00f1'],
    ['truncated', '81 00'],
    ['bad_length', '00f0 0003'],
    ['bad_length', '00f0 0008 00f1 0002'],
  ])('names the error %s', (code, text) => {
    expect(decodeTagReports(bytesOf(text))).toMatchObject({ ok: false, error: { code } });
  });
});
