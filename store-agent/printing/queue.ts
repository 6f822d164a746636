import type { Printer, PrintOutcome } from '../../hardware/port.ts';
import type { Result } from '../../shared/result.ts';
import type { EdgeHttp } from '../link/edge_http.ts';
import { errorText, type Log } from '../log.ts';
import type { AgentState, Tables } from '../state/agent_state.ts';
import type { PrintChange, PrintJob, PrintStatus } from '../state/print_jobs.ts';
import { afterOutcome, afterRestart } from './outcome.ts';
import { ReceiptFetcher } from './receipt_fetcher.ts';
import { type Drawer, type Paper, renderJob } from './render.ts';
import type { PrintRequest } from './request.ts';
import { autoPrint, type ReprintRefusal, reprintJob, type SubmitRefusal, submitPrint } from './submit.ts';

const DISK_WAIT_MS = 1_000;

export interface QueuePrinter extends Paper {
  id: string;
  device: Printer;
}

export interface PrintQueueContext {
  state: AgentState;
  printers: QueuePrinter[];
  drawer: Drawer;
  edge: Pick<EdgeHttp, 'receipt'>;
  linked(): boolean;
  now(): number;
  newId(): string;
  log: Log;
  /** After a change of a job is on disk. */
  onJob(job: PrintJob): void;
}

/**
 * The print queue in SQLite: one job at a time a printer, in order. `printing` is on the disk before the
 * first byte leaves, so that whatever kills the process, no paper is ever sent twice by itself.
 */
export class PrintQueue {
  readonly #context: PrintQueueContext;
  readonly #fetcher: ReceiptFetcher;
  readonly #busy = new Map<string, Promise<void>>();
  /** Printers for which a job came while they were about to find nothing left. */
  readonly #again = new Set<string>();
  readonly #timers = new Map<string, NodeJS.Timeout>();
  /** Outcomes that a full disk has not taken yet. */
  #unsettled: (() => boolean)[] = [];
  #stopped = false;

