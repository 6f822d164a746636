/** A message may outrun the answer that makes its payment known; and a store may be out of reach for a while. */
const FIRST_RETRIES_MS = [1_000, 5_000, 30_000, 120_000] as const;
const RETRY_MS = 15 * 60_000;
/** After this long a message that names nothing of ours waits for a person. */
export const WEBHOOK_GIVEN_UP_MS = 72 * 3_600_000;
/** How long messages can be read and replayed. */
export const WEBHOOK_KEPT_MS = 400 * 24 * 3_600_000;

/** When a message is tried again, in milliseconds since 1970; null: it is given up. `tries` counts those that failed. */
export function nextTryAt(tries: number, receivedAtMs: number, nowMs: number): number | null {
  if (nowMs - receivedAtMs >= WEBHOOK_GIVEN_UP_MS) return null;
  return nowMs + (FIRST_RETRIES_MS[tries - 1] ?? RETRY_MS);
}
