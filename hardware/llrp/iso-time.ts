/** 9999-12-31T23:59:59.999Z: a later time is a reader without a clock, and has no four-digit year. */
const UTC_MS_MAX = 253_402_300_799_999;
const MINUTE_MS = 60_000;

/** `00.000Z` to `59.999Z` in two steps. */
const SECONDS = Array.from({ length: 60 }, (_, second) => `${String(second).padStart(2, '0')}.`);
const MILLISECONDS = Array.from({ length: 1_000 }, (_, ms) => `${String(ms).padStart(3, '0')}Z`);

/**
 * Makes a writer of times: UTC ISO 8601 with milliseconds, or null for a time that no
 * calendar has. It remembers the minute, because a gate writes thousands of times in each.
 */
export function isoTimes(): (ms: number) => string | null {
  let minute = Number.NaN;
  let prefix = '';
  return (ms) => {
    if (!(ms >= 0 && ms <= UTC_MS_MAX)) return null;
    const whole = Math.trunc(ms);
    const now = Math.floor(whole / MINUTE_MS);
    if (now !== minute) {
      minute = now;
      prefix = new Date(now * MINUTE_MS).toISOString().slice(0, -'00.000Z'.length);
    }
    const rest = whole - now * MINUTE_MS;
    return `${prefix}${SECONDS[Math.floor(rest / 1_000)]}${MILLISECONDS[rest % 1_000]}`;
  };
}
