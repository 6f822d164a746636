import { z } from 'zod';
import type { Schedule } from './schema.ts';

/**
 * A time on the store's wall, without a zone: `2025-06-30T19:00:00`. Parsing pads it to milliseconds, so that
 * two of them compare as text.
 */
export const LocalDateTime = z
  .string()
  .regex(
    /^\d{4}-\d\d-\d\dT(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,3})?)?$/,
    'expected a local date and time',
  )
  .refine(isCalendarDate, 'no such day')
  .overwrite(padded);

const DAY_MS = 86_400_000;
const MIDNIGHT = 'T00:00:00.000';
const LAST_INSTANT = 'T23:59:59.999';

/** Whether the schedule is open at a padded local time; both ends of every bound belong to it. */
export function isOpen(schedule: Schedule, now: string): boolean {
  const { start, end, active_days } = schedule;
  if (!schedule.is_happy_hour) {
    return (
      (start === undefined || start <= now) &&
      (end === undefined || now <= end) &&
      active_days[weekday(now)] === true
    );
  }
  const opens = timeOf(start ?? MIDNIGHT);
  const closes = timeOf(end ?? LAST_INSTANT);
  const time = timeOf(now);
  const crossesMidnight = opens > closes;
  if (crossesMidnight ? time < opens && time > closes : time < opens || time > closes) return false;
  // The hours after midnight belong to the day that the window opened on.
  const day = crossesMidnight && time <= closes ? dayBefore(dateOf(now)) : dateOf(now);
  if (start !== undefined && day < dateOf(start)) return false;
  if (end !== undefined && day > dateOf(end)) return false;
  return active_days[weekday(day)] === true;
}

function padded(text: string): string {
  return text.length === 16 ? `${text}:00.000` : text.length === 19 ? `${text}.000` : text.padEnd(23, '0');
}

const dateOf = (local: string): string => local.slice(0, 10);
const timeOf = (local: string): string => local.slice(local.indexOf('T'));

/** Days counted as if the date were UTC: only the calendar matters here. */
function calendarMs(local: string): number {
  return Date.UTC(Number(local.slice(0, 4)), Number(local.slice(5, 7)) - 1, Number(local.slice(8, 10)));
}

function isCalendarDate(local: string): boolean {
  const ms = calendarMs(local);
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(dateOf(local));
}

function dayBefore(date: string): string {
  return dateOf(new Date(calendarMs(date) - DAY_MS).toISOString());
}

/** 0 is Monday. */
function weekday(local: string): number {
  return (new Date(calendarMs(local)).getUTCDay() + 6) % 7;
}
