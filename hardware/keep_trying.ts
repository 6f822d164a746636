import { reconnectDelayMs } from './backoff.ts';

/** A device that accepts us and drops us in a circle earns an attempt at once only this often. */
const BACKOFF_RESET_SPACING_MS = 2_000;

export interface Trying {
  signal: AbortSignal;
  /** Milliseconds since the epoch. */
  now(): number;
  /** A number in [0, 1) for the jitter between attempts. */
  random(): number;
}

/**
 * Calls `once` for ever, until the signal. One call is one attempt; it resolves when its connection has
 * ended, with whether it had worked. After one that had, the next attempt goes out at once.
 */
export async function keepTrying(
  once: () => Promise<boolean>,
  { signal, now, random }: Trying,
): Promise<void> {
  let attempt = 0;
  let resetAtMs = Number.NEGATIVE_INFINITY;
  while (!signal.aborted) {
    await sleep(reconnectDelayMs(attempt, random), signal);
    if (signal.aborted) return;
    attempt += 1;
    const worked = await once();
    if (worked && now() - resetAtMs >= BACKOFF_RESET_SPACING_MS) {
      attempt = 0;
      resetAtMs = now();
    }
  }
}

/** Races a promise against the signal, and leaves no listener on the signal behind. */
export async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal, instead: T): Promise<T> {
  if (signal.aborted) return instead;
  const { promise: aborted, resolve } = Promise.withResolvers<T>();
  const abort = (): void => resolve(instead);
  signal.addEventListener('abort', abort);
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

/** Resolves after the time or at the signal, whichever is first. */
export function sleep(ms: number, signal: AbortSignal): Promise<void> {
  if (ms === 0 || signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
  });
}
