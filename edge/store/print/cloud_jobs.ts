import { CloudPrintJobId } from '../../../shared/ids/index.ts';
import { ReceiptDocument } from '../../../shared/receipt/document.ts';
import { err, ok, type Result } from '../../../shared/result.ts';
import {
  type AskCloudPrint,
  type CloudPaper,
  CloudPrintJob,
  type CloudPrintResult,
} from '../../../shared/rpc/cloud_print.ts';
import { iso, type Scope } from '../scope.ts';
import { first, type Sql } from '../sql.ts';

/** How long a printer may be at a job that it has fetched before nobody believes in an answer any more. */
export const CLOUD_PRINT_SILENCE_MS_MAX = 60_000;
/** A paper that nobody fetched for this long is wanted by nobody any more. */
export const CLOUD_PRINT_QUEUED_MS_MAX = 3_600_000;
const CLOUD_PRINT_KEPT_MS = 35 * 24 * 3_600_000;
const TOKEN_CHARS = 24;

type JobRow = {
  job_id: string;
  token: string;
  printer_id: string;
  order_id: string;
  receipt: string;
  copy: number;
  status: string;
  reason: string | null;
  created_at: number;
  updated_at: number;
};

/**
 * Queues an order's paper for a printer of this store, or answers the job that is there: a paper that came out, or
 * may have, comes again only as a copy.
 */
export function askCloudPrint(
  scope: Scope,
  { printer_id, order_id, receipt, copy }: AskCloudPrint,
): Result<CloudPrintJob, { code: 'unknown_printer' }> {
  const { sql, now } = scope;
  if (!scope.config.devices.some(({ id, kind }) => id === printer_id && kind === 'printer'))
    return err({ code: 'unknown_printer' });
  forgetOld(sql, now);
  const jobs = sql.exec<JobRow>(
    'SELECT * FROM cloud_print_job WHERE order_id = ? ORDER BY seq DESC',
    order_id,
  );
  const live = jobs.find(({ status }) => status === 'queued' || status === 'sent');
  const onPaper = jobs.find(({ status }) => status === 'printed' || status === 'doubtful');
  const there = live ?? (copy ? undefined : onPaper);
  if (there !== undefined) return ok(jobOf(there));
  const uuid = scope.newUuid();
  const job_id = `cpj_${uuid}`;
  // The random end of the UUID, because its head is the time.
  const token = uuid.replaceAll('-', '').slice(-TOKEN_CHARS);
  sql.exec(
    `INSERT INTO cloud_print_job (job_id, token, printer_id, order_id, receipt, copy, status, created_at, updated_at)
     VALUES (?, ?, ?, ?, ?, ?, 'queued', ?, ?)`,
    job_id,
    token,
    printer_id,
    order_id,
    JSON.stringify(receipt),
    copy ? 1 : 0,
    now,
    now,
  );
  return ok(jobOf({ ...wanted(sql, job_id) }));
}

export function cloudPrintJob(sql: Sql, id: CloudPrintJobId): CloudPrintJob | null {
  const row = first<JobRow>(sql, 'SELECT * FROM cloud_print_job WHERE job_id = ?', id);
  return row === null ? null : jobOf(row);
}

/** What the printer should take next. What it left without a word is settled here, as a doubt. */
export function nextCloudPaper(
  { sql, now }: Pick<Scope, 'sql' | 'now'>,
  { printer_id, ready, busy }: { printer_id: string; ready: boolean; busy: boolean },
): { token: string } | null {
  const open = sql.exec<JobRow>(
    `SELECT * FROM cloud_print_job WHERE printer_id = ? AND status IN ('queued', 'sent') ORDER BY seq`,
    printer_id,
  );
  const sent = open.find(({ status }) => status === 'sent');
  if (sent !== undefined) {
    if (busy || now - sent.updated_at < CLOUD_PRINT_SILENCE_MS_MAX) return null;
    settleRow(sql, sent.token, 'doubtful', 'the printer fetched it and said no more', now);
  }
  const queued = open.filter(({ status }) => status === 'queued');
  const fresh = queued.filter(({ created_at }) => now - created_at < CLOUD_PRINT_QUEUED_MS_MAX);
  for (const { token } of queued.filter((one) => !fresh.includes(one)))
    settleRow(sql, token, 'failed', 'nobody fetched it', now);
  const next = fresh[0];
  return next === undefined || !ready || busy ? null : { token: next.token };
}

/** Hands a paper out and notes it first. Without a token: the one that is out, or the next. */
export function fetchCloudPaper(
  { sql, now }: Pick<Scope, 'sql' | 'now'>,
  { printer_id, token }: { printer_id: string; token: string | null },
): CloudPaper | null {
  const row = first<JobRow>(
    sql,
    `SELECT * FROM cloud_print_job WHERE printer_id = ? AND status IN ('queued', 'sent') AND (? IS NULL OR token = ?)
     ORDER BY status = 'sent' DESC, seq LIMIT 1`,
    printer_id,
    token,
    token,
  );
  if (row === null) return null;
  sql.exec(`UPDATE cloud_print_job SET status = 'sent', updated_at = ? WHERE token = ?`, now, row.token);
  const receipt = ReceiptDocument.parse(JSON.parse(row.receipt));
  return { token: row.token, receipt: { ...receipt, copy: row.copy === 1 || receipt.copy === true } };
}

/**
 * What the printer says of a paper. A word that comes late still turns a doubt into a fact; a job that is settled
 * for good does not change. Answers whether it was about a job of this printer.
 */
export function settleCloudPaper(
  { sql, now }: Pick<Scope, 'sql' | 'now'>,
  {
    printer_id,
    token,
    result,
    reason,
  }: { printer_id: string; token: string | null; result: CloudPrintResult; reason: string },
): boolean {
  const row = first<JobRow>(
    sql,
    `SELECT * FROM cloud_print_job WHERE printer_id = ? AND (token = ? OR (? IS NULL AND status = 'sent'))
     ORDER BY seq DESC LIMIT 1`,
    printer_id,
    token,
    token,
  );
  if (row === null) return false;
  if (row.status === 'sent' || row.status === 'doubtful') settleRow(sql, row.token, result, reason, now);
  // A printer may clear what it was offered and never fetched.
  else if (row.status === 'queued' && result !== 'printed') settleRow(sql, row.token, 'failed', reason, now);
  return true;
}

function settleRow(sql: Sql, token: string, result: CloudPrintResult, reason: string, now: number): void {
  sql.exec(
    'UPDATE cloud_print_job SET status = ?, reason = ?, updated_at = ? WHERE token = ?',
    result,
    result === 'printed' ? null : reason,
    now,
    token,
  );
}

function forgetOld(sql: Sql, now: number): void {
  sql.exec(
    `DELETE FROM cloud_print_job WHERE updated_at <= ? AND status NOT IN ('queued', 'sent')`,
    now - CLOUD_PRINT_KEPT_MS,
  );
}

function wanted(sql: Sql, jobId: string): JobRow {
  const row = first<JobRow>(sql, 'SELECT * FROM cloud_print_job WHERE job_id = ?', jobId);
  if (row === null) throw new Error('a row that was just written');
  return row;
}

function jobOf({
  job_id,
  status,
  order_id,
  printer_id,
  copy,
  reason,
  created_at,
  updated_at,
}: JobRow): CloudPrintJob {
  return CloudPrintJob.parse({
    id: CloudPrintJobId.parse(job_id),
    status,
    order_id,
    printer_id,
    copy: copy === 1,
    ...(reason === null ? {} : { reason }),
    created_at: iso(created_at),
    updated_at: iso(updated_at),
  });
}
