import { isOpen, LocalDateTime } from '../local_time.ts';
import type { Candidate } from '../match.ts';
import type { Schedule } from '../schema.ts';
import type { Reason } from './explanation.ts';

const DAY_MS = 86_400_000;
const DAYS_AHEAD = 8;
const MIDNIGHT = '00:00:00.000';

/** Why the promotion has no turn at all in this basket; null: it has one. */
export function closedReason({ rule, limit, closed }: Candidate, now: string | undefined): Reason | null {
  const { schedule, is_active, qualifiers } = rule.promotion;
  if (!is_active) return { code: 'switched_off' };
  switch (closed) {
    case null:
      return null;
    case 'schedule':
      return {
        code: 'outside_schedule',
        schedule,
        opens: now === undefined ? null : nextOpening(schedule, now),
      };
    case 'qualifier': {
      const descriptions = new Set(qualifiers.map(({ description }) => description));
      descriptions.delete('');
      return { code: 'needs_qualifier', descriptions: [...descriptions] };
    }
    case 'limit':
      return { code: 'limit_reached', limit };
  }
}

/** The first moment after `now` at which the schedule is open, if it is its start or within a week of either. */
export function nextOpening(schedule: Schedule, now: string): string | null {
  const local = LocalDateTime.parse(now);
  const { start, is_happy_hour } = schedule;
  const from = start !== undefined && start > local ? start : local;
  const opens = is_happy_hour ? (start?.slice(11) ?? MIDNIGHT) : MIDNIGHT;
  const moments = start === undefined ? [] : [start];
  const first = Date.parse(`${from.slice(0, 10)}T00:00:00Z`);
  for (let day = 0; day < DAYS_AHEAD; day++)
    moments.push(`${new Date(first + day * DAY_MS).toISOString().slice(0, 10)}T${opens}`);
  return moments.sort().find((moment) => moment > local && isOpen(schedule, moment)) ?? null;
}
