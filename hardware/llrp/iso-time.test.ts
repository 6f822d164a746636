import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isoTimes } from './iso-time.ts';

describe('isoTimes', () => {
  it('writes every time as the calendar does, in whatever order they come', () => {
    const iso = isoTimes();
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 253_402_300_799_999, noNaN: true }),
        fc.nat(120_000),
        (ms, later) => {
          for (const one of [ms, Math.min(ms + later, 253_402_300_799_999)]) {
            expect(iso(one)).toBe(new Date(one).toISOString());
          }
        },
      ),
      { seed: 3, numRuns: 2_000 },
    );
  });

  it.each([-1, 253_402_300_800_000, Number.NaN, Number.POSITIVE_INFINITY])('has none for %s', (ms) =>
    expect(isoTimes()(ms)).toBeNull(),
  );
});
