import { expect, it } from 'vitest';
import { businessDate, offsetDateTime } from './business_date.ts';

it('takes the date of the store`s wall clock', () => {
  const late = Date.parse('2025-06-14T23:30:00Z');
  expect(businessDate(late, 'Europe/London', 0)).toBe('2025-06-15');
  expect(businessDate(late, 'America/New_York', 0)).toBe('2025-06-14');
  expect(businessDate(late, 'Asia/Kolkata', 0)).toBe('2025-06-15');
});

it('adds the offset: the small hours belong to the evening, or the last hour to tomorrow', () => {
  expect(businessDate(Date.parse('2025-06-15T00:59:59Z'), 'Europe/London', -120)).toBe('2025-06-14');
  expect(businessDate(Date.parse('2025-06-15T01:00:00Z'), 'Europe/London', -120)).toBe('2025-06-15');
  expect(businessDate(Date.parse('2025-12-31T23:30:00Z'), 'Europe/London', 60)).toBe('2026-01-01');
});

it('writes the wall clock with its distance from UTC', () => {
  expect(offsetDateTime(Date.parse('2025-06-14T10:02:07.400Z'), 'Europe/London')).toBe(
    '2025-06-14T11:02:07+01:00',
  );
  expect(offsetDateTime(Date.parse('2025-01-14T10:02:07Z'), 'Europe/London')).toBe(
    '2025-01-14T10:02:07+00:00',
  );
  expect(offsetDateTime(Date.parse('2025-01-14T10:02:07Z'), 'America/St_Johns')).toBe(
    '2025-01-14T06:32:07-03:30',
  );
  expect(offsetDateTime(Date.parse('2025-01-14T10:02:07Z'), 'Asia/Kolkata')).toBe(
    '2025-01-14T15:32:07+05:30',
  );
});
