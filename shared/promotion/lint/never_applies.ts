import type { Oddity } from '../lint.ts';
import { LocalDateTime } from '../local_time.ts';
import { ALL_ITEMS, type Promotion, type PromotionGroup } from '../schema.ts';

const DAY_MS = 86_400_000;
const WEEK_DAYS = 7;

/** Why the promotion can give nothing in any basket, as far as its document tells. */
export function neverApplies(promotion: Promotion, now?: string): Oddity[] {
  return [...ofDiscount(promotion), ...ofSchedule(promotion, now), ...ofGroups(promotion)];
}

function ofDiscount({ family, groups, discount_type, discount_value, max_discount }: Promotion): Oddity[] {
  const oddities: Oddity[] = [];
  const isNothing = (type: string, value: number) => type !== 'fixed' && value === 0;
  const header = isNothing(discount_type, discount_value);
  const nothing =
    family === 'line_special'
      ? groups.some(({ nodes }) =>
          nodes
            .filter((node) => !node.is_excluded)
            .every((node) =>
              node.discount_type === undefined || node.discount_value === undefined
                ? header
                : isNothing(node.discount_type, node.discount_value),
            ),
        )
      : header;
  if (nothing) {
    oddities.push({
      code: 'no_discount',
      path: 'discount_value',
      message: 'Nothing is taken off, so this never applies.',
    });
  }
  if (max_discount === 0) {
    oddities.push({
      code: 'no_cap_left',
      path: 'max_discount',
      message: 'The cap on the saving is zero, so this never applies.',
    });
  }
  return oddities;
}

function ofSchedule({ schedule }: Promotion, now: string | undefined): Oddity[] {
  const { start, end, active_days, is_happy_hour } = schedule;
  const oddities: Oddity[] = [];
  if (!daysOf(schedule).some((day) => active_days[day] === true)) {
    oddities.push({
      code: 'no_day',
      path: 'schedule.active_days',
      message: active_days.includes(true)
        ? 'None of its days falls between its start and its end.'
        : 'It is switched off on every day of the week.',
    });
  }
  if (is_happy_hour && start !== undefined && end !== undefined && start.slice(10) === end.slice(10)) {
    oddities.push({
      code: 'no_time',
      path: 'schedule.end',
      message: 'Its daily window begins and ends at the same time.',
    });
  }
  if (now !== undefined && end !== undefined && hasEnded(schedule, LocalDateTime.parse(now))) {
    oddities.push({ code: 'ended', path: 'schedule.end', message: 'It has ended.' });
  }
  return oddities;
}

function hasEnded({ start, end = '', is_happy_hour }: Promotion['schedule'], now: string): boolean {
  if (!is_happy_hour) return end < now;
  const lastDay = end.slice(0, 10);
  const crossesMidnight = start !== undefined && start.slice(10) > end.slice(10);
  // A window that crosses midnight still closes on the day after its last one.
  const closes = `${crossesMidnight ? dateOf(msOf(lastDay) + DAY_MS) : lastDay}${end.slice(10)}`;
  return closes < now;
}

/** The weekdays that the dates allow, 0 is Monday. */
function daysOf({ start, end }: Promotion['schedule']): number[] {
  const first = start === undefined ? 0 : msOf(start);
  const days =
    start === undefined || end === undefined
      ? WEEK_DAYS
      : Math.min(WEEK_DAYS, (msOf(end) - first) / DAY_MS + 1);
  return Array.from({ length: days }, (_, i) => (new Date(first + i * DAY_MS).getUTCDay() + 6) % WEEK_DAYS);
}

/** As if the date were UTC: only the calendar matters here. */
const msOf = (local: string): number => Date.parse(`${local.slice(0, 10)}T00:00:00Z`);
const dateOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

function ofGroups({ family, groups }: Promotion): Oddity[] {
  return groups.flatMap((group, g): Oddity[] => {
    // A spend of nothing is reached without any item.
    const needsNone = family === 'basket_threshold_target' && group.minimum === 0;
    if (needsNone || !selectsNothing(group)) return [];
    const path = `groups.${g}.nodes`;
    return [{ code: 'selects_nothing', path, message: 'Everything in this group is left out again.' }];
  });
}

function selectsNothing({ nodes }: PromotionGroup): boolean {
  // An exclusion with a condition may spare some lines, so it decides nothing.
  const out = nodes.filter((node) => node.is_excluded && node.filters === undefined);
  if (out.some((node) => node.node_id === ALL_ITEMS)) return true;
  const excluded = new Set(out.map(({ node_id, node_type }) => `${node_type} ${node_id}`));
  return nodes.every(
    ({ node_id, node_type, is_excluded }) =>
      is_excluded || (node_id !== ALL_ITEMS && excluded.has(`${node_type} ${node_id}`)),
  );
}
