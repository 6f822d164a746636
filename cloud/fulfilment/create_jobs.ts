import { and, eq, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { StoreEvent } from '../../shared/events/index.ts';
import { checkPoslog } from '../../shared/poslog/check.ts';
import { poslogCsv } from '../../shared/poslog/csv.ts';
import type { PosTransaction } from '../../shared/poslog/transaction.ts';
import { poslogXml } from '../../shared/poslog/xml.ts';
import { type Db, type Statement, statement } from '../db/client.ts';
import { fulfilmentJob, fulfilmentTarget, orderRow } from '../db/schema.ts';
import type { Place } from '../store/read_publication.ts';
import { FulfilmentTarget } from './target.ts';
import { type Logged, transactionOf } from './transaction_of.ts';

/** What stands in the table of a target, parsed. */
export async function targetsOf(db: Db, { retailer_id, store_id }: Place): Promise<FulfilmentTarget[]> {
  const rows = await db
    .select()
    .from(fulfilmentTarget)
    .where(and(eq(fulfilmentTarget.retailer_id, retailer_id), eq(fulfilmentTarget.store_id, store_id)))
    .orderBy(fulfilmentTarget.key);
  return z.array(FulfilmentTarget).parse(
    rows.map(({ retailer_id: _, store_id: __, updated_at: ___, settings, ...row }) => ({
      ...row,
      settings: JSON.parse(settings),
    })),
  );
}

interface NewJob {
  target: string;
  order_id: string;
  doc_type: string;
  state: 'none' | 'queued' | 'quarantined';
  reason: string | null;
  content_type: string;
  payload: string;
  next_at: number | null;
}

/**
 * The jobs that events of one store make, to be written in the batch that applies them: an event counts together
 * with its jobs or not at all. A job that is there already stays as it is.
 */
export async function jobStatements(
  db: Db,
  place: Place,
  events: readonly StoreEvent[],
  nowMs: number,
): Promise<Statement[]> {
  const logged = events.flatMap((event) => transactionOf(event) ?? []);
  const looked = events.flatMap((event) => (event.type === 'order.verified' ? [event.data.order_id] : []));
  const orders = [...new Set([...logged.map(({ order_id }) => order_id), ...looked])];
  if (orders.length === 0) return [];
  const targets = (await targetsOf(db, place)).filter(({ active }) => active);
  const jobs = targets.flatMap((target) => logged.flatMap((one) => newJob(target, one, nowMs) ?? []));
  return [...(jobs.length === 0 ? [] : [insertion(place, jobs, nowMs)]), letGo(place, orders, nowMs)];
}

/** The job of a transaction for a target, or null where the target does not take it. */
export function newJob(target: FulfilmentTarget, logged: Logged, nowMs: number): NewJob | null {
  const { order_id, doc, transaction, unverified } = logged;
  if (transaction.training !== target.settings.training) return null;
  const checked = checkPoslog(poslogXml(transaction));
  const reason = logged.quarantine ?? (checked.ok ? null : `${checked.error.code}: ${checked.error.detail}`);
  const waits = unverified && target.gate_on === 'verified';
  const state = reason !== null ? 'quarantined' : waits ? 'none' : 'queued';
  return {
    target: target.key,
    order_id,
    doc_type: doc,
    state,
    reason,
    ...payloadOf(target, transaction),
    next_at: state === 'queued' ? firstTry(target, nowMs) : null,
  };
}

/** At once, or with the next file of a batch. Milliseconds since 1970. */
export function firstTry({ kind, settings }: FulfilmentTarget, nowMs: number): number {
  const everyMs = settings.every_min * 60_000;
  return kind === 'batch_csv' ? (Math.floor(nowMs / everyMs) + 1) * everyMs : nowMs;
}

function payloadOf(
  { document }: FulfilmentTarget,
  transaction: PosTransaction,
): Pick<NewJob, 'content_type' | 'payload'> {
  switch (document) {
    case 'poslog_xml':
      return { content_type: 'application/xml; charset=utf-8', payload: poslogXml(transaction) };
    case 'poslog_json':
      return { content_type: 'application/json', payload: JSON.stringify(transaction) };
    case 'csv':
      return { content_type: 'text/csv; charset=utf-8', payload: poslogCsv(transaction) };
  }
}

const DOC_VERSION = 1;

function insertion({ retailer_id, store_id }: Place, jobs: readonly NewJob[], nowMs: number): Statement {
  const now = new Date(nowMs).toISOString();
  return statement(sql`INSERT OR IGNORE INTO ${fulfilmentJob} (retailer_id, id, store_id, target, order_id, doc_type, doc_version,
      state, reason, content_type, payload, attempts, next_at, created_at, updated_at)
    SELECT ${retailer_id}, 'ful_' || lower(hex(randomblob(16))), ${store_id}, value ->> 'target', value ->> 'order_id',
      value ->> 'doc_type', ${DOC_VERSION}, value ->> 'state', value ->> 'reason', value ->> 'content_type',
      value ->> 'payload', 0, value ->> 'next_at', ${now}, ${now}
    FROM json_each(${JSON.stringify(jobs)})`);
}

/** Jobs that waited for a look into the bag go out once it was good, in whatever order the events came. */
function letGo({ retailer_id }: Place, orders: readonly string[], nowMs: number): Statement {
  return statement(sql`UPDATE ${fulfilmentJob} SET state = 'queued', next_at = ${nowMs}, updated_at = ${new Date(nowMs).toISOString()}
    WHERE retailer_id = ${retailer_id} AND state = 'none'
      AND order_id IN (SELECT value FROM json_each(${JSON.stringify(orders)}))
      AND EXISTS (SELECT 1 FROM ${orderRow} WHERE order_row.retailer_id = fulfilment_job.retailer_id
        AND order_row.id = fulfilment_job.order_id AND order_row.verification_status = 'verified')`);
}
