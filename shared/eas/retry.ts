/** After each failure that may pass: so long until the next attempt; after the last one there is none. */
export const RETRY_AFTER_MS: readonly number[] = [1_000, 5_000, 30_000, 120_000, 600_000];
/** A vendor that refuses our credentials is left alone for so long. */
export const CIRCUIT_OPEN_MS = 5 * 60_000;
/** A vendor may ask for more time than we would give it, within reason. */
const RETRY_AFTER_MS_MAX = 3_600_000;

/** When a delivery that failed `attempts` times is tried again; null: it is dead until somebody replays it. */
export function retryAtMs(attempts: number, nowMs: number, askedMs: number | null): number | null {
  const wait = RETRY_AFTER_MS[attempts - 1];
  if (wait === undefined) return null;
  return nowMs + Math.max(wait, Math.min(askedMs ?? 0, RETRY_AFTER_MS_MAX));
}
