const TIME_DEFAULT = { start: '00:00:00.000', end: '23:59:59.999' } as const;

/**
 * A date and a time as the browser's own fields have them, as one local date-time; null without a date. A
 * bound without a time takes the whole day in, and an end takes its whole minute in.
 */
export function localMoment(date: string, time: string, side: 'start' | 'end'): string | null {
  if (date === '') return null;
  if (time === '' || (side === 'end' && time === '23:59')) return `${date}T${TIME_DEFAULT[side]}`;
  return `${date}T${time}`;
}
