import { expect, it } from 'vitest';
import { localDateTime } from './local_time.ts';

it.each([
  ['Europe/London', '2026-07-01T11:30:05.999Z', '2026-07-01T12:30:05'],
  ['Europe/London', '2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00'],
  ['America/New_York', '2026-01-01T00:00:00.000Z', '2025-12-31T19:00:00'],
  ['Asia/Kolkata', '2026-01-01T18:30:00.000Z', '2026-01-02T00:00:00'],
  // The hour that comes twice.
  ['Europe/Berlin', '2026-10-25T00:30:00.000Z', '2026-10-25T02:30:00'],
  ['Europe/Berlin', '2026-10-25T01:30:00.000Z', '2026-10-25T02:30:00'],
])('in %s the clock at %s shows %s', (zone, utc, local) => {
  expect(localDateTime(Date.parse(utc), zone)).toBe(local);
});

it('does not know a zone that is none', () => {
  expect(() => localDateTime(0, 'Moon/Tranquility')).toThrow(RangeError);
});
