import { isOpen } from '../local_time.ts';
import type { Promotion } from '../schema.ts';

/** `scheduled`: switched on, closed now, and opens by itself later. */
export type PromotionState = 'live' | 'scheduled' | 'ended' | 'off';

/** Where a promotion stands at a padded local time, as `LocalDateTime` makes them. */
export function stateAt(
  { is_active, schedule }: Pick<Promotion, 'is_active' | 'schedule'>,
  now: string,
): PromotionState {
  if (!is_active) return 'off';
  if (isOpen(schedule, now)) return 'live';
  const { start, end, is_happy_hour } = schedule;
  if (end === undefined) return 'scheduled';
  if (!is_happy_hour) return end < now ? 'ended' : 'scheduled';
  // A window that crosses midnight lasts into the day after its last one, but opens no more.
  const crossesMidnight = (start?.slice(10) ?? '') > end.slice(10);
  const lastOpening = crossesMidnight ? `${end.slice(0, 10)}${start?.slice(10)}` : end;
  return lastOpening < now ? 'ended' : 'scheduled';
}
