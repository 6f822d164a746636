import { foreignKey, index, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import type { ItemId } from '../../../shared/ids/index.ts';
import { retailerId, storeId } from './columns.ts';
import { retailer, store } from './tenants.ts';

export const item = sqliteTable(
  'item',
  {
    retailer_id: retailerId().references(() => retailer.id),
    id: text('id').$type<ItemId>().notNull(),
    sku: text('sku').notNull(),
    /** The name in lower case, for the search. */
    search: text('search').notNull(),
    /** The whole Item as JSON. */
    document: text('document').notNull(),
    updated_at: text('updated_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.retailer_id, table.id] }),
    // Promotions name items by SKU: two items with one SKU would both be discounted.
    uniqueIndex('item_sku').on(table.retailer_id, table.sku),
    index('item_search').on(table.retailer_id, table.search, table.id),
  ],
);

/** Every code that finds an item: GTINs with 14 digits and the others verbatim. */
export const itemCode = sqliteTable(
  'item_code',
  {
    retailer_id: retailerId(),
    code: text('code').notNull(),
    item_id: text('item_id').$type<ItemId>().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.retailer_id, table.code, table.item_id] }),
    index('item_code_item').on(table.retailer_id, table.item_id),
  ],
);

/** Which item an RFID tag is on and in which store it lies: one place a tag. */
export const tag = sqliteTable(
  'tag',
  {
    retailer_id: retailerId(),
    epc: text('epc').notNull(),
    store_id: storeId(),
    item_id: text('item_id').$type<ItemId>().notNull(),
    /** The epoch of the StoreObject that has this row; null or another epoch: to be registered again. */
    registered_epoch: text('registered_epoch'),
    updated_at: text('updated_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.retailer_id, table.epc] }),
    index('tag_store').on(table.retailer_id, table.store_id, table.epc),
    foreignKey({
      columns: [table.retailer_id, table.store_id],
      foreignColumns: [store.retailer_id, store.id],
    }),
  ],
);
