import { expect, it } from 'vitest';
import { reservationWatchedAt } from './reservation.ts';

it('looks at a reservation an hour before it ends, and then when it ends', () => {
  const until = 10 * 3_600_000;
  expect(reservationWatchedAt(until, 0)).toBe(9 * 3_600_000);
  expect(reservationWatchedAt(until, 9 * 3_600_000)).toBe(until);
  expect(reservationWatchedAt(until, until + 1)).toBe(until);
});
