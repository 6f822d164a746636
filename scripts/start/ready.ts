import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';

const POLL_MS = 20;
const ANSWER_TIMEOUT_MS = 2_000;
const Sync = z.object({ link: z.string() });

/** Resolves when the service says that it is ready. */
export const serviceReady = (base: string, signal: AbortSignal): Promise<void> =>
  until(signal, async () => (await get(`${base}/readyz`)).ok);

/** Resolves when the agent is linked to the edge and has everything that the edge has. */
export const agentLinked = (base: string, signal: AbortSignal): Promise<void> =>
  until(signal, async () => Sync.parse(await (await get(`${base}/syncz`)).json()).link === 'up');

const get = (url: string): Promise<Response> =>
  fetch(url, { signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS) });

/** Rejects with the reason of `signal`; a service that does not answer yet is asked again. */
async function until(signal: AbortSignal, holds: () => Promise<boolean>): Promise<void> {
  for (;;) {
    signal.throwIfAborted();
    if (await holds().catch(() => false)) return;
    await sleep(POLL_MS);
  }
}
