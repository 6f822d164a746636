import { and, asc, eq, inArray, lte, sql } from 'drizzle-orm';
import { CSV_HEADER } from '../../shared/poslog/csv.ts';
import { type Db, writeAtOnce } from '../db/client.ts';
import { fulfilmentJob, fulfilmentTarget } from '../db/schema.ts';
import { sha256Hex } from '../http/canonical.ts';
import { type Http, type Sent, send } from './send.ts';
import { addressFault } from './target.ts';

/** After the n-th attempt; then somebody has to look. */
export const RETRY_AFTER_MS = [60_000, 5 * 60_000, 30 * 60_000, 2 * 3_600_000, 12 * 3_600_000] as const;
/** A run ends in bounded time, however slow receivers are; the next one goes on. */
const JOBS_PER_RUN_MAX = 100;
const RUN_MAX_MS = 30_000;

export interface Dispatch {
  http: Http;
  secret(ref: string): string | undefined;
  demo: boolean;
  now(): number;
}

type Due = typeof fulfilmentJob.$inferSelect & { kind: string; url: string; secret_ref: string };

/**
 * Sends what is due. A job is claimed before its request leaves, with its next attempt already set: whoever dies in
 * between loses nothing, and two runs at once send it once. Answers how many requests were made.
 */
export async function driveJobs(db: Db, dispatch: Dispatch): Promise<number> {
  const began = dispatch.now();
  const due = await dueJobs(db, began);
  const batches = Map.groupBy(due, (job) =>
    job.kind === 'batch_csv' ? `${job.retailer_id} ${job.store_id} ${job.target}` : job.id,
  );
  let requests = 0;
  for (const jobs of batches.values()) {
    if (dispatch.now() - began > RUN_MAX_MS) break;
    const claimed = await claim(db, jobs, dispatch.now());
    const [first] = claimed;
    if (first === undefined) continue;
    requests++;
    await settle(db, claimed, await dispatched(dispatch, first, claimed), dispatch.now());
  }
  return requests;
}

/** Of active targets, the longest due first. */
async function dueJobs(db: Db, nowMs: number): Promise<Due[]> {
  const rows = await db
    .select({ job: fulfilmentJob, target: fulfilmentTarget })
    .from(fulfilmentJob)
    .innerJoin(
      fulfilmentTarget,
      and(
        eq(fulfilmentTarget.retailer_id, fulfilmentJob.retailer_id),
        eq(fulfilmentTarget.store_id, fulfilmentJob.store_id),
        eq(fulfilmentTarget.key, fulfilmentJob.target),
        eq(fulfilmentTarget.active, true),
      ),
    )
    .where(and(lte(fulfilmentJob.next_at, nowMs), inArray(fulfilmentJob.state, ['queued', 'sent'])))
    .orderBy(asc(fulfilmentJob.next_at), asc(fulfilmentJob.created_at), asc(fulfilmentJob.id))
    .limit(JOBS_PER_RUN_MAX);
  return rows.map(({ job, target: { kind, url, secret_ref } }) => ({ ...job, kind, url, secret_ref }));
}

async function claim(db: Db, jobs: readonly Due[], nowMs: number): Promise<Due[]> {
  const updated_at = new Date(nowMs).toISOString();
  const answers = await writeAtOnce(
    db,
    jobs.map(({ retailer_id, id, attempts, next_at }) =>
      db
        .update(fulfilmentJob)
        .set({ state: 'sent', attempts: attempts + 1, next_at: nowMs + waitAfter(attempts + 1), updated_at })
        .where(
          and(
            eq(fulfilmentJob.retailer_id, retailer_id),
            eq(fulfilmentJob.id, id),
            inArray(fulfilmentJob.state, ['queued', 'sent']),
            eq(fulfilmentJob.attempts, attempts),
            sql`${fulfilmentJob.next_at} = ${next_at}`,
          ),
        )
        .returning({ id: fulfilmentJob.id })
        .toSQL(),
    ),
  );
  return jobs
    .filter((_, i) => (answers[i] ?? []).length > 0)
    .map((job) => ({ ...job, attempts: job.attempts + 1 }));
}

const waitAfter = (attempts: number): number =>
  RETRY_AFTER_MS[Math.min(attempts, RETRY_AFTER_MS.length) - 1] ?? RETRY_AFTER_MS[0];

async function dispatched(dispatch: Dispatch, first: Due, jobs: readonly Due[]): Promise<Sent> {
  const fault = addressFault(first.url, dispatch.demo);
  if (fault !== null) return { outcome: 'refused', reason: fault };
  const secret = dispatch.secret(first.secret_ref);
  if (secret === undefined || secret === '')
    return { outcome: 'again', reason: `no secret ${first.secret_ref}` };
  const payloads = jobs.map(({ payload }) => payload).join('');
  const sending = {
    url: first.url,
    content_type: first.content_type,
    body: first.kind === 'batch_csv' ? CSV_HEADER + payloads : first.payload,
    idempotency_key: jobs.length === 1 ? first.id : await batchKey(jobs),
    secret,
  };
  return send(dispatch.http, sending, dispatch.now());
}

/** The same jobs have the same key: a file that has grown meanwhile is another file. */
async function batchKey(jobs: readonly Due[]): Promise<string> {
  return `batch_${await sha256Hex(jobs.map(({ id }) => id).join(' '))}`;
}

async function settle(db: Db, jobs: readonly Due[], sent: Sent, nowMs: number): Promise<void> {
  const updated_at = new Date(nowMs).toISOString();
  await writeAtOnce(
    db,
    jobs.map(({ retailer_id, id, attempts }) =>
      db
        .update(fulfilmentJob)
        .set({ ...outcomeOf(sent, attempts, nowMs), updated_at })
        // Only the attempt that was made: a later one may have begun meanwhile.
        .where(
          and(
            eq(fulfilmentJob.retailer_id, retailer_id),
            eq(fulfilmentJob.id, id),
            eq(fulfilmentJob.attempts, attempts),
          ),
        )
        .toSQL(),
    ),
  );
}

function outcomeOf(sent: Sent, attempts: number, nowMs: number) {
  if (sent.outcome === 'acked')
    return { state: 'acked' as const, remote_id: sent.remote_id, reason: null, next_at: null };
  const { reason } = sent;
  if (sent.outcome === 'refused' || attempts > RETRY_AFTER_MS.length)
    return { state: 'failed' as const, reason, next_at: null };
  return { state: 'queued' as const, reason, next_at: nowMs + waitAfter(attempts) };
}
