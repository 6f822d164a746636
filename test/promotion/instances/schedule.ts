import type { WireHeader } from '../oracle/wire.ts';
import { oneOf, rarely } from './chance.ts';

const SCHEDULES: WireHeader[] = [
  { start_date_time: '2025-06-04T09:00:00', end_date_time: '2025-06-05T12:00:00' },
  { start_date_time: '2025-06-05T12:00:00', active_days: '0001000' },
  { start_date_time: '2025-06-01T22:00:00', end_date_time: '2025-06-05T01:59:59', is_happy_hour: true },
  { start_date_time: '2025-06-05T09:00:00', end_date_time: '2025-06-30T12:00:00', is_happy_hour: true },
  { is_active: false },
];

/** Most promotions are always open. */
export const schedule = rarely(oneOf(...SCHEDULES)).map((found) => found ?? {});

/** Times at the ends of the schedules above, and beyond them. */
export const now = oneOf(
  '2025-06-05T12:00:00',
  '2025-06-05T12:00:01',
  '2025-06-05T01:59:59',
  '2025-06-06T01:59:59',
);
