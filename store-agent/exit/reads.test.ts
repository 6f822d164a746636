import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ourEpc } from '../testing/fixtures.ts';
import { Answers } from './answers.ts';
import { Latch } from './latch.ts';
import { parseReadsMessage, READS_MAX, ReadsBody } from './reads.ts';

const EPC = ourEpc(1);

describe('parseReadsMessage', () => {
  it('makes every spelling canonical', () => {
    const uri = 'urn:epc:id:sgtin:9521141.012345.1';
    const payload = JSON.stringify({
      id: 'a',
      reads: [{ epc: EPC.toLowerCase(), rssi: -50, antenna: 1, at: 'x' }, { epc: ` ${EPC} ` }, { epc: uri }],
    });
    expect(parseReadsMessage(payload)).toEqual({
      id: 'a',
      epcs: [EPC, EPC, EPC],
      reads: [{ epc: EPC, rssi: -50, antenna: 1 }, { epc: EPC }, { epc: EPC }],
      unreadable: 0,
    });
  });

  it('answers whatever has an id, and lets no broken read hide the others', () => {
    const reads = [{ epc: 'zz' }, 7, null, { epc: EPC }, { rssi: 1 }, { epc: 'A'.repeat(10_000) }];
    expect(parseReadsMessage(JSON.stringify({ id: 'a', reads }))).toEqual({
      id: 'a',
      epcs: [EPC],
      reads: [{ epc: EPC }],
      unreadable: 5,
    });
    expect(parseReadsMessage('{"id":"a"}')).toEqual({ id: 'a', epcs: [], reads: [], unreadable: 1 });
    expect(parseReadsMessage('{"id":"a","reads":[]}')).toEqual({
      id: 'a',
      epcs: [],
      reads: [],
      unreadable: 0,
    });
  });

  it('has no answer to what has no id', () => {
    for (const payload of [
      '',
      'no json',
      '[]',
      'null',
      '7',
      '{}',
      '{"id":""}',
      '{"id":7,"reads":[]}',
      JSON.stringify({ id: 'x'.repeat(129) }),
    ]) {
      expect(parseReadsMessage(payload)).toBeNull();
    }
  });

  it('never throws and never grows beyond its limit', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (payload) => {
        const parsed = parseReadsMessage(payload);
        expect(parsed === null || parsed.epcs.length <= READS_MAX).toBe(true);
      }),
      { seed: 3, numRuns: 300 },
    );
    const many = JSON.stringify({
      id: 'a',
      reads: Array.from({ length: READS_MAX + 5 }, () => ({ epc: EPC })),
    });
    expect(parseReadsMessage(many)).toMatchObject({ unreadable: 5 });
  });
});

describe('ReadsBody', () => {
  it('is strict', () => {
    expect(ReadsBody.parse({ id: 'a', reads: [{ epc: EPC.toLowerCase() }] }).reads[0]?.epc).toBe(EPC);
    for (const body of [
      { id: 'a' },
      { reads: [] },
      { id: 'a', reads: [{ epc: 'zz' }] },
      { id: 'a', reads: [], more: 1 },
      { id: 'a', reads: [{ epc: EPC, more: 1 }] },
    ]) {
      expect(ReadsBody.safeParse(body).success).toBe(false);
    }
  });
});

describe('Latch', () => {
  it('holds while a thing is seen and lets go after the window', () => {
    const latch = new Latch(2_000, 10);
    expect([0, 1_500, 3_000, 4_999, 6_999].map((at) => latch.isNew('tag', at))).toEqual([
      true,
      false,
      false,
      false,
      true,
    ]);
    expect(latch.isNew('other', 7_000)).toBe(true);
  });

  it('forgets what was not seen for longest beyond its size', () => {
    const latch = new Latch(2_000, 4);
    for (const key of ['a', 'b', 'c', 'a', 'd', 'e']) latch.isNew(key, 0);
    expect(latch.size).toBeLessThanOrEqual(4);
    expect(latch.isNew('d', 1)).toBe(false);
    expect(latch.isNew('b', 1)).toBe(true);
  });

  it('says what a list of all sights says, whenever they come', () => {
    const sight = fc.record({
      key: fc.constantFrom('a', 'b', 'c', 'd'),
      wait: fc.integer({ min: 0, max: 3_000 }),
    });
    fc.assert(
      fc.property(fc.array(sight, { maxLength: 60 }), (sights) => {
        const latch = new Latch(2_000, 1_000);
        const last = new Map<string, number>();
        let now = 0;
        for (const { key, wait } of sights) {
          now += wait;
          const seen = last.get(key);
          expect(latch.isNew(key, now)).toBe(seen === undefined || now - seen >= 2_000);
          last.set(key, now);
        }
      }),
      { seed: 6, numRuns: 500 },
    );
  });
});

describe('Answers', () => {
  it('gives the same answer for a while, and bounds how many it keeps', () => {
    const answers = new Answers<number>(100, 4);
    for (let n = 0; n < 10; n++) answers.keep(`q${n}`, n, 0);
    expect(answers.size).toBeLessThanOrEqual(4);
    expect(answers.get('q9', 99)).toBe(9);
    expect(answers.get('q9', 100)).toBeUndefined();
    expect(answers.get('q0', 1)).toBeUndefined();
    answers.keep('late', 1, 300);
    expect(answers.size).toBe(1);
  });
});
