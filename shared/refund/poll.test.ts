import { expect, it } from 'vitest';
import { REFUND_POLLS_MAX, refundPollDelayMs } from './poll.ts';

it('a bank is asked after half a minute, then ever more rarely, then daily', () => {
  const minutes = [0, 1, 2, 3, 4, 5, 6, 15, 100].map((asked) => refundPollDelayMs(asked) / 60_000);
  expect(minutes).toEqual([0.5, 1, 5, 15, 60, 360, 1440, 1440, 1440]);
  expect(REFUND_POLLS_MAX).toBe(16);
});