  constructor(context: PrintQueueContext) {
    this.#context = context;
    this.#fetcher = new ReceiptFetcher({
      ...context,
      onHeld: (orderId) => this.receiptsArrived([orderId]),
      giveUp: (job, detail) => this.#settle(job, { status: 'failed', reason: 'order_unavailable', detail }),
    });
    context.state.onDiskRetry(() => this.#retrySettling());
  }

  /** Takes up what an earlier process left: what was being printed becomes doubtful, the rest goes on. */
  start(): void {
    const { printJobs } = this.#context.state.tables;
    for (const job of printJobs.inStatus('printing')) this.#settle(job, afterRestart());
    this.receiptsArrived(
      printJobs.inStatus('waiting').flatMap((job) => (job.order_id === null ? [] : [job.order_id])),
    );
    for (const printer of this.#context.printers) this.#run(printer);
    this.#fetcher.start();
  }

  /** Waits for printers that are in the middle of a job. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#fetcher.stop();
    for (const timer of this.#timers.values()) clearTimeout(timer);
    await Promise.all(this.#busy.values());
  }

  submit(tables: Tables, request: PrintRequest): Result<PrintJob, SubmitRefusal> {
    return submitPrint(tables, this.#context, request);
  }

  reprint(tables: Tables, id: string): Result<PrintJob, ReprintRefusal> {
    return reprintJob(tables, this.#context, id);
  }

  /** To be called in the transaction that takes the sales; does nothing where the store's policy is off. */
  autoPrint(tables: Tables, sales: readonly { order_id: string; at: string }[]): void {
    if (this.#context.state.config?.policies.auto_print === true) autoPrint(tables, this.#context, sales);
  }

  /** Call after the transaction of `submit` or `reprint`. */
  submitted(job: PrintJob): void {
    this.#context.onJob(job);
    const printer = this.#context.printers.find((one) => one.id === job.printer_id);
    if (job.status === 'waiting') this.#fetcher.kick();
    else if (printer !== undefined) this.#run(printer);
  }

  /** Receipts are on disk now: jobs that waited for them may print. */
  receiptsArrived(orderIds: readonly string[]): void {
    const { state } = this.#context;
    for (const orderId of orderIds) {
      const waiting = state.tables.printJobs.ofOrder(orderId).find((job) => job.status === 'waiting');
      if (waiting === undefined || !state.tables.receipts.has(orderId)) continue;
      if (this.#change(waiting, { status: 'queued', retry_at: 0, reason: null, detail: null }))
        this.#runById(waiting.printer_id);
    }
  }

  #runById(printerId: string): void {
    const printer = this.#context.printers.find((one) => one.id === printerId);
    if (printer !== undefined) this.#run(printer);
  }

  #run(printer: QueuePrinter): void {
    if (this.#stopped) return;
    if (this.#busy.has(printer.id)) {
      this.#again.add(printer.id);
      return;
    }
    clearTimeout(this.#timers.get(printer.id));
    const work = this.#work(printer)
      .catch((error: unknown) => {
        this.#context.log('error', 'the print queue failed', { printer: printer.id, err: errorText(error) });
        return DISK_WAIT_MS;
      })
      .then((waitMs) => {
        this.#busy.delete(printer.id);
        if (this.#again.delete(printer.id)) this.#run(printer);
        else if (waitMs !== null && !this.#stopped)
          this.#timers.set(
            printer.id,
            setTimeout(() => this.#run(printer), waitMs),
          );
      });
    this.#busy.set(printer.id, work);
  }

  /** Prints until nothing is left (null) or the next job has to wait (milliseconds). */
  async #work(printer: QueuePrinter): Promise<number | null> {
    const { state, now } = this.#context;
    while (!this.#stopped) {
      // An outcome that is not on disk yet comes first, or the same job would be taken again.
      if (!this.#retrySettling()) return DISK_WAIT_MS;
      const job = state.tables.printJobs.next(printer.id);
      if (job === null) return null;
      const waitMs = job.retry_at - now();
      if (waitMs > 0) return waitMs;
      if (!(await this.#print(printer, job))) return DISK_WAIT_MS;
    }
    return null;
  }

  async #print(printer: QueuePrinter, job: PrintJob): Promise<boolean> {
    const { state, log } = this.#context;
    const receipt = job.order_id === null ? null : state.tables.receipts.document(job.order_id);
    const rendered = await renderJob(job, receipt, printer, this.#context.drawer);
    if (this.#stopped) return true;
    if (!rendered.ok) {
      this.#settle(job, { status: 'failed', reason: 'unprintable', detail: rendered.error });
      return true;
    }
    const { bytes, notes } = rendered.value;
    for (const note of notes) log('warn', note, { job: job.id, printer: printer.id });
    const attempt = { ...job, attempts: job.attempts + 1 };
    if (!this.#change(attempt, { status: 'printing', attempts: attempt.attempts })) return false;
    const outcome = await this.#send(printer, bytes);
    log(outcome.result === 'printed' ? 'info' : 'warn', 'print job', {
      job: job.id,
      printer: printer.id,
      result: outcome.result,
    });
    const change = afterOutcome(attempt, outcome, this.#context.now());
    // What is missing on a paper that did come out is said where staff look for the job.
    const missing = change.status === 'printed' && notes.length > 0 ? { detail: notes.join(' ') } : {};
    this.#settle(attempt, { ...change, ...missing });
    return true;
  }

  /** A driver that throws is broken in a way nobody foresaw: bytes may have left. */
  async #send(printer: QueuePrinter, bytes: Uint8Array): Promise<PrintOutcome> {
    try {
      return await printer.device.print(bytes);
    } catch (error) {
      return { result: 'doubtful', reason: 'error', detail: errorText(error) };
    }
  }

  /** Writes an outcome, with its report where it is final; a full disk makes it wait, in order. */
  #settle(job: PrintJob, change: PrintChange & { status: PrintStatus }): void {
    this.#unsettled.push(() => this.#change(job, change, change.status !== 'queued'));
    this.#retrySettling();
  }

  #retrySettling(): boolean {
    while (this.#unsettled.length > 0) {
      const settle = this.#unsettled.shift();
      if (settle !== undefined && !settle()) {
        this.#unsettled.unshift(settle);
        return false;
      }
    }
    return true;
  }

  #change(job: PrintJob, change: PrintChange & { status: PrintStatus }, final = false): boolean {
    const { state, now, onJob } = this.#context;
    const atMs = now();
    const written = state.write((tables) => {
      tables.printJobs.change(job.id, change, atMs);
      if (!final) return;
      const { id, order_id, printer_id, copy, attempts } = job;
      tables.journal.append(atMs, 'print', {
        job_id: id,
        order_id,
        printer_id,
        copy,
        attempts,
        result: change.status,
        reason: change.reason ?? null,
      });
    });
    if (!written.ok) return false;
    if (final) state.reportsChanged();
    onJob({ ...job, ...change, updated_at: atMs });
    return true;
  }
}
