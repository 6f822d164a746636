import { index, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import type { LedgerId } from '../../../shared/ids/index.ts';
import type { LedgerKind } from '../../../shared/ledger/book.ts';
import { retailerId } from './columns.ts';
import { retailer } from './tenants.ts';

/**
 * The index of the store's own accounts: what they hold stands in their LedgerObjects. An account's code is here only
 * as the digest in `object_name` and by its last four characters.
 */
export const ledger = sqliteTable(
  'ledger',
  {
    retailer_id: retailerId().references(() => retailer.id),
    id: text('id').$type<LedgerId>().notNull(),
    kind: text('kind').$type<LedgerKind>().notNull(),
    currency: text('currency').notNull(),
    last4: text('last4').notNull(),
    /** Whose it is, as staff wrote it. */
    label: text('label'),
    object_name: text('object_name').notNull(),
    created_at: text('created_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.retailer_id, table.id] }),
    uniqueIndex('ledger_object').on(table.retailer_id, table.object_name),
    index('ledger_created').on(table.retailer_id, table.created_at, table.id),
  ],
);
