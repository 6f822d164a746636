import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RECONNECT_CAP_MS, reconnectDelayMs } from './backoff.ts';

describe('reconnectDelayMs', () => {
  it('begins at once, doubles from 100 ms and stays at the cap', () => {
    const whole = Array.from({ length: 9 }, (_, attempt) => reconnectDelayMs(attempt, () => 0.999_999));
    expect(whole).toEqual([0, 100, 200, 400, 800, 1_600, 2_000, 2_000, 2_000]);
  });

  it('never waits longer than the cap nor less than half of its step, even after years', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 2 ** 31 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (attempt, draw) => {
          const delay = reconnectDelayMs(attempt, () => draw);
          const step = Math.min(RECONNECT_CAP_MS, 100 * 2 ** Math.min(attempt - 1, 16));
          expect(delay).toBeGreaterThanOrEqual(step / 2);
          expect(delay).toBeLessThanOrEqual(step);
        },
      ),
      { seed: 7, numRuns: 200 },
    );
  });
});
