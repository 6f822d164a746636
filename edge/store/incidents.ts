import type { PaymentIncident } from '../../shared/rpc/payment.ts';
import { appendEvent } from './outbox.ts';
import type { Scope } from './scope.ts';
import { first, type Sql, single } from './sql.ts';

/**
 * `amount_mismatch`: what was taken is not what the lines come to; `epc_double_sale`: a tag was paid for twice; `late_capture`: money came for a cancelled order;
 * `unknown_order`: money came for an order this storage never saw; `late_refund`: goods came back to the shelf
 * before a till's older sale of them arrived; `refund_failed`: a provider refused to give money back;
 * `refund_unresolved`: nobody knows after weeks whether it did. The others speak of what tills sold by themselves.
 */
type IncidentKind =
  | 'amount_mismatch'
  | 'epc_double_sale'
  | 'journal_tampered'
  | 'late_capture'
  | 'unknown_order'
  | 'late_refund'
  | 'number_not_leased'
  | 'number_was_void'
  | 'offline_conflict'
  | 'offline_invalid'
  | 'offline_quarantined'
  | 'refund_failed'
  | 'refund_unresolved'
  | 'sales_missing'
  | 'suspected_duplicate'
  | PaymentIncident['kind'];

/** Keeps an incident for staff and tells the cloud, in the caller's transaction. Answers its id. */
export function raiseIncident(scope: Scope, kind: IncidentKind, detail: Record<string, string>): string {
  const incident_id = `inc_${scope.newUuid()}`;
  scope.sql.exec(
    'INSERT INTO incident (incident_id, kind, detail, at) VALUES (?, ?, ?, ?)',
    incident_id,
    kind,
    JSON.stringify(detail),
    scope.now,
  );
  appendEvent(scope, { type: 'incident.raised', data: { incident_id, kind, detail } });
  return incident_id;
}

/** Keeps an incident that a trip tells of, once a key. */
export function raisePaymentIncident(scope: Scope, { key, kind, detail }: PaymentIncident): void {
  const { sql, now } = scope;
  if (first(sql, 'SELECT 1 AS found FROM payment_incident WHERE key = ?', key) !== null) return;
  const incident_id = raiseIncident(scope, kind, detail);
  sql.exec('INSERT INTO payment_incident (key, incident_id, at) VALUES (?, ?, ?)', key, incident_id, now);
}

/** Staff have dealt with it. Again, or of another life of this storage: nothing changes. */
export function resolveIncident({ sql, now }: Scope, incident_id: string): void {
  sql.exec(
    'UPDATE incident SET resolved_at = ? WHERE incident_id = ? AND resolved_at IS NULL',
    now,
    incident_id,
  );
}

/** Whether something about an order waits for staff. */
export function hasOpenIncident(sql: Sql, order_id: string): boolean {
  return (
    single<{ n: number }>(
      sql,
      `SELECT count(*) AS n FROM incident WHERE resolved_at IS NULL AND detail ->> 'order_id' = ?`,
      order_id,
    ).n > 0
  );
}

export function openIncidents(sql: Sql): number {
  return single<{ n: number }>(sql, 'SELECT count(*) AS n FROM incident WHERE resolved_at IS NULL').n;
}
