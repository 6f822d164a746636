import type { WebhookEvent } from '../payment/gateway.ts';
import { first, type Sql } from '../store/sql.ts';
import type { TakeWebhook } from './port.ts';
import { createTables } from './schema.ts';

/** One event of a message with what is kept of it, sealed. */
export interface SealedEvent {
  id: string;
  event: WebhookEvent;
  sealed_event: string;
  sealed_body: string;
}

/** Writes what came in one transaction of the caller's. One that is there already only counts how often it came. */
export function takeEvents(
  sql: Sql,
  { store_id }: Pick<TakeWebhook, 'store_id'>,
  events: readonly SealedEvent[],
  nowMs: number,
): number {
  createTables(sql);
  let fresh = 0;
  for (const { id, event, sealed_event, sealed_body } of events) {
    if (first(sql, 'SELECT 1 AS found FROM webhook WHERE event_id = ?', event.event_id) !== null) {
      sql.exec('UPDATE webhook SET deliveries = deliveries + 1 WHERE event_id = ?', event.event_id);
      continue;
    }
    const acts = event.kind === 'payment' || event.kind === 'refund' || event.kind === 'dispute';
    sql.exec(
      `INSERT INTO webhook (id, event_id, store_id, gateway, kind, type, payment_id, refund_id, reference, occurred_at,
         event, body, status, next_at, received_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      ...[id, event.event_id, store_id, event.gateway, event.kind, event.type],
      ...[event.payment_id, event.refund_id, event.reference, event.occurred_at ?? null],
      ...[sealed_event, sealed_body, acts ? 'received' : 'ignored', acts ? nowMs : null, nowMs],
    );
    fresh++;
  }
  return fresh;
}
