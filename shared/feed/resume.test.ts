import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FEED_VERSION, FEED_VERSIONS_SPOKEN } from './frames.ts';
import { resumeOf } from './resume.ts';

const log = { epoch: 'e1', head: 20, oldestKept: 11 };
const hello = (more: Partial<Parameters<typeof resumeOf>[0]> = {}) => ({
  v: FEED_VERSION,
  epoch: 'e1',
  cursor: 15,
  ...more,
});

describe('an agent is brought up to date', () => {
  it.each([
    ['in the middle of the log', 15],
    ['that has everything', 20],
    ['that lacks just what is kept', 10],
  ])('from the log: one %s', (_, cursor) => {
    expect(resumeOf(hello({ cursor }), log)).toBe('log');
  });

  it.each([
    ['that lacks one entry more than is kept', { cursor: 9 }],
    ['that has never heard a thing', { cursor: 0, epoch: null }],
    ['that forgot its epoch', { epoch: null }],
    ['of another epoch', { epoch: 'e0' }],
    ['of another epoch at the very head', { epoch: 'e0', cursor: 20 }],
    ['that knows more than ever happened', { cursor: 21 }],
  ])('by a snapshot: one %s', (_, more) => {
    expect(resumeOf(hello(more), log)).toBe('snapshot');
  });

  it('not at all in a version that is not spoken', () => {
    for (const v of [0, FEED_VERSION + 1, -1])
      expect(resumeOf(hello({ v }), log)).toBe('unsupported_version');
    for (const v of FEED_VERSIONS_SPOKEN) expect(resumeOf(hello({ v }), log)).toBe('log');
  });

  it('from a log that is still empty, or was emptied', () => {
    expect(resumeOf(hello({ cursor: 0 }), { epoch: 'e1', head: 0, oldestKept: 1 })).toBe('log');
    expect(resumeOf(hello({ cursor: 7 }), { epoch: 'e1', head: 7, oldestKept: 8 })).toBe('log');
    expect(resumeOf(hello({ cursor: 6 }), { epoch: 'e1', head: 7, oldestKept: 8 })).toBe('snapshot');
  });
});

it('is sent the log only where the log has every entry that it lacks', () => {
  const seq = fc.integer({ min: 0, max: 40 });
  fc.assert(
    fc.property(seq, seq, seq, fc.boolean(), (cursor, head, pruned, sameEpoch) => {
      fc.pre(pruned <= head);
      const kept = new Set(Array.from({ length: head - pruned }, (_, i) => pruned + 1 + i));
      const lacks = Array.from({ length: Math.max(0, head - cursor) }, (_, i) => cursor + 1 + i);
      const whole = sameEpoch && cursor <= head && lacks.every((one) => kept.has(one));
      const resumed = resumeOf(hello({ cursor, epoch: sameEpoch ? 'e1' : 'e0' }), {
        epoch: 'e1',
        head,
        oldestKept: pruned + 1,
      });
      expect(resumed).toBe(whole ? 'log' : 'snapshot');
    }),
    { seed: 20260701, numRuns: 500 },
  );
});
