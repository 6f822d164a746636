import { index, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { retailerId } from './columns.ts';

/** Who changed what; written in the batch of the change itself. */
export const auditLog = sqliteTable(
  'audit_log',
  {
    retailer_id: retailerId(),
    id: text('id').notNull(),
    at: text('at').notNull(),
    /** The caller's `sub`. */
    actor: text('actor').notNull(),
    role: text('role').notNull(),
    action: text('action').notNull(),
    target: text('target').notNull(),
    detail: text('detail').notNull(),
    request_id: text('request_id').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.retailer_id, table.id] }),
    index('audit_at').on(table.retailer_id, table.at, table.id),
  ],
);

/** The first success of a POST under its key, for 35 days. */
export const idempotency = sqliteTable(
  'idempotency',
  {
    retailer_id: retailerId(),
    principal: text('principal').notNull(),
    /** Method and path. */
    route: text('route').notNull(),
    key: text('key').notNull(),
    body_hash: text('body_hash').notNull(),
    /** The answer, sealed: some answers show a secret once. Null: the first call is still running. */
    response: text('response'),
    created_at: text('created_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.retailer_id, table.principal, table.route, table.key] }),
    index('idempotency_created').on(table.created_at),
  ],
);
