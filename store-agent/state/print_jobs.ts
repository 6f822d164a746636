import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { integer, type Row, text, textOrNull } from './row.ts';

export const PrintStatus = z.enum(['waiting', 'queued', 'printing', 'printed', 'failed', 'doubtful']);
export type PrintStatus = z.infer<typeof PrintStatus>;
export const PrintKind = z.enum(['order', 'receipt', 'markup']);
export type PrintKind = z.infer<typeof PrintKind>;

export interface PrintJob {
  id: string;
  status: PrintStatus;
  kind: PrintKind;
  order_id: string | null;
  /** The receipt as JSON, or the markup; null for an order, whose receipt is kept apart. */
  source: string | null;
  printer_id: string;
  copies: number;
  /** Every paper of the job says COPY. */
  copy: boolean;
  reprint_of: string | null;
  attempts: number;
  retry_at: number;
  reason: string | null;
  detail: string | null;
  created_at: number;
  updated_at: number;
}

export type NewPrintJob = Pick<
  PrintJob,
  'id' | 'status' | 'kind' | 'order_id' | 'source' | 'printer_id' | 'copies' | 'copy' | 'reprint_of'
>;
export type PrintChange = Partial<Pick<PrintJob, 'status' | 'attempts' | 'retry_at' | 'reason' | 'detail'>>;

/** The table `print_job`, which is the print queue. Writes expect a transaction around them. */
export class PrintJobTable {
  readonly #db: DatabaseSync;

  constructor(db: DatabaseSync) {
    this.#db = db;
  }

  insert(job: NewPrintJob, atMs: number): PrintJob {
    this.#db
      .prepare(
        `INSERT INTO print_job (id, status, kind, order_id, source, printer_id, copies, copy, reprint_of, created_at, updated_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(
        job.id,
        job.status,
        job.kind,
        job.order_id,
        job.source,
        job.printer_id,
        job.copies,
        job.copy ? 1 : 0,
        job.reprint_of,
        atMs,
        atMs,
      );
    return {
      ...job,
      attempts: 0,
      retry_at: 0,
      reason: null,
      detail: null,
      created_at: atMs,
      updated_at: atMs,
    };
  }

  change(id: string, change: PrintChange, atMs: number): void {
    const entries = Object.entries(change);
    const sets = [...entries.map(([column]) => `${column} = ?`), 'updated_at = ?'].join(', ');
    this.#db
      .prepare(`UPDATE print_job SET ${sets} WHERE id = ?`)
      .run(...entries.map(([, value]) => value), atMs, id);
  }

  get(id: string): PrintJob | null {
    const row = this.#db.prepare('SELECT * FROM print_job WHERE id = ?').get(id);
    return row === undefined ? null : jobOf(row);
  }

  /** The jobs of an order, newest first. */
  ofOrder(orderId: string): PrintJob[] {
    return this.#db
      .prepare('SELECT * FROM print_job WHERE order_id = ? ORDER BY seq DESC')
      .all(orderId)
      .map(jobOf);
  }

  /** The job that a printer should take next: strictly in order, so an unlucky one holds its place. */
  next(printerId: string): PrintJob | null {
    const row = this.#db
      .prepare("SELECT * FROM print_job WHERE status = 'queued' AND printer_id = ? ORDER BY seq LIMIT 1")
      .get(printerId);
    return row === undefined ? null : jobOf(row);
  }

  inStatus(status: 'waiting' | 'queued' | 'printing'): PrintJob[] {
    return this.#db.prepare('SELECT * FROM print_job WHERE status = ? ORDER BY seq').all(status).map(jobOf);
  }

  newest(limit: number): PrintJob[] {
    return this.#db.prepare('SELECT * FROM print_job ORDER BY seq DESC LIMIT ?').all(limit).map(jobOf);
  }

  forgetFinishedBefore(atMs: number): void {
    this.#db
      .prepare(
        "DELETE FROM print_job WHERE updated_at < ? AND status NOT IN ('waiting', 'queued', 'printing')",
      )
      .run(atMs);
  }
}

function jobOf(row: Row): PrintJob {
  return {
    id: text(row, 'id'),
    status: PrintStatus.parse(row['status']),
    kind: PrintKind.parse(row['kind']),
    order_id: textOrNull(row, 'order_id'),
    source: textOrNull(row, 'source'),
    printer_id: text(row, 'printer_id'),
    copies: integer(row, 'copies'),
    copy: integer(row, 'copy') === 1,
    reprint_of: textOrNull(row, 'reprint_of'),
    attempts: integer(row, 'attempts'),
    retry_at: integer(row, 'retry_at'),
    reason: textOrNull(row, 'reason'),
    detail: textOrNull(row, 'detail'),
    created_at: integer(row, 'created_at'),
    updated_at: integer(row, 'updated_at'),
  };
}
