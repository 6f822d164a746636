import { openDb, writeAtOnce } from './db/client.ts';
import type { Env } from './env.ts';
import { dispatchOf } from './fulfilment/dispatch.ts';
import { driveJobs } from './fulfilment/drive_jobs.ts';
import { createApp } from './http/app.ts';
import { forgetExpired } from './http/idempotency.ts';
import { logError } from './http/log.ts';
import { consumeDeadLetters, consumeEvents } from './project/consume.ts';
import { sweepStores } from './project/sweep.ts';
import { cleanUpPromotions } from './promotion/clean_up.ts';
import { closeSilentImports } from './promotion/import/begin_import.ts';
import { closeInterrupted } from './store/publication.ts';

const DEAD_LETTERS = 'sesame-events-dead';

const app = createApp();

/** The Worker `sesame-cloud`: staff's HTTP interface and dashboard, the events' consumer, the minute's round. */
export default {
  fetch: app.fetch,

  async queue(batch, env) {
    const db = openDb(env.DB);
    const now = new Date().toISOString();
    if (batch.queue === DEAD_LETTERS) await consumeDeadLetters(db, batch.messages, now);
    else await consumeEvents(db, env.STORE, batch.messages, now);
    await driveJobs(db, dispatchOf(env));
  },

  async scheduled(_controller, env) {
    const db = openDb(env.DB);
    const now_ms = Date.now();
    await writeAtOnce(db, [
      forgetExpired(db, now_ms),
      closeInterrupted(db, now_ms),
      closeSilentImports(db, now_ms),
      ...cleanUpPromotions(now_ms),
    ]);
    const { failed } = await sweepStores(db, env.STORE, new Date(now_ms).toISOString());
    await driveJobs(db, dispatchOf(env));
    for (const store of failed) logError('sweep failed', { store, error: 'the store could not be asked' });
  },
} satisfies ExportedHandler<Env>;
