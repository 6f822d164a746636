import type { Report } from '../../shared/feed/frames.ts';
import { raiseIncident } from './incidents.ts';
import { appendEvent } from './outbox.ts';
import type { Scope } from './scope.ts';
import { first, type Sql } from './sql.ts';

/** How long the ids of taken reports are remembered: an agent repeats what was not accepted, never older. */
export const REPORT_IDS_KEPT_MS = 35 * 24 * 3_600_000;

/** Who reports: ids count within a journal, which is born with the agent's storage. */
export interface Reporter {
  agent: string;
  journal: string;
}

/** Takes a report once by (agent, journal, id), in the caller's transaction. A repeat changes nothing. */
export function takeReport(scope: Scope, { agent, journal }: Reporter, report: Report): void {
  const taken = scope.sql.exec(
    'INSERT INTO report (agent, journal, report_id, at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING report_id',
    agent,
    journal,
    report.id,
    scope.now,
  );
  if (taken.length === 0) return;
  const { id: report_id, kind, at: reported_at, data } = report;
  if (kind === 'till.damaged') raiseIncident(scope, 'journal_tampered', { agent, ...textsOf(data) });
  appendEvent(scope, { type: 'agent.reported', data: { agent, report_id, kind, reported_at, data } });
}

/** What a report says of the damage, as an incident keeps it; anything that is no plain value is left out. */
const textsOf = (data: Report['data']): Record<string, string> =>
  Object.fromEntries(
    Object.entries(data).flatMap(([field, value]) =>
      typeof value === 'string' || typeof value === 'number' ? [[field, String(value)]] : [],
    ),
  );

export function oldestReportAt(sql: Sql): number | null {
  return first<{ at: number | null }>(sql, 'SELECT min(at) AS at FROM report')?.at ?? null;
}

export function purgeReportIds(sql: Sql, now: number): void {
  sql.exec('DELETE FROM report WHERE at <= ?', now - REPORT_IDS_KEPT_MS);
}
