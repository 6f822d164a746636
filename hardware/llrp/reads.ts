import type { TagRead } from '../port.ts';
import type { TagReport } from './codec/tag-report.ts';
import { isoTimes } from './iso-time.ts';

const isoOf = isoTimes();

/**
 * Turns what the reader reported into reads. `readerStartMs` is when the reader's uptime began, in
 * milliseconds since the epoch; readers without a UTC clock tell only their uptime. Tags with an empty EPC
 * are left out: nothing can be said of them.
 */
export function toTagReads(
  reports: TagReport[],
  receivedAtMs: number,
  readerStartMs: number | null,
): TagRead[] {
  const receivedAt = isoOf(receivedAtMs) ?? new Date(receivedAtMs).toISOString();
  const reads: TagRead[] = [];
  for (const report of reports) {
    if (report.epc === '') continue;
    reads.push({
      epc: report.epc,
      antenna: report.antennaId ?? 0,
      rssi: report.peakRssi,
      count: Math.max(1, report.tagSeenCount ?? 1),
      seenAt: seenAt(report, readerStartMs),
      receivedAt,
    });
  }
  return reads;
}

function seenAt(report: TagReport, readerStartMs: number | null): string | null {
  const utcMicros = report.lastSeenUtc ?? report.firstSeenUtc;
  if (utcMicros !== null) return isoOf(Math.floor(utcMicros / 1000));
  const uptimeMicros = report.lastSeenUptime ?? report.firstSeenUptime;
  if (uptimeMicros === null || readerStartMs === null) return null;
  return isoOf(readerStartMs + Math.floor(uptimeMicros / 1000));
}
