/** A reservation of which the provider does not say how long it holds is taken to hold so long. */
export const RESERVATION_HOLDS_MS = 6 * 86_400_000;
/** Staff hear this long before a reservation ends that still waits for its capture. */
export const RESERVATION_NOTICE_MS = 3_600_000;

/** When a reservation must be looked at next; times in milliseconds since 1970. */
export const reservationWatchedAt = (holdsUntilMs: number, nowMs: number): number =>
  nowMs < holdsUntilMs - RESERVATION_NOTICE_MS ? holdsUntilMs - RESERVATION_NOTICE_MS : holdsUntilMs;
