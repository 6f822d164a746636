import { describe, expect, it } from 'vitest';
import { isOpen, LocalDateTime } from './local_time.ts';
import { Schedule } from './schema.ts';

const open = (schedule: object, now: string) => isOpen(Schedule.parse(schedule), LocalDateTime.parse(now));
// 2025-06-02 is a Monday.
const weekdays = [true, true, true, true, true, false, false];

describe('a plain schedule', () => {
  const june = { start: '2025-06-02T09:00', end: '2025-06-30T19:00:00' };

  it.each([
    ['2025-06-02T08:59:59.999', false],
    ['2025-06-02T09:00:00', true],
    ['2025-06-15T03:00:00', true],
    ['2025-06-30T19:00:00', true],
    ['2025-06-30T19:00:00.001', false],
  ])('at %s is open: %s', (now, expected) => {
    expect(open(june, now)).toBe(expected);
  });

  it('without bounds is always open, on its days', () => {
    expect(open({}, '2025-06-07T00:00:00')).toBe(true);
    expect(open({ active_days: weekdays }, '2025-06-06T23:59:59')).toBe(true);
    expect(open({ active_days: weekdays }, '2025-06-07T00:00:00')).toBe(false);
  });
});

describe('a happy hour', () => {
  const lunch = {
    start: '2025-06-02T11:00',
    end: '2025-06-30T14:00',
    is_happy_hour: true,
    active_days: weekdays,
  };

  it.each([
    ['2025-06-03T10:59:59', false],
    ['2025-06-03T11:00:00', true],
    ['2025-06-03T14:00:00', true],
    ['2025-06-03T14:00:01', false],
    ['2025-06-07T12:00:00', false],
    ['2025-06-01T12:00:00', false],
    ['2025-06-30T12:00:00', true],
    ['2025-07-01T12:00:00', false],
  ])('at %s is open: %s', (now, expected) => {
    expect(open(lunch, now)).toBe(expected);
  });

  const night = {
    start: '2025-06-06T22:00',
    end: '2025-06-30T02:00',
    is_happy_hour: true,
    active_days: [false, false, false, false, true, false, false],
  };

  it.each([
    ['2025-06-06T21:59:59', false],
    ['2025-06-06T22:00:00', true],
    ['2025-06-07T02:00:00', true],
    ['2025-06-07T02:00:01', false],
    ['2025-06-07T22:30:00', false],
    ['2025-06-06T01:00:00', false],
    ['2025-06-27T23:00:00', true],
  ])('across midnight at %s is open: %s', (now, expected) => {
    expect(open(night, now)).toBe(expected);
  });

  it('across midnight ends with the hours after its last day', () => {
    const every = { ...night, active_days: undefined };
    expect(open(every, '2025-06-30T23:00:00')).toBe(true);
    expect(open(every, '2025-07-01T01:59:00')).toBe(true);
    expect(open(every, '2025-07-01T22:00:00')).toBe(false);
    expect(open(every, '2025-06-06T01:00:00')).toBe(false);
  });
});

describe('a local time', () => {
  it('is padded, so that texts compare like times', () => {
    expect(LocalDateTime.parse('2025-06-02T09:00')).toBe('2025-06-02T09:00:00.000');
    expect(LocalDateTime.parse('2025-06-02T09:00:01.5')).toBe('2025-06-02T09:00:01.500');
  });

  it.each([
    '2025-13-01T00:00',
    '2025-02-29T00:00',
    '2025-06-02',
    '2025-06-02T24:00',
    '2025-06-02T09:00:00Z',
    '',
    'now',
  ])('is not %j', (text) => {
    expect(LocalDateTime.safeParse(text).success).toBe(false);
  });
});
