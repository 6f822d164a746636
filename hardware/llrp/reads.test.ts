import { describe, expect, it } from 'vitest';
import type { TagReport } from './codec/tag-report.ts';
import { toTagReads } from './reads.ts';

const RECEIVED_MS = Date.UTC(2026, 10, 21, 9, 0, 0, 250);

const report = (some: Partial<TagReport>): TagReport => ({
  epc: '3034257BF7194E4000001A85',
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
  ...some,
});
const seenAt = (some: Partial<TagReport>, readerStartMs: number | null = null) =>
  toTagReads([report(some)], RECEIVED_MS, readerStartMs)[0]?.seenAt;

describe('toTagReads', () => {
  it('carries over what the reader told', () => {
    const full = report({ antennaId: 3, peakRssi: -61, tagSeenCount: 4, lastSeenUtc: 1_594_174_805_140_999 });
    expect(toTagReads([full], RECEIVED_MS, null)).toEqual([
      {
        epc: '3034257BF7194E4000001A85',
        antenna: 3,
        rssi: -61,
        count: 4,
        seenAt: '2020-07-08T02:20:05.140Z',
        receivedAt: '2026-11-21T09:00:00.250Z',
      },
    ]);
  });

  it('says honestly what the reader left out', () => {
    expect(toTagReads([report({})], RECEIVED_MS, null)).toEqual([
      {
        epc: '3034257BF7194E4000001A85',
        antenna: 0,
        rssi: null,
        count: 1,
        seenAt: null,
        receivedAt: '2026-11-21T09:00:00.250Z',
      },
    ]);
    expect(toTagReads([report({ tagSeenCount: 0 })], RECEIVED_MS, null)[0]?.count).toBe(1);
  });

  it('prefers the last sight and UTC, and makes UTC from the uptime of readers without a clock', () => {
    expect(seenAt({ firstSeenUtc: 1_000_000, lastSeenUtc: 2_000_000, lastSeenUptime: 9 })).toBe(
      '1970-01-01T00:00:02.000Z',
    );
    expect(seenAt({ firstSeenUptime: 5_000_000 }, RECEIVED_MS)).toBe('2026-11-21T09:00:05.250Z');
    expect(seenAt({ firstSeenUptime: 5_000_000 })).toBeNull();
  });

  it('takes no time that no calendar has', () => {
    expect(seenAt({ lastSeenUtc: 2 ** 64 })).toBeNull();
    expect(seenAt({ lastSeenUptime: 2 ** 64 }, RECEIVED_MS)).toBeNull();
  });

  it('leaves out a tag without an EPC', () => {
    expect(toTagReads([report({ epc: '' }), report({})], RECEIVED_MS, null).length).toBe(1);
  });
});
