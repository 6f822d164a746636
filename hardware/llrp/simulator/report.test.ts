import { describe, expect, it } from 'vitest';
import { unwrap } from '../../../shared/result.ts';
import { encodeParameters, type ParameterNode, parameter } from '../codec/parameter.ts';
import { decodeTagReports } from '../codec/tag-report.ts';
import { type Observation, ReportBuffer } from './report.ts';

const EPC_96 = '3034257BF7194E4000001A85';

const spec = (trigger: number, n: number, all: boolean): ParameterNode<'ROReportSpec'> =>
  parameter('ROReportSpec', { Trigger: trigger, N: n }, [
    parameter(
      'TagReportContentSelector',
      {
        EnableROSpecID: all,
        EnableSpecIndex: all,
        EnableInventoryParamSpecID: all,
        EnableAntennaID: all,
        EnableChannelIndex: all,
        EnablePeakRSSI: all,
        EnableFirstSeenTimestamp: all,
        EnableLastSeenTimestamp: all,
        EnableTagSeenCount: all,
        EnableAccessSpecID: all,
      },
      [parameter('C1G2EPCMemorySelector', { CRCEnabled: all, PCBitsEnabled: all, XPCBitsEnabled: false })],
    ),
  ]);

const read = (some: Partial<Observation> = {}): Observation => ({
  epc: EPC_96,
  antenna: 1,
  rssi: -60,
  atMs: 1_000,
  roSpecId: 9,
  specIndex: 1,
  inventoryParameterSpecId: 7,
  ...some,
});

/** What a client gets to see of the buffer, through real bytes. */
const report = (buffer: ReportBuffer, all = true) =>
  unwrap(decodeTagReports(encodeParameters(buffer.take(spec(2, 0, all)))));

describe('ReportBuffer', () => {
  it('folds the reads of a tag at an antenna and reports all that is asked for', () => {
    const buffer = new ReportBuffer();
    buffer.add(read());
    buffer.add(read({ rssi: -50, atMs: 1_200 }));
    buffer.add(read({ rssi: -70, atMs: 1_500 }));
    buffer.add(read({ antenna: 2 }));
    expect(report(buffer)).toEqual([
      {
        epc: EPC_96,
        antennaId: 1,
        peakRssi: -50,
        firstSeenUtc: 1_000_000,
        firstSeenUptime: null,
        lastSeenUtc: 1_500_000,
        lastSeenUptime: null,
        tagSeenCount: 3,
        roSpecId: 9,
        specIndex: 1,
        inventoryParameterSpecId: 7,
        channelIndex: 1,
        accessSpecId: 0,
        pc: 0x3000,
        crc: expect.any(Number),
      },
      expect.objectContaining({ antennaId: 2, tagSeenCount: 1 }),
    ]);
    expect(buffer.size).toBe(0);
  });

  it('reports the EPC alone when nothing else is asked for, in any length', () => {
    const buffer = new ReportBuffer();
    for (const epc of [EPC_96, 'E2001111', 'AB'.repeat(62)]) buffer.add(read({ epc }));
    const reports = report(buffer, false);
    expect(reports.map((one) => one.epc)).toEqual([EPC_96, 'E2001111', 'AB'.repeat(62)]);
    expect(reports.every((one) => one.antennaId === null && one.tagSeenCount === null)).toBe(true);
  });

  it('gives the CRC that a Gen2 tag keeps', () => {
    const buffer = new ReportBuffer();
    buffer.add(read({ epc: '0000' }));
    // CRC-16/GENIBUS of 08 00 00 00 (PC word of one word, then the EPC), reckoned bit by bit apart from it.
    let register = 0xffff;
    for (const bit of [0x08, 0, 0, 0].flatMap((byte) => [...byte.toString(2).padStart(8, '0')])) {
      const top = register >> 15 !== Number(bit);
      register = (register << 1) & 0xffff;
      if (top) register ^= 0x1021;
    }
    expect(report(buffer)[0]?.crc).toBe(~register & 0xffff);
  });

  it('is full by the number of tags, unless its trigger waits to be asked', () => {
    const buffer = new ReportBuffer();
    buffer.add(read());
    expect(
      [spec(1, 1, true), spec(2, 2, true), spec(2, 0, true), spec(0, 1, true)].map((one) =>
        buffer.isFull(one),
      ),
    ).toEqual([true, false, false, false]);
  });

  it('says once that it lost reads', () => {
    const buffer = new ReportBuffer();
    for (let i = 0; i < 10_001; i++)
      buffer.add(read({ epc: i.toString(16).padStart(24, '0').toUpperCase() }));
    expect([buffer.size, buffer.takeOverflow(), buffer.takeOverflow()]).toEqual([10_000, true, false]);
  });
});
