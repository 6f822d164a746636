import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeSgtin96 } from '../../shared/catalog/epc.ts';
import { unwrap } from '../../shared/result.ts';
import { decideExit, type ExitRules, isOurs, type KnownTag } from './decide.ts';

const epcOf = (companyPrefix: string, serial: number): string =>
  unwrap(
    encodeSgtin96({ filter: 1, companyPrefix, itemReference: '0'.repeat(13 - companyPrefix.length), serial }),
  );

const OURS = '9521141';
const SOLD = epcOf(OURS, 1);
const UNSOLD = epcOf(OURS, 2);
const UNKNOWN = epcOf(OURS, 3);
const FOREIGN = epcOf('0614141', 4);
const NO_SGTIN = 'E28011606000020771234567';

const book = new Map<string, KnownTag>([
  [SOLD, { status: 'sold', rev: 5, order_id: 'ord_1', name: 'Scarf' }],
  [UNSOLD, { status: 'unsold', rev: 7, order_id: null, name: 'Hat' }],
]);
const known = (epc: string): KnownTag | undefined => book.get(epc);
const rules = (change: Partial<ExitRules> = {}): ExitRules => ({
  companyPrefixes: [OURS],
  unknown: 'retailer_prefix_only',
  offlineUnsold: 'alarm',
  linked: true,
  ...change,
});

describe('decideExit', () => {
  it('opens for a sold tag and names its order', () => {
    expect(decideExit([SOLD], known, rules())).toEqual({
      decision: 'open',
      epcs: [{ epc: SOLD, status: 'sold', order_id: 'ord_1', name: 'Scarf' }],
      alarming: [],
      revs: [5],
    });
  });

  it('lets one unsold tag outweigh any number of sold ones', () => {
    const answer = decideExit([SOLD, UNSOLD, FOREIGN], known, rules());
    expect(answer.decision).toBe('alarm');
    expect(answer.alarming).toEqual([UNSOLD]);
    expect(answer.epcs.map((e) => e.status)).toEqual(['sold', 'unsold', 'foreign']);
  });

  it('ignores what is not ours: other prefixes, no SGTIN, nothing at all', () => {
    for (const epcs of [[FOREIGN], [NO_SGTIN], [FOREIGN, NO_SGTIN], []]) {
      expect(decideExit(epcs, known, rules()).decision).toBe('ignore');
    }
  });

  it('asks the policy about an unknown tag of ours', () => {
    expect(decideExit([UNKNOWN], known, rules()).decision).toBe('alarm');
    const lenient = rules({ unknown: 'ignore' });
    expect(decideExit([UNKNOWN], known, lenient)).toEqual({
      decision: 'ignore',
      epcs: [{ epc: UNKNOWN, status: 'unknown' }],
      alarming: [],
      revs: [0],
    });
    const strict = rules({ unknown: 'alarm' });
    expect(decideExit([FOREIGN, SOLD], known, strict)).toMatchObject({
      decision: 'alarm',
      alarming: [FOREIGN],
    });
    expect(decideExit([UNKNOWN, SOLD], known, lenient).decision).toBe('open');
  });

  it('takes the risk of an unsold tag only with the line cut and the policy set', () => {
    const offlineUnsold = 'open';
    expect(decideExit([UNSOLD], known, rules({ offlineUnsold })).decision).toBe('alarm');
    expect(decideExit([UNSOLD], known, rules({ offlineUnsold, linked: false })).decision).toBe('open');
    expect(decideExit([UNSOLD], known, rules({ linked: false })).decision).toBe('alarm');
  });

  it('knows a tag of the ledger whatever its scheme', () => {
    const odd = new Map<string, KnownTag>([
      [NO_SGTIN, { status: 'unsold', rev: 1, order_id: null, name: null }],
    ]);
    expect(decideExit([NO_SGTIN], (epc) => odd.get(epc), rules()).decision).toBe('alarm');
  });

  it('depends neither on order nor on repetition', () => {
    const tags = fc.array(fc.constantFrom(SOLD, UNSOLD, UNKNOWN, FOREIGN, NO_SGTIN), { maxLength: 12 });
    fc.assert(
      fc.property(
        tags,
        fc.boolean(),
        fc.constantFrom('retailer_prefix_only', 'ignore'),
        fc.constantFrom('alarm', 'open'),
        (epcs, linked, unknown, offlineUnsold) => {
          const with_ = rules({ linked, unknown, offlineUnsold });
          const answer = decideExit(epcs, known, with_);
          const again = decideExit([...epcs, ...epcs].reverse(), known, with_);
          expect(again.decision).toBe(answer.decision);
          expect(new Set(answer.epcs.map((e) => e.epc))).toEqual(new Set(epcs));
          expect(answer.epcs).toHaveLength(new Set(epcs).size);
          if (linked && epcs.includes(UNSOLD)) expect(answer.decision).toBe('alarm');
          if (answer.decision === 'ignore') expect(epcs).not.toContain(SOLD);
        },
      ),
      { seed: 7, numRuns: 300 },
    );
  });
});

describe('isOurs', () => {
  it('sees through a wrong split between prefix and item reference', () => {
    expect(isOurs(epcOf('952114', 9), [OURS])).toBe(false);
    const split = unwrap(
      encodeSgtin96({ filter: 1, companyPrefix: '952114', itemReference: '0100000', serial: 9 }),
    );
    expect(isOurs(split, [OURS])).toBe(true);
    expect(isOurs(epcOf('95211412', 9), [OURS])).toBe(true);
  });

  it('answers false for what is no SGTIN-96', () => {
    for (const epc of [NO_SGTIN, '', 'zz', '30']) expect(isOurs(epc, [OURS])).toBe(false);
  });
});
