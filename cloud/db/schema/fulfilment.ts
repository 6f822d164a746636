import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import { retailerId, storeId } from './columns.ts';

/** Where a store's documents go. Several targets of a store know nothing of one another. */
export const fulfilmentTarget = sqliteTable(
  'fulfilment_target',
  {
    retailer_id: retailerId(),
    store_id: storeId(),
    /** The retailer's own short name of it; jobs belong to it for good. */
    key: text('key').notNull(),
    kind: text('kind', { enum: ['http_xml', 'http_json', 'batch_csv'] }).notNull(),
    url: text('url').notNull(),
    /** Name of the Worker secret that signs what is sent. */
    secret_ref: text('secret_ref').notNull(),
    document: text('document', { enum: ['poslog_xml', 'poslog_json', 'csv'] }).notNull(),
    gate_on: text('gate_on', { enum: ['completed', 'verified'] }).notNull(),
    /** JSON. */
    settings: text('settings').notNull(),
    active: integer('active', { mode: 'boolean' }).notNull(),
    updated_at: text('updated_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.retailer_id, table.store_id, table.key] })],
);

/**
 * One document of one order for one target. `payload` stands before anything is sent, and what was sent is never
 * made anew. It is no part of the projection: building that anew sends nothing twice.
 */
export const fulfilmentJob = sqliteTable(
  'fulfilment_job',
  {
    retailer_id: retailerId(),
    id: text('id').notNull(),
    store_id: storeId(),
    target: text('target').notNull(),
    order_id: text('order_id').notNull(),
    /** As `pos_transaction.doc`. */
    doc_type: text('doc_type').notNull(),
    doc_version: integer('doc_version').notNull(),
    /** `none`: it waits for the check at the exit. */
    state: text('state', {
      enum: ['none', 'queued', 'sent', 'acked', 'failed', 'quarantined'],
    }).notNull(),
    /** Why it failed or is kept apart, for people. */
    reason: text('reason'),
    content_type: text('content_type').notNull(),
    payload: text('payload').notNull(),
    attempts: integer('attempts').notNull().default(0),
    /** When it is tried next, in milliseconds since 1970; null: not by itself. */
    next_at: integer('next_at'),
    /** The receiver's own name of it. */
    remote_id: text('remote_id'),
    created_at: text('created_at').notNull(),
    updated_at: text('updated_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.retailer_id, table.id] }),
    uniqueIndex('fulfilment_job_key').on(
      table.retailer_id,
      table.store_id,
      table.target,
      table.order_id,
      table.doc_type,
      table.doc_version,
    ),
    index('fulfilment_job_due').on(table.next_at),
    index('fulfilment_job_order').on(table.retailer_id, table.order_id),
    index('fulfilment_job_created').on(table.retailer_id, table.created_at, table.id),
  ],
);
