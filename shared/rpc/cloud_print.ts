import { z } from 'zod';
import { CloudPrintJobId, DeviceId, OrderId } from '../ids/index.ts';
import { ReceiptDocument } from '../receipt/document.ts';
import type { Result } from '../result.ts';
import type { AgentCall, Repeatable } from './agents.ts';

/** `sent`: the printer has fetched it and has not said yet what became of it. */
export const CloudPrintStatus = z.enum(['queued', 'sent', 'printed', 'failed', 'doubtful']);
export type CloudPrintStatus = z.infer<typeof CloudPrintStatus>;

export const CloudPrintJob = z.object({
  id: CloudPrintJobId,
  status: CloudPrintStatus,
  order_id: OrderId,
  printer_id: DeviceId,
  /** The paper says COPY. */
  copy: z.boolean(),
  reason: z.string().optional(),
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
});
export type CloudPrintJob = z.infer<typeof CloudPrintJob>;

export const AskCloudPrint = z.object({
  printer_id: DeviceId,
  order_id: OrderId,
  receipt: ReceiptDocument,
  copy: z.boolean(),
});
export type AskCloudPrint = z.infer<typeof AskCloudPrint>;

/** A job as a printer is given it. */
export interface CloudPaper {
  /** Names the job to the printer: at most 30 letters and digits. */
  token: string;
  receipt: ReceiptDocument;
}

export type CloudPrintResult = 'printed' | 'failed' | 'doubtful';

/** The methods of a StoreObject for printers without an agent. */
export interface StoreForPrinters {
  /** Asking again for an order answers the job that is there; only `copy` makes another paper. */
  askCloudPrint(
    call: AgentCall,
    ask: AskCloudPrint,
  ): Promise<
    Result<Repeatable<CloudPrintJob>, { code: 'unknown_printer' } | { code: 'idempotency_key_reuse' }>
  >;
  cloudPrintJob(id: CloudPrintJobId): Promise<CloudPrintJob | null>;
  /**
   * What the printer should take next, or null. `ready`: it says that it can print now. `busy`: it says that it is
   * at a job. One that it fetched and left without a word becomes doubtful in time, and is never offered again.
   */
  nextCloudPaper(printer: {
    printer_id: string;
    ready: boolean;
    busy: boolean;
  }): Promise<{ token: string } | null>;
  /** Hands the job out: from here on it may be on paper. The same job may be fetched again until it is settled. */
  fetchCloudPaper(printer: { printer_id: string; token: string | null }): Promise<CloudPaper | null>;
  settleCloudPaper(settle: {
    printer_id: string;
    token: string | null;
    result: CloudPrintResult;
    reason: string;
  }): Promise<boolean>;
}
