import { describe, expect, it } from 'vitest';
import {
  POLL_EAGER_MS,
  POLL_INTERVAL_MS,
  POLL_UNRESOLVED_MS,
  pollDelayMs,
  terminalPollDelayMs,
} from './poll.ts';

describe('pollDelayMs', () => {
  it('asks after 2, 4 and 8 s, then twice a minute for a quarter of an hour, then rarely and for ever', () => {
    const delays: number[] = [];
    let age = 5_000;
    while (age < POLL_EAGER_MS) {
      const delay = pollDelayMs(delays.length, age);
      delays.push(delay);
      age += delay;
    }
    expect(delays.slice(0, 4)).toEqual([2_000, 4_000, 8_000, POLL_INTERVAL_MS]);
    expect(new Set(delays.slice(3))).toEqual(new Set([POLL_INTERVAL_MS]));
    expect(pollDelayMs(delays.length, age)).toBe(POLL_UNRESOLVED_MS);
    expect(pollDelayMs(0, age)).toBe(POLL_UNRESOLVED_MS);
  });
});

describe('terminalPollDelayMs', () => {
  it('asks every 2 s for a minute, then twice a minute for a quarter of an hour, then rarely', () => {
    expect([0, 59_999].map(terminalPollDelayMs)).toEqual([2_000, 2_000]);
    expect([60_000, POLL_EAGER_MS - 1].map(terminalPollDelayMs)).toEqual([
      POLL_INTERVAL_MS,
      POLL_INTERVAL_MS,
    ]);
    expect(terminalPollDelayMs(POLL_EAGER_MS)).toBe(POLL_UNRESOLVED_MS);
  });
});
