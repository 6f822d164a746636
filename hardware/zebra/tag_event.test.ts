import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { unwrap } from '../../shared/result.ts';
import { EventGaps } from './event_gaps.ts';
import { parseTagReport, REPORT_BYTES_MAX } from './tag_event.ts';

const AT = Date.parse('2026-03-14T12:00:00.000Z');
const EPC = '3034257BF7194E4000001A85';
const RUNS = process.env['LONG'] === undefined ? 300 : 50_000;
const event = (data: object) => ({ type: 'CUSTOM', timestamp: '2026-03-14T13:59:59.500+0200', data });

describe('a tag report', () => {
  test('becomes reads: canonical EPC, dBm, the time of the reader', () => {
    const data = {
      eventNum: 1,
      format: 'epc',
      idHex: EPC.toLowerCase(),
      antenna: 2,
      peakRssi: -52,
      reads: 3,
    };
    expect(unwrap(parseTagReport(JSON.stringify(event(data)), AT))).toEqual({
      reads: [
        {
          epc: EPC,
          antenna: 2,
          rssi: -52,
          count: 3,
          seenAt: '2026-03-14T11:59:59.500Z',
          receivedAt: '2026-03-14T12:00:00.000Z',
        },
      ],
      eventNums: [1],
      skipped: 0,
    });
  });

  test('may be a batch, and hold events of another kind', () => {
    const batch = [
      event({ idHex: EPC }),
      { type: 'heartbeat', data: {} },
      event({ eventNum: 7, format: 'barcode', idHex: EPC }),
      event({ eventNum: 8, idHex: 'not hex' }),
    ];
    const report = unwrap(parseTagReport(JSON.stringify(batch), AT));
    expect(report.reads).toMatchObject([{ epc: EPC, antenna: 0, rssi: null, count: 1 }]);
    expect(report).toMatchObject({ eventNums: [7, 8], skipped: 3 });
  });

  test.each([
    ['not_json', '{'],
    ['too_long', `"${'x'.repeat(REPORT_BYTES_MAX)}"`],
    ['too_many', JSON.stringify(new Array(10_001).fill(0))],
  ])('is refused as %s', (code, text) => {
    expect(parseTagReport(text, AT)).toMatchObject({ ok: false, error: { code } });
  });

  test('no text at all makes it throw', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(['not_json', undefined]).toContain(
          ((r) => (r.ok ? undefined : r.error.code))(parseTagReport(text, AT)),
        );
      }),
      { seed: 3, numRuns: RUNS },
    );
  });
});

describe('event gaps', () => {
  test('count what is missing between those that came, whatever comes twice', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1_000_000 }),
        fc.array(fc.tuple(fc.boolean(), fc.boolean()), { minLength: 1, maxLength: 200 }),
        (first, fates) => {
          const gaps = new EventGaps();
          gaps.take([first]);
          let seen = first;
          fates.forEach(([arrives, twice], index) => {
            if (!arrives) return;
            seen = first + 1 + index;
            gaps.take(twice ? [seen, seen] : [seen]);
          });
          const missing = fates.filter(([arrives], index) => !arrives && first + 1 + index < seen).length;
          expect(gaps.lost).toBe(missing);
        },
      ),
      { seed: 5, numRuns: RUNS },
    );
  });

  test('a reader that begins anew has lost nothing', () => {
    const gaps = new EventGaps();
    expect(gaps.take([50_000, 50_001, 1, 2])).toBe(0);
    expect(gaps.take([5])).toBe(2);
    gaps.reset();
    expect(gaps.take([900])).toBe(0);
    expect(gaps.lost).toBe(2);
  });
});
