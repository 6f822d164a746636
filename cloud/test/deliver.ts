import {
  createExecutionContext,
  createMessageBatch,
  createScheduledController,
  env,
  getQueueResult,
  waitOnExecutionContext,
} from 'cloudflare:test';
import worker from '../worker.ts';

const NOW = '2026-07-01T12:00:00.000Z';

/** Hands messages to the Worker as its queue would. */
export async function deliver(bodies: readonly unknown[], queue = 'sesame-events') {
  const messages = bodies.map((body, i) => ({ id: `m${i}`, timestamp: new Date(NOW), attempts: 1, body }));
  const batch = createMessageBatch(queue, messages);
  const context = createExecutionContext();
  await worker.queue(batch, env);
  return getQueueResult(batch, context);
}

/** The minute's round, as the platform starts it. */
export async function runSchedule(): Promise<void> {
  const context = createExecutionContext();
  await worker.scheduled(createScheduledController(), env);
  await waitOnExecutionContext(context);
}

const deadEvents = async () =>
  (await env.DB.prepare('SELECT source, reason, body, count FROM dead_event ORDER BY first_at').all())
    .results;
/** What was kept as dead and has this text in it. */
export const deadWith = async (part: string) =>
  (await deadEvents()).filter(({ body }) => String(body).includes(part));
