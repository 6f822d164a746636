import {
  foreignKey,
  index,
  integer,
  primaryKey,
  sqliteTable,
  text,
  uniqueIndex,
} from 'drizzle-orm/sqlite-core';
import type { RetailerId, StoreId } from '../../../shared/ids/index.ts';
import type { StaffRole } from '../../staff/role.ts';
import { retailerId, storeId } from './columns.ts';

/**
 * Every key of a tenant's table begins with the retailer, so that a statement that forgets the tenant finds
 * no index. Instants are UTC text in ISO 8601 with milliseconds: they sort as they are.
 */
export const retailer = sqliteTable('retailer', {
  id: text('id').$type<RetailerId>().primaryKey(),
  name: text('name').notNull(),
  demo: integer('demo', { mode: 'boolean' }).notNull().default(false),
  /** Grows with every write that changes a promotion or where it is live. */
  catalog_version: integer('catalog_version').notNull().default(0),
  created_at: text('created_at').notNull(),
});

export const store = sqliteTable(
  'store',
  {
    retailer_id: retailerId().references(() => retailer.id),
    id: text('id').$type<StoreId>().notNull(),
    name: text('name').notNull(),
    /** StoreSettings as JSON. */
    settings: text('settings').notNull(),
    /** Grows with every edit; the entity tag of the store. */
    revision: integer('revision').notNull().default(1),
    /** The last version given to a publication, whatever became of it. */
    last_version: integer('last_version').notNull().default(0),
    /** When the last sweep asked this store's object for events; null: never. */
    swept_at: text('swept_at'),
    created_at: text('created_at').notNull(),
    updated_at: text('updated_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.retailer_id, table.id] }),
    // A StoreObject is found by the store's id alone, so two tenants must never hold the same one.
    uniqueIndex('store_id').on(table.id),
    index('store_swept').on(table.swept_at),
  ],
);

export const staff = sqliteTable(
  'staff',
  {
    retailer_id: retailerId().references(() => retailer.id),
    id: text('id').notNull(),
    /** In lower case; unique over all tenants, because signing in names no tenant. */
    email: text('email').notNull(),
    name: text('name').notNull(),
    role: text('role').$type<StaffRole>().notNull(),
    /** Null: every store of the retailer. */
    store_id: text('store_id').$type<StoreId>(),
    password_hash: text('password_hash').notNull(),
    demo: integer('demo', { mode: 'boolean' }).notNull().default(false),
    /** From this instant on the account is closed, its tokens too; null: open. */
    valid_until: text('valid_until'),
    failures: integer('failures').notNull().default(0),
    locked_until: text('locked_until'),
    created_at: text('created_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.retailer_id, table.id] }),
    uniqueIndex('staff_email').on(table.email),
    foreignKey({
      columns: [table.retailer_id, table.store_id],
      foreignColumns: [store.retailer_id, store.id],
    }),
  ],
);

export const device = sqliteTable(
  'device',
  {
    retailer_id: retailerId(),
    id: text('id').notNull(),
    store_id: storeId(),
    kind: text('kind', { enum: ['gate', 'reader', 'printer', 'kiosk', 'agent'] }).notNull(),
    name: text('name').notNull(),
    username: text('username').notNull(),
    /** Of the secret's UTF-8 text, lower-case hex; the secret itself is shown once and kept nowhere. */
    secret_sha256: text('secret_sha256').notNull(),
    /** Seconds since the epoch: tokens issued before do not count any more; null: all of them count. */
    tokens_from: integer('tokens_from'),
    created_at: text('created_at').notNull(),
    revoked_at: text('revoked_at'),
  },
  (table) => [
    primaryKey({ columns: [table.retailer_id, table.id] }),
    uniqueIndex('device_username').on(table.retailer_id, table.store_id, table.username),
    foreignKey({
      columns: [table.retailer_id, table.store_id],
      foreignColumns: [store.retailer_id, store.id],
    }),
  ],
);

/** The code with which a device in the shop fetches its secrets; at most one a device, good once. */
export const enrolmentCode = sqliteTable(
  'enrolment_code',
  {
    retailer_id: retailerId(),
    device_id: text('device_id').notNull(),
    /** Of the canonical code, lower-case hex; the code itself is shown once. */
    code_sha256: text('code_sha256').notNull(),
    created_at: text('created_at').notNull(),
    expires_at: text('expires_at').notNull(),
    used_at: text('used_at'),
  },
  (table) => [
    primaryKey({ columns: [table.retailer_id, table.device_id] }),
    uniqueIndex('enrolment_code_sha256').on(table.code_sha256),
    foreignKey({
      columns: [table.retailer_id, table.device_id],
      foreignColumns: [device.retailer_id, device.id],
    }),
  ],
);

export const serviceToken = sqliteTable(
  'service_token',
  {
    retailer_id: retailerId().references(() => retailer.id),
    /** The token's `jti`. */
    id: text('id').notNull(),
    name: text('name').notNull(),
    created_at: text('created_at').notNull(),
    expires_at: text('expires_at').notNull(),
    revoked_at: text('revoked_at'),
  },
  (table) => [primaryKey({ columns: [table.retailer_id, table.id] })],
);

export const publication = sqliteTable(
  'publication',
  {
    retailer_id: retailerId(),
    store_id: storeId(),
    version: integer('version').notNull(),
    state: text('state', { enum: ['running', 'published', 'failed'] }).notNull(),
    items: integer('items').notNull().default(0),
    promotions: integer('promotions').notNull().default(0),
    tags: integer('tags').notNull().default(0),
    /** Why it failed, as a problem code. */
    reason: text('reason'),
    started_at: text('started_at').notNull(),
    finished_at: text('finished_at'),
  },
  (table) => [
    primaryKey({ columns: [table.retailer_id, table.store_id, table.version] }),
    foreignKey({
      columns: [table.retailer_id, table.store_id],
      foreignColumns: [store.retailer_id, store.id],
    }),
  ],
);
