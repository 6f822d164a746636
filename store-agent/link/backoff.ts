const CAP_MS = 2_000;
const OVERLOADED_CAP_MS = 30_000;

/**
 * How long to wait before an attempt to reach the edge: none before the first after a loss, then full
 * jitter, so that a thousand stores that lost the edge together do not return together. An edge that says
 * it is overloaded gets the wider spread from the first attempt on. `random` is in [0, 1).
 */
export function reconnectDelayMs(attempt: number, overloaded: boolean, random: number): number {
  if (overloaded) return Math.floor(random * OVERLOADED_CAP_MS);
  return attempt === 0 ? 0 : Math.floor(random * CAP_MS);
}
