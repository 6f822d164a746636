import type { Schedule } from '../schema.ts';
import { listed } from './amounts.ts';

const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;
const DAY_BEGINS = '00:00';
const DAY_ENDS = '23:59';

/** When a promotion runs: "Mon to Fri, 11:00 to 15:00, from 1 Jan 2025"; "Always" without any bound. */
export function scheduleText(schedule: Schedule): string {
  const parts = [daysText(schedule.active_days)];
  const { start, end, is_happy_hour } = schedule;
  if (is_happy_hour) parts.push(`${timeOf(start) ?? DAY_BEGINS} to ${timeOf(end) ?? '24:00'}`);
  parts.push(datesText(schedule));
  const text = parts.filter((part) => part !== '').join(', ');
  return text === '' ? 'Always' : text.charAt(0).toUpperCase() + text.slice(1);
}

/** The days in runs: "Mon to Fri", "Sat and Sun"; all of them say nothing. */
export function daysText(active: readonly boolean[]): string {
  if (active.every(Boolean)) return '';
  const runs: string[] = [];
  for (let day = 0; day < DAYS.length; day++) {
    if (!active[day]) continue;
    let last = day;
    while (active[last + 1]) last++;
    if (last - day >= 2) runs.push(`${DAYS[day]} to ${DAYS[last]}`);
    else runs.push(...DAYS.slice(day, last + 1));
    day = last;
  }
  return runs.length === 0 ? 'on no day' : listed(runs);
}

function datesText({ start, end, is_happy_hour }: Schedule): string {
  const from = momentText(start, is_happy_hour, DAY_BEGINS);
  const to = momentText(end, is_happy_hour, DAY_ENDS);
  if (from === null) return to === null ? '' : `until ${to}`;
  return to === null ? `from ${from}` : from === to ? `on ${from}` : `${from} to ${to}`;
}

/** A bound in words; its time only where it says more than the date. */
function momentText(local: string | undefined, dateOnly: boolean, silentTime: string): string | null {
  if (local === undefined) return null;
  const date = `${Number(local.slice(8, 10))} ${MONTHS[Number(local.slice(5, 7)) - 1]} ${local.slice(0, 4)}`;
  const time = timeOf(local);
  return dateOnly || time === silentTime ? date : `${date} ${time}`;
}

const timeOf = (local: string | undefined): string | null => local?.slice(11, 16) ?? null;
