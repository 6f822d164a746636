import { z } from 'zod';
import { STOP_MESSAGE } from './supervisor.ts';

const StopMessage = z.object({ type: z.literal(STOP_MESSAGE.type) });
/** A signal reaches the whole group: the supervisor then stops its children in order, within this time. */
const SIGNAL_GRACE_MS = 4_000;

/**
 * For a child with a channel: resolves when the supervisor asks it to stop, or is gone. A signal alone
 * is left to the supervisor, who got it too, and obeyed only when nothing follows.
 */
export function stopRequest(): Promise<void> {
  // Whoever reads our output may leave before us.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  return new Promise((resolve) => {
    process.on('message', (message) => {
      if (StopMessage.safeParse(message).success) resolve();
    });
    process.once('disconnect', resolve);
    if (process.connected === false) resolve();
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.on(signal, () => setTimeout(resolve, SIGNAL_GRACE_MS).unref());
    }
  });
}
