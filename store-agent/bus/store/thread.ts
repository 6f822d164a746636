import { parentPort, workerData } from 'node:worker_threads';
import { z } from 'zod';
import { errorText } from '../../log.ts';
import { openStore, readAll, type StoreOp, writeBatch } from './file.ts';

/**
 * The thread that waits for the disk on the broker's behalf. It opens the file, tells what is in it, and
 * then writes one batch after the other; the broker meanwhile collects the next.
 */
export type ToThread = { ops: StoreOp[] } | { close: true };
export type FromThread =
  | { type: 'opened'; rows: ReturnType<typeof readAll>; putAside: string | null }
  | { type: 'unusable'; detail: string }
  | { type: 'written' }
  | { type: 'failed'; detail: string }
  | { type: 'closed' };

const port = parentPort;
if (port === null) throw new Error('this file runs in a thread of its own');
const tell = (message: FromThread): void => port.postMessage(message);
const { path } = z.object({ path: z.string() }).parse(workerData);

try {
  const { db, putAside } = openStore(path);
  port.on('message', (message: ToThread) => {
    if ('close' in message) {
      db.close();
      tell({ type: 'closed' });
      port.close();
      return;
    }
    try {
      writeBatch(db, message.ops);
      tell({ type: 'written' });
    } catch (error) {
      tell({ type: 'failed', detail: errorText(error) });
    }
  });
  tell({ type: 'opened', rows: readAll(db), putAside });
} catch (error) {
  tell({ type: 'unusable', detail: errorText(error) });
}
