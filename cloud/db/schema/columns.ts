import { text } from 'drizzle-orm/sqlite-core';
import type { RetailerId, StoreId } from '../../../shared/ids/index.ts';

/** The columns that most tables share. What is in the database was parsed before it came there. */
export const retailerId = () => text('retailer_id').$type<RetailerId>().notNull();
export const storeId = () => text('store_id').$type<StoreId>().notNull();
