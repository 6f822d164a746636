import { localDateTime } from './local_time.ts';

/**
 * The store's business day of an instant, `2025-06-14`: the date of its wall clock with the offset added, so that
 * the night after a long evening may belong to the evening.
 */
export function businessDate(atMs: number, timezone: string, offsetMin: number): string {
  const wallMs = Date.parse(`${localDateTime(atMs, timezone)}Z`);
  return new Date(wallMs + offsetMin * 60_000).toISOString().slice(0, 10);
}

/** The store's wall clock with its distance from UTC: `2025-06-14T11:02:07+01:00` (RFC 3339). */
export function offsetDateTime(atMs: number, timezone: string): string {
  const local = localDateTime(atMs, timezone);
  const minutes = Math.round((Date.parse(`${local}Z`) - Math.floor(atMs / 1_000) * 1_000) / 60_000);
  const two = (n: number) => String(n).padStart(2, '0');
  const distance = Math.abs(minutes);
  return `${local}${minutes < 0 ? '-' : '+'}${two(Math.floor(distance / 60))}:${two(distance % 60)}`;
}
