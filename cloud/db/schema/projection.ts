import { integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { retailerId, storeId } from './columns.ts';

/** Up to where the events of one life (epoch) of a store's object are applied without a gap. */
export const projectionCursor = sqliteTable(
  'projection_cursor',
  {
    retailer_id: retailerId(),
    store_id: storeId(),
    epoch: text('epoch').notNull(),
    /** Events 1 to this one are applied. */
    contiguous: integer('contiguous').notNull().default(0),
    updated_at: text('updated_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.retailer_id, table.store_id, table.epoch] })],
);

/** Applied events above the cursor: what stands here waits for the gap below it to be filled. */
export const eventSeen = sqliteTable(
  'event_seen',
  {
    retailer_id: retailerId(),
    store_id: storeId(),
    epoch: text('epoch').notNull(),
    seq: integer('seq').notNull(),
  },
  (table) => [primaryKey({ columns: [table.retailer_id, table.store_id, table.epoch, table.seq] })],
);

/** Events that could not be applied, with the reason. They belong to no tenant: their head cannot be trusted. */
export const deadEvent = sqliteTable('dead_event', {
  /** SHA-256 of the body: the same message again is counted, not kept twice. */
  id: text('id').primaryKey(),
  source: text('source', { enum: ['queue', 'sweep', 'dead_letter'] }).notNull(),
  reason: text('reason').notNull(),
  body: text('body').notNull(),
  count: integer('count').notNull().default(1),
  first_at: text('first_at').notNull(),
  last_at: text('last_at').notNull(),
});
