/** The first questions after an open outcome, then one every POLL_INTERVAL_MS. */
const FIRST_POLLS_MS = [2_000, 4_000, 8_000] as const;
export const POLL_INTERVAL_MS = 30_000;
/** An attempt still open after this long is a case for staff; it is asked for rarely and never given up. */
export const POLL_EAGER_MS = 15 * 60_000;
export const POLL_UNRESOLVED_MS = 10 * 60_000;

/**
 * How long to wait before the provider is asked again about a leg that is open.
 * @param asked how many questions were asked so far
 * @param ageMs how old the attempt is, in milliseconds
 */
export function pollDelayMs(asked: number, ageMs: number): number {
  if (ageMs >= POLL_EAGER_MS) return POLL_UNRESOLVED_MS;
  return FIRST_POLLS_MS[asked] ?? POLL_INTERVAL_MS;
}

/** A payer stands before a terminal: it is asked often for as long as that lasts. */
const TERMINAL_POLL_MS = 2_000;
const TERMINAL_EAGER_MS = 60_000;

/** The same for an attempt on a terminal. */
export function terminalPollDelayMs(ageMs: number): number {
  if (ageMs >= POLL_EAGER_MS) return POLL_UNRESOLVED_MS;
  return ageMs < TERMINAL_EAGER_MS ? TERMINAL_POLL_MS : POLL_INTERVAL_MS;
}
