import { describe, expect, it } from 'vitest';
import { BASKET_MOVES, statusAt } from './status.ts';

describe('a basket', () => {
  it('is expired from the moment its time is over, if it was open', () => {
    expect([999, 1_000, 1_001].map((now) => statusAt('open', 1_000, now))).toEqual([
      'open',
      'expired',
      'expired',
    ]);
    expect(statusAt('locked', 1_000, 2_000)).toBe('locked');
    expect(statusAt('converted', 1_000, 2_000)).toBe('converted');
  });

  it('never leaves a sale, and reaches one only through an order', () => {
    expect(BASKET_MOVES.converted).toEqual([]);
    expect(BASKET_MOVES.open).not.toContain('converted');
  });
});
