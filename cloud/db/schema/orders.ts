import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { retailerId, storeId } from './columns.ts';

/**
 * The projection: what the stores' events say, kept for search. It has one writer (cloud/project), holds
 * nothing that the events do not, and can be deleted and built again.
 */
export const orderRow = sqliteTable(
  'order_row',
  {
    retailer_id: retailerId(),
    id: text('id').notNull(),
    store_id: storeId(),
    number: text('number').notNull(),
    status: text('status', { enum: ['created', 'cancelled', 'completed'] }).notNull(),
    payment_status: text('payment_status').notNull(),
    /** Null as long as only a cancellation has arrived. */
    total: integer('total'),
    currency: text('currency'),
    items: integer('items'),
    shopper_id: text('shopper_id'),
    created_at: text('created_at').notNull(),
    completed_at: text('completed_at'),
    cancelled_at: text('cancelled_at'),
    cancel_reason: text('cancel_reason'),
    /** Money words of a completed order as JSON: subtotal, discount, tax, captured, receipt numbers. */
    summary: text('summary'),
    /** Which till sold it, as JSON; null: a shopper's phone. */
    till: text('till'),
    /** The check at the exit, as the newest word of it says; null: only a creation or cancellation is known. */
    verification_status: text('verification_status'),
    /** When that was said. */
    verification_at: text('verification_at'),
    /** How far an order that is fetched later is, and after how many steps; null: nobody fetches it later. */
    collection_status: text('collection_status'),
    collection_n: integer('collection_n'),
  },
  (table) => [
    primaryKey({ columns: [table.retailer_id, table.id] }),
    index('order_created').on(table.retailer_id, table.created_at, table.id),
    index('order_store_created').on(table.retailer_id, table.store_id, table.created_at, table.id),
    index('order_number').on(table.retailer_id, table.number),
  ],
);

export const orderLine = sqliteTable(
  'order_line',
  {
    retailer_id: retailerId(),
    order_id: text('order_id').notNull(),
    /** Place of the line in its order, from 0. */
    position: integer('position').notNull(),
    epc: text('epc'),
    item_id: text('item_id').notNull(),
    document: text('document').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.retailer_id, table.order_id, table.position] }),
    index('order_line_epc').on(table.retailer_id, table.epc),
  ],
);

export const orderPayment = sqliteTable(
  'order_payment',
  {
    retailer_id: retailerId(),
    order_id: text('order_id').notNull(),
    id: text('id').notNull(),
    document: text('document').notNull(),
  },
  (table) => [primaryKey({ columns: [table.retailer_id, table.order_id, table.id] })],
);

/** What the retailer's POSLog holds of an order. */
export const posTransaction = sqliteTable(
  'pos_transaction',
  {
    retailer_id: retailerId(),
    order_id: text('order_id').notNull(),
    /** `sale`, `void`, or `return:` and the refund's id. */
    doc: text('doc').notNull(),
    store_id: storeId(),
    document: text('document').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.retailer_id, table.order_id, table.doc] }),
    index('pos_transaction_store').on(table.retailer_id, table.store_id),
  ],
);

/** Every look into the bag of an order; `reviewer` null: nobody came in time. */
export const orderReview = sqliteTable(
  'order_review',
  {
    retailer_id: retailerId(),
    order_id: text('order_id').notNull(),
    /** The event's epoch and number. */
    id: text('id').notNull(),
    store_id: storeId(),
    result: text('result', { enum: ['verified', 'failed'] }).notNull(),
    reviewer: text('reviewer'),
    reason: text('reason'),
    at: text('at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.retailer_id, table.order_id, table.id] }),
    index('order_review_store').on(table.retailer_id, table.store_id),
  ],
);

/** Every step of an order that is fetched later. */
export const orderCollection = sqliteTable(
  'order_collection',
  {
    retailer_id: retailerId(),
    order_id: text('order_id').notNull(),
    /** From 1. */
    n: integer('n').notNull(),
    store_id: storeId(),
    status: text('status').notNull(),
    actor: text('actor', { enum: ['staff', 'shopper', 'system'] }).notNull(),
    /** The member of staff. */
    by: text('by'),
    reason: text('reason'),
    hold_until: text('hold_until'),
    at: text('at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.retailer_id, table.order_id, table.n] }),
    index('order_collection_store').on(table.retailer_id, table.store_id),
  ],
);

export const incident = sqliteTable(
  'incident',
  {
    retailer_id: retailerId(),
    store_id: storeId(),
    id: text('id').notNull(),
    kind: text('kind').notNull(),
    detail: text('detail').notNull(),
    at: text('at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.retailer_id, table.store_id, table.id] }),
    index('incident_at').on(table.retailer_id, table.at, table.id),
  ],
);

/**
 * What staff did about an incident: their own word, apart from the projection, so that building that anew
 * loses nothing of it.
 */
export const incidentCare = sqliteTable(
  'incident_care',
  {
    retailer_id: retailerId(),
    store_id: storeId(),
    incident_id: text('incident_id').notNull(),
    acknowledged_at: text('acknowledged_at'),
    acknowledged_by: text('acknowledged_by'),
    acknowledged_name: text('acknowledged_name'),
    acknowledged_note: text('acknowledged_note'),
    resolved_at: text('resolved_at'),
    resolved_by: text('resolved_by'),
    resolved_name: text('resolved_name'),
    resolved_note: text('resolved_note'),
  },
  (table) => [primaryKey({ columns: [table.retailer_id, table.store_id, table.incident_id] })],
);

/** What the store agents reported: gate answers, exit passes, prints. */
export const agentReport = sqliteTable(
  'agent_report',
  {
    retailer_id: retailerId(),
    store_id: storeId(),
    /** The event's epoch and number: an agent whose disk was replaced counts from one again. */
    id: text('id').notNull(),
    agent: text('agent').notNull(),
    kind: text('kind').notNull(),
    data: text('data').notNull(),
    at: text('at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.retailer_id, table.store_id, table.id] }),
    index('agent_report_at').on(table.retailer_id, table.at, table.id),
  ],
);

/** Which orders a report speaks of, for the order's timeline. */
export const reportOrder = sqliteTable(
  'report_order',
  {
    retailer_id: retailerId(),
    order_id: text('order_id').notNull(),
    store_id: storeId(),
    report_id: text('report_id').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.retailer_id, table.order_id, table.store_id, table.report_id] }),
    index('report_order_store').on(table.retailer_id, table.store_id),
  ],
);
