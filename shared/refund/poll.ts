const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const FIRST_MS = [MINUTE_MS / 2, MINUTE_MS, 5 * MINUTE_MS, 15 * MINUTE_MS, HOUR_MS, 6 * HOUR_MS] as const;
const DAILY_MAX = 10;

/** Banks take days over a refund. After this many questions without an end it is a case for staff. */
export const REFUND_POLLS_MAX = FIRST_MS.length + DAILY_MAX;

/** How long to wait before the question after `asked` questions, in milliseconds; it is never given up. */
export const refundPollDelayMs = (asked: number): number => FIRST_MS[asked] ?? DAY_MS;
