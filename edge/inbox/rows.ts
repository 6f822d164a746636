import type { Webhook, WebhookQuery } from '../../shared/rpc/webhooks.ts';
import { first, type Sql } from '../store/sql.ts';
import { isCreated, type WebhookRow } from './schema.ts';

const iso = (ms: number): string => new Date(ms).toISOString();

export const rowOf = (sql: Sql, id: string): WebhookRow | null =>
  isCreated(sql) ? first<WebhookRow>(sql, 'SELECT * FROM webhook WHERE id = ?', id) : null;

export function viewWebhook(row: WebhookRow): Webhook {
  const { id, gateway, event_id, kind, type, payment_id, refund_id, reference, occurred_at } = row;
  const { status, tries, deliveries, problem } = row;
  return {
    ...{ id, gateway, event_id, kind, type, payment_id, refund_id, reference, occurred_at },
    ...{ status, tries, deliveries, problem },
    received_at: iso(row.received_at),
    applied_at: row.applied_at === null ? null : iso(row.applied_at),
  };
}

/** Newest first. Null: there is no such message to go on from. */
export function listWebhooks(sql: Sql, query: WebhookQuery): { data: Webhook[]; has_more: boolean } | null {
  if (!isCreated(sql))
    return query.after === undefined && query.before === undefined ? { data: [], has_more: false } : null;
  const cursor = query.after ?? query.before;
  const from = cursor === undefined ? null : rowOf(sql, cursor);
  if (cursor !== undefined && from === null) return null;
  const backwards = query.before !== undefined;
  const rows = sql.exec<WebhookRow>(
    `SELECT * FROM webhook WHERE (?1 IS NULL OR status = ?1) AND (?2 IS NULL OR n ${backwards ? '>' : '<'} ?2)
     ORDER BY n ${backwards ? 'ASC' : 'DESC'} LIMIT ?3`,
    ...[query.status ?? null, from?.n ?? null, query.limit + 1],
  );
  const page = rows.slice(0, query.limit);
  return { data: (backwards ? page.reverse() : page).map(viewWebhook), has_more: rows.length > query.limit };
}

export function countWebhooks(sql: Sql): Partial<Record<WebhookRow['status'], number>> {
  if (!isCreated(sql)) return {};
  const rows = sql.exec<{ status: WebhookRow['status']; count: number }>(
    'SELECT status, count(*) AS count FROM webhook GROUP BY status',
  );
  return Object.fromEntries(rows.map(({ status, count }) => [status, count]));
}
