/** The first attempt after a loss goes out at once; then the delays double from here up to the cap. */
const RECONNECT_FIRST_MS = 100;
export const RECONNECT_CAP_MS = 2_000;
/** Each delay is drawn from this share of itself up to the whole, so that many drivers do not march in step. */
const RECONNECT_JITTER = 0.5;

/**
 * How long to wait before attempt number `attempt` since the loss, counted from 0, in milliseconds.
 * `random` gives a number in [0, 1). There is no last attempt: an absent device is waited for, for ever.
 */
export function reconnectDelayMs(attempt: number, random: () => number): number {
  if (attempt === 0) return 0;
  // The exponent is bounded, because 2 to the power of a year's worth of attempts is infinite.
  const whole = Math.min(RECONNECT_CAP_MS, RECONNECT_FIRST_MS * 2 ** Math.min(attempt - 1, 16));
  return Math.round(whole * (1 - RECONNECT_JITTER + RECONNECT_JITTER * random()));
}
