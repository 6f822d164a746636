import { z } from 'zod';
import { err, ok, type Result } from '../../shared/result.ts';
import { epcHex } from '../epc_hex.ts';
import type { TagRead } from '../port.ts';

/** The reader puts at most 256 KB into one report; the rest is the envelope. */
export const REPORT_BYTES_MAX = 512 * 1024;
const EVENTS_MAX = 10_000;

/**
 * One tag event. `eventNum`, `format` and `idHex` are shown by the vendor's own samples; `antenna`,
 * `peakRssi` and `reads` follow the metadata that `set_mode` asks for. To be confirmed on a device.
 */
const TagEvent = z.object({
  type: z.string().max(64).optional(),
  timestamp: z.string().max(64).optional(),
  data: z.object({
    eventNum: z.int().min(0).optional(),
    format: z.string().max(32).optional(),
    idHex: z.string().max(256),
    antenna: z.int().min(0).max(255).optional(),
    /** dBm. */
    peakRssi: z.number().optional(),
    reads: z.int().min(1).optional(),
  }),
});

interface TagReport {
  reads: TagRead[];
  /** The numbers that the reader gave its events, in order. */
  eventNums: number[];
  /** Events that are not tag reads, or name a tag by something other than an EPC. */
  skipped: number;
}

export interface ReportError {
  code: 'too_long' | 'not_json' | 'too_many';
  detail: string;
}

/** Reads what the reader posts or publishes: one event, or an array of them where it batches. */
export function parseTagReport(text: string, receivedAtMs: number): Result<TagReport, ReportError> {
  if (text.length > REPORT_BYTES_MAX) return err({ code: 'too_long', detail: 'a report is too long' });
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return err({ code: 'not_json', detail: 'a report is no JSON' });
  }
  const events: unknown[] = Array.isArray(json) ? json : [json];
  if (events.length > EVENTS_MAX) return err({ code: 'too_many', detail: 'a report holds too many events' });
  const report: TagReport = { reads: [], eventNums: [], skipped: 0 };
  const receivedAt = new Date(receivedAtMs).toISOString();
  for (const event of events) {
    const parsed = TagEvent.safeParse(event);
    if (!parsed.success) {
      report.skipped += 1;
      continue;
    }
    const { timestamp, data } = parsed.data;
    if (data.eventNum !== undefined) report.eventNums.push(data.eventNum);
    const epc = data.format === undefined || data.format === 'epc' ? epcHex(data.idHex) : null;
    if (epc === null) {
      report.skipped += 1;
      continue;
    }
    report.reads.push({
      epc,
      antenna: data.antenna ?? 0,
      rssi: data.peakRssi ?? null,
      count: data.reads ?? 1,
      seenAt: isoOf(timestamp),
      receivedAt,
    });
  }
  return ok(report);
}

/** "2021-07-19T14:05:31.123+0000" and its kin; a time that is none is left out, never guessed. */
function isoOf(time: string | undefined): string | null {
  const ms = Date.parse((time ?? '').replace(/([+-]\d\d)(\d\d)$/, '$1:$2'));
  return Number.isNaN(ms) ? null : new Date(ms).toISOString();
}
