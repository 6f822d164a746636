import { z } from '@hono/zod-openapi';
import { and, eq, sql } from 'drizzle-orm';
import { Instant } from '../../shared/api/common.ts';
import type { Order } from '../../shared/api/order.ts';
import { StoreId } from '../../shared/ids/index.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import type { Act } from '../act.ts';
import { audit } from '../audit/record.ts';
import type { Db } from '../db/client.ts';
import { fulfilmentJob } from '../db/schema.ts';
import type { Effect } from '../effect.ts';
import type { Refusal } from '../http/refuse.ts';
import type { Principal } from '../staff/principal.ts';

export const JobState = z.enum(['none', 'queued', 'sent', 'acked', 'failed', 'quarantined']);

/** One document of one order for one target, without the document itself. */
export const FulfilmentJob = z.object({
  id: z.string(),
  store_id: StoreId,
  target: z.string(),
  order_id: z.string(),
  doc_type: z.string(),
  doc_version: z.number().int(),
  /** `none`: it waits for the check at the exit. `failed` and `quarantined` wait for a person. */
  state: JobState,
  reason: z.string().nullable(),
  attempts: z.number().int(),
  next_at: Instant.nullable(),
  remote_id: z.string().nullable(),
  created_at: Instant,
  updated_at: Instant,
});
export type FulfilmentJob = z.infer<typeof FulfilmentJob>;

export const JOB_COLUMNS = {
  id: fulfilmentJob.id,
  store_id: fulfilmentJob.store_id,
  target: fulfilmentJob.target,
  order_id: fulfilmentJob.order_id,
  doc_type: fulfilmentJob.doc_type,
  doc_version: fulfilmentJob.doc_version,
  state: fulfilmentJob.state,
  reason: fulfilmentJob.reason,
  attempts: fulfilmentJob.attempts,
  next_at: fulfilmentJob.next_at,
  remote_id: fulfilmentJob.remote_id,
  created_at: fulfilmentJob.created_at,
  updated_at: fulfilmentJob.updated_at,
};

type Row = Omit<FulfilmentJob, 'next_at'> & { next_at: number | null };

export const asJob = (row: Row): FulfilmentJob => ({
  ...row,
  next_at: row.next_at === null ? null : new Date(row.next_at).toISOString(),
});

export const reachedJobs = ({ retailer_id, store_id }: Principal) =>
  and(
    eq(fulfilmentJob.retailer_id, retailer_id),
    store_id === null ? undefined : eq(fulfilmentJob.store_id, store_id),
  );

/** How an order stands with all its targets: the one that is behind the others speaks for it. */
export function fulfilmentOf(states: readonly FulfilmentJob['state'][]): Order['fulfilment_status'] {
  const worst = (['quarantined', 'failed', 'queued', 'sent', 'none', 'acked'] as const).find((state) =>
    states.includes(state),
  );
  return worst ?? 'none';
}

/** A person lets a job go out that failed or was kept apart: its attempts count from the beginning. */
export async function retryJob(
  db: Db,
  act: Act,
  id: string,
): Promise<Result<Effect<FulfilmentJob>, Refusal>> {
  const [row] = await db
    .select(JOB_COLUMNS)
    .from(fulfilmentJob)
    .where(and(reachedJobs(act.principal), eq(fulfilmentJob.id, id)));
  if (row === undefined) return err({ code: 'not_found' });
  if (row.state !== 'failed' && row.state !== 'quarantined')
    return err({ code: 'conflict', detail: `The job is ${row.state}: it goes on by itself or is done.` });
  const again = { state: 'queued', attempts: 0, next_at: act.now_ms, updated_at: act.now } as const;
  return ok({
    body: asJob({ ...row, ...again }),
    statements: [
      db
        .update(fulfilmentJob)
        .set(again)
        .where(
          and(
            eq(fulfilmentJob.retailer_id, act.principal.retailer_id),
            eq(fulfilmentJob.id, id),
            sql`${fulfilmentJob.state} = ${row.state}`,
          ),
        )
        .toSQL(),
      audit(db, act, 'fulfilment_job.retry', id, { was: row.state, order_id: row.order_id }),
    ],
  });
}
