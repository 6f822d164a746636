import { parseMarkup } from '../../shared/receipt/index.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import type { Tables } from '../state/agent_state.ts';
import type { PrintJob, PrintStatus } from '../state/print_jobs.ts';
import { orderPrint, reprintOf } from './outcome.ts';
import type { Drawer, Paper } from './render.ts';
import type { PrintRequest } from './request.ts';

/** A sale that reaches us later than this prints nothing by itself: its shopper has gone. */
const AUTO_PRINT_AGE_MAX_MS = 10 * 60_000;

export interface SubmitContext {
  printers: readonly (Pick<Paper, 'columns' | 'charset'> & { id: string })[];
  drawer: Pick<Drawer, 'logos'>;
  now(): number;
  newId(): string;
}

export type SubmitRefusal =
  | { code: 'no_printer' }
  | { code: 'unknown_printer' }
  | { code: 'bad_markup'; detail: string };
export type ReprintRefusal =
  | { code: 'not_found' }
  | { code: 'still_live'; status: PrintStatus }
  | { code: 'unknown_printer' };

/** Inserts the job that a request asks for, inside the caller's transaction, or names the one that is there. */
export function submitPrint(
  tables: Tables,
  context: SubmitContext,
  request: PrintRequest,
): Result<PrintJob, SubmitRefusal> {
  const { printers, now, newId } = context;
  if (printers.length === 0) return err({ code: 'no_printer' });
  const wantedId = request.printer_id;
  const printer = wantedId === undefined ? printers[0] : printers.find((one) => one.id === wantedId);
  if (printer === undefined) return err({ code: 'unknown_printer' });
  const base = { id: newId(), printer_id: printer.id, copies: request.copies ?? 1, reprint_of: null };
  if (request.markup !== undefined) {
    const markup = parseMarkup(request.markup, {
      columns: printer.columns,
      charset: printer.charset,
      logos: context.drawer.logos,
    });
    if (!markup.ok) return err({ code: 'bad_markup', detail: markup.error.detail });
    const what = { kind: 'markup', order_id: null, source: request.markup, copy: false } as const;
    return ok(tables.printJobs.insert({ ...base, ...what, status: 'queued' }, now()));
  }
  if (request.receipt !== undefined) {
    const what = {
      kind: 'receipt',
      order_id: null,
      source: JSON.stringify(request.receipt),
      copy: false,
    } as const;
    return ok(tables.printJobs.insert({ ...base, ...what, status: 'queued' }, now()));
  }
  const orderId = request.order_id;
  if (orderId === undefined) throw new Error('a print request for nothing');
  const wanted = orderPrint(tables.printJobs.ofOrder(orderId), request.copy === true);
  if (!wanted.make) return ok(wanted.job);
  const what = { kind: 'order', order_id: orderId, source: null, copy: wanted.copy } as const;
  return ok(tables.printJobs.insert({ ...base, ...what, status: readyOrWaiting(tables, orderId) }, now()));
}

/** Inserts another job for the same paper, marked COPY unless nothing can have been printed. */
export function reprintJob(
  tables: Tables,
  context: SubmitContext,
  id: string,
): Result<PrintJob, ReprintRefusal> {
  const { printers, now, newId } = context;
  const job = tables.printJobs.get(id);
  if (job === null) return err({ code: 'not_found' });
  const { allowed, copy } = reprintOf(job.status);
  if (!allowed) return err({ code: 'still_live', status: job.status });
  if (!printers.some((one) => one.id === job.printer_id)) return err({ code: 'unknown_printer' });
  const { kind, order_id, source, printer_id } = job;
  const siblings = order_id === null ? [] : tables.printJobs.ofOrder(order_id);
  const live = siblings.find((one) => !reprintOf(one.status).allowed);
  if (live !== undefined) return ok(live);
  // An earlier sibling may have come out even where this job is proven not to have.
  const marked = copy || job.copy || siblings.some((one) => reprintOf(one.status).copy);
  const status = order_id === null ? 'queued' : readyOrWaiting(tables, order_id);
  const what = { kind, order_id, source, printer_id, copies: 1, copy: marked, reprint_of: job.id };
  return ok(tables.printJobs.insert({ id: newId(), status, ...what }, now()));
}

/** A store that prints by itself: one job an order, in the transaction that takes the sale. */
export function autoPrint(
  tables: Tables,
  context: SubmitContext,
  sales: readonly { order_id: string; at: string }[],
): void {
  const { printers, now, newId } = context;
  const printer = printers[0];
  if (printer === undefined) return;
  for (const { order_id, at } of sales) {
    if (now() - Date.parse(at) > AUTO_PRINT_AGE_MAX_MS || tables.printJobs.ofOrder(order_id).length > 0)
      continue;
    const what = { kind: 'order', order_id, source: null, copies: 1, copy: false, reprint_of: null } as const;
    tables.printJobs.insert({ id: newId(), status: 'waiting', printer_id: printer.id, ...what }, now());
  }
}

const readyOrWaiting = (tables: Tables, orderId: string): 'queued' | 'waiting' =>
  tables.receipts.has(orderId) ? 'queued' : 'waiting';
