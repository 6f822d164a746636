import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { retailerId, storeId } from './columns.ts';

/** Refunds as the stores tell of them: a part of the projection. */
export const refundRow = sqliteTable(
  'refund_row',
  {
    retailer_id: retailerId(),
    id: text('id').notNull(),
    order_id: text('order_id').notNull(),
    store_id: storeId(),
    status: text('status').notNull(),
    kind: text('kind').notNull(),
    /** Minor units; `refunded` is what went back for certain. */
    amount: integer('amount').notNull(),
    refunded: integer('refunded').notNull(),
    currency: text('currency').notNull(),
    number: text('number'),
    created_at: text('created_at').notNull(),
    updated_at: text('updated_at').notNull(),
    document: text('document').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.retailer_id, table.id] }),
    index('refund_created').on(table.retailer_id, table.created_at, table.id),
    index('refund_of_order').on(table.retailer_id, table.order_id),
  ],
);

/** Which order a refund was asked for, by whom: written before the order hears of it, and no projection. */
export const refundAsk = sqliteTable(
  'refund_ask',
  {
    retailer_id: retailerId(),
    refund_id: text('refund_id').notNull(),
    order_id: text('order_id').notNull(),
    asked_by: text('asked_by').notNull(),
    at: text('at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.retailer_id, table.refund_id] })],
);
