import { sql } from 'drizzle-orm';
import { foreignKey, index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { retailerId, storeId } from './columns.ts';
import { retailer, store } from './tenants.ts';

/**
 * Invariant: no two promotions with one `retailer_promotion_id` are live in the same store. Every write checks
 * it over what it read and is undone unless `retailer.catalog_version` is still what it read.
 */
export const promotion = sqliteTable(
  'promotion',
  {
    retailer_id: retailerId().references(() => retailer.id),
    id: text('id').notNull(),
    /** The retailer's own key. */
    retailer_promotion_id: text('retailer_promotion_id').notNull().default(''),
    title: text('title').notNull(),
    family: text('family').notNull(),
    is_active: integer('is_active', { mode: 'boolean' }).notNull(),
    /** Live in every store, also in ones that come later, but those whose link is deleted. */
    all_stores: integer('all_stores', { mode: 'boolean' }).notNull().default(true),
    /** Since when it is live in no store; null: it is live. */
    unlinked_at: text('unlinked_at'),
    /** Which kind of file it was imported from; null: made by hand. */
    source: text('source'),
    /** Grows with every edit; the entity tag of the promotion. */
    revision: integer('revision').notNull().default(1),
    /** The promotion as shared/promotion keeps it, as JSON. */
    document: text('document').notNull(),
    updated_at: text('updated_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.retailer_id, table.id] }),
    index('promotion_key').on(table.retailer_id, table.retailer_promotion_id),
    index('promotion_source').on(table.retailer_id, table.source, table.id),
    index('promotion_unlinked').on(table.unlinked_at).where(sql`unlinked_at IS NOT NULL`),
  ],
);

/** Where a promotion is live. One row a pair, so that unlinking, linking and unlinking again is three updates. */
export const promotionStore = sqliteTable(
  'promotion_store',
  {
    retailer_id: retailerId(),
    promotion_id: text('promotion_id').notNull(),
    store_id: storeId(),
    linked_at: text('linked_at').notNull(),
    /** Null: live. */
    deleted_at: text('deleted_at'),
  },
  (table) => [
    primaryKey({ columns: [table.retailer_id, table.promotion_id, table.store_id] }),
    index('promotion_store_store').on(table.retailer_id, table.store_id, table.promotion_id),
    foreignKey({
      columns: [table.retailer_id, table.promotion_id],
      foreignColumns: [promotion.retailer_id, promotion.id],
    }),
    foreignKey({
      columns: [table.retailer_id, table.store_id],
      foreignColumns: [store.retailer_id, store.id],
    }),
  ],
);

/** One reading of a promotion file. */
export const promotionImport = sqliteTable(
  'promotion_import',
  {
    retailer_id: retailerId(),
    id: text('id').notNull(),
    format: text('format').notNull(),
    mode: text('mode', { enum: ['merge', 'replace'] }).notNull(),
    /** The store that the whole file is for; null: the file says. */
    store_id: text('store_id'),
    /** Files of one source replace one another. */
    source: text('source').notNull(),
    state: text('state', { enum: ['running', 'finished', 'failed', 'interrupted'] }).notNull(),
    read_bytes: integer('read_bytes').notNull().default(0),
    entries: integer('entries').notNull().default(0),
    created: integer('created').notNull().default(0),
    updated: integer('updated').notNull().default(0),
    unchanged: integer('unchanged').notNull().default(0),
    refused: integer('refused').notNull().default(0),
    /** Of earlier files of the source, live no more because this one lacks them. */
    ended: integer('ended').notNull().default(0),
    /** What was wrong with the file as a whole, as JSON; null: nothing. */
    file_problem: text('file_problem'),
    /** Notes about the file as a whole, as JSON. */
    notes: text('notes').notNull().default('[]'),
    started_at: text('started_at').notNull(),
    /** When it last wrote: a running one that is silent for long has died. */
    touched_at: text('touched_at').notNull(),
    finished_at: text('finished_at'),
  },
  (table) => [
    primaryKey({ columns: [table.retailer_id, table.id] }),
    index('promotion_import_started').on(table.retailer_id, table.started_at, table.id),
    index('promotion_import_running').on(table.touched_at).where(sql`state = 'running'`),
  ],
);

/** An entry of a file that was refused, or taken with a note. */
export const promotionImportEntry = sqliteTable(
  'promotion_import_entry',
  {
    retailer_id: retailerId(),
    import_id: text('import_id').notNull(),
    /** Place in the file, from 1. */
    position: integer('position').notNull(),
    line: integer('line').notNull(),
    key: text('key').notNull(),
    /** JSON arrays. */
    problems: text('problems').notNull(),
    notes: text('notes').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.retailer_id, table.import_id, table.position] }),
    foreignKey({
      columns: [table.retailer_id, table.import_id],
      foreignColumns: [promotionImport.retailer_id, promotionImport.id],
    }),
  ],
);
