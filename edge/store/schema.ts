import { DEBT_TABLES, OFFLINE_TABLES } from './offline/schema.ts';
import { CLOUD_PRINT_TABLES } from './print/schema.ts';
import { SHOPPING_TABLES } from './schema/basket.ts';
import { ORDER_TABLES } from './schema/order.ts';
import { STORE_PAYMENT_TABLES } from './schema/payment.ts';
import { RETURN_TABLES } from './schema/refund.ts';
import { first, type Sql } from './sql.ts';

/**
 * The tables of one store. A step is never edited once it has run anywhere: a change is a new step at the end.
 * Times are milliseconds since 1970, money is minor units, `json` columns hold documents parsed at the rim.
 */
const STEPS: readonly (readonly string[])[] = [
  [
    // One row. The epoch is as old as the storage: after a restore an old cursor cannot pass for progress.
    `CREATE TABLE store (
       one INTEGER PRIMARY KEY CHECK (one = 1),
       schema INTEGER NOT NULL,
       epoch TEXT NOT NULL,
       config_version INTEGER NOT NULL,
       config TEXT NOT NULL
     )`,

    // High-water marks, apart from the store's wide row because commands move them:
    // rev (of tags), shelf_version, outbox_sent. None of them ever falls.
    `CREATE TABLE mark (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID`,
    `INSERT INTO mark (name, value) VALUES ('rev', 0), ('shelf_version', 0), ('outbox_sent', 0)`,

    // The last number of each series. A series wraps from hi to lo and then counts its epoch up.
    `CREATE TABLE series (
       series TEXT PRIMARY KEY,
       cur INTEGER NOT NULL,
       lo INTEGER NOT NULL,
       hi INTEGER NOT NULL,
       epoch INTEGER NOT NULL DEFAULT 0
     ) WITHOUT ROWID`,

    // Whole versions of the shelf live side by side; mark.shelf_version names the one that sells. Higher ones
    // are being staged, lower ones wait to be swept.
    `CREATE TABLE item (
       version INTEGER NOT NULL,
       item_id TEXT NOT NULL,
       part INTEGER NOT NULL,
       name TEXT NOT NULL,
       json TEXT NOT NULL,
       PRIMARY KEY (version, item_id)
     )`,
    // kind: gtin (14 digits) or raw (verbatim). One code may stand on several items.
    `CREATE TABLE item_code (
       version INTEGER NOT NULL,
       code TEXT NOT NULL,
       kind TEXT NOT NULL CHECK (kind IN ('gtin', 'raw')),
       item_id TEXT NOT NULL,
       part INTEGER NOT NULL,
       PRIMARY KEY (version, code, kind, item_id)
     ) WITHOUT ROWID`,
    `CREATE TABLE shelf_part (
       version INTEGER NOT NULL,
       part INTEGER NOT NULL,
       items INTEGER NOT NULL,
       PRIMARY KEY (version, part)
     ) WITHOUT ROWID`,
    `CREATE TABLE promotion (
       version INTEGER NOT NULL,
       position INTEGER NOT NULL,
       json TEXT NOT NULL,
       PRIMARY KEY (version, position)
     )`,

    // The ledger. Invariant: one row a tag, so at most one live sale an EPC; sold tags name their order.
    // Invariant: rev is unique and grows with every change, over all tags of the store.
    `CREATE TABLE tag (
       epc TEXT PRIMARY KEY,
       item_id TEXT NOT NULL,
       status TEXT NOT NULL CHECK (status IN ('unsold', 'sold')),
       rev INTEGER NOT NULL UNIQUE,
       order_id TEXT,
       at INTEGER NOT NULL,
       CHECK ((status = 'sold') = (order_id IS NOT NULL))
     ) WITHOUT ROWID`,

    // Invariant: a tag is held by one basket at most. Time and pin belong to the basket: all its tags share
    // them, so renewing twenty tags is one row. Pinned (an order is open) means the time does not count.
    `CREATE TABLE holder (
       basket_id TEXT PRIMARY KEY,
       until INTEGER NOT NULL,
       pinned INTEGER NOT NULL DEFAULT 0 CHECK (pinned IN (0, 1))
     ) WITHOUT ROWID`,
    `CREATE INDEX holder_until ON holder (until) WHERE pinned = 0`,
    `CREATE TABLE hold (epc TEXT PRIMARY KEY, basket_id TEXT NOT NULL) WITHOUT ROWID`,
    `CREATE INDEX hold_basket ON hold (basket_id)`,

    // Invariant: a basket has one order, an order one number, for ever; a cancelled order is the void record
    // of its number. The series value is null only where the sale came without its order (lost storage).
    `CREATE TABLE orders (
       basket_id TEXT PRIMARY KEY,
       order_id TEXT NOT NULL UNIQUE,
       number TEXT NOT NULL,
       series_epoch INTEGER,
       series_value INTEGER,
       status TEXT NOT NULL CHECK (status IN ('created', 'cancelled', 'completed')),
       shopper_id TEXT NOT NULL,
       total INTEGER NOT NULL,
       items INTEGER NOT NULL,
       created_at INTEGER NOT NULL,
       cancelled_at INTEGER,
       cancel_reason TEXT,
       UNIQUE (series_epoch, series_value)
     )`,
    // Invariant: a basket is committed once; `answer` is what its first commit was told.
    `CREATE TABLE sale (
       basket_id TEXT PRIMARY KEY,
       order_id TEXT NOT NULL UNIQUE,
       fiscal_epoch INTEGER NOT NULL,
       fiscal_value INTEGER NOT NULL,
       completed_at TEXT NOT NULL,
       answer TEXT NOT NULL,
       UNIQUE (fiscal_epoch, fiscal_value)
     )`,
    // Nothing that went wrong with goods or money is dropped: it waits here for staff.
    `CREATE TABLE incident (
       incident_id TEXT PRIMARY KEY,
       kind TEXT NOT NULL,
       detail TEXT NOT NULL,
       at INTEGER NOT NULL,
       resolved_at INTEGER
     )`,
    `CREATE INDEX incident_open ON incident (at) WHERE resolved_at IS NULL`,

    // Invariant: seq has no gaps above the oldest kept row, and the newest row is never pruned.
    `CREATE TABLE feed (seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, json TEXT NOT NULL)`,
    // What each agent had acknowledged when it was last looked at; a live socket knows better.
    `CREATE TABLE agent (agent TEXT PRIMARY KEY, cursor INTEGER NOT NULL, seen_at INTEGER NOT NULL) WITHOUT ROWID`,
    // Invariant: a report of an agent's journal is taken once.
    `CREATE TABLE report (
       agent TEXT NOT NULL,
       journal TEXT NOT NULL,
       report_id INTEGER NOT NULL,
       at INTEGER NOT NULL,
       PRIMARY KEY (agent, journal, report_id)
     ) WITHOUT ROWID`,
    `CREATE INDEX report_at ON report (at)`,

    // Invariant: seq has no gaps; rows above mark.outbox_sent have not reached the queue.
    `CREATE TABLE outbox (seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, json TEXT NOT NULL)`,

    `CREATE TABLE guest_session (
       key TEXT PRIMARY KEY,
       body_hash TEXT NOT NULL,
       record TEXT NOT NULL,
       at INTEGER NOT NULL
     )`,
    `CREATE INDEX guest_session_at ON guest_session (at)`,
    // Which trip a payment provider's reference belongs to: webhooks find it without the central database.
    `CREATE TABLE reference (
       gateway TEXT NOT NULL,
       reference TEXT NOT NULL,
       basket_id TEXT NOT NULL,
       PRIMARY KEY (gateway, reference)
     ) WITHOUT ROWID`,
  ],
  [
    // Promotions come in parts like items: a row is the text of a JSON array of at most a megabyte.
    `CREATE TABLE promotion_part (
       version INTEGER NOT NULL,
       part INTEGER NOT NULL,
       promotions INTEGER NOT NULL,
       json TEXT NOT NULL,
       PRIMARY KEY (version, part)
     )`,
    `INSERT INTO promotion_part (version, part, promotions, json)
       SELECT version, position, 1, '[' || json || ']' FROM promotion`,
    `DROP TABLE promotion`,
    // The version of the retailer's promotions that a shelf was published with.
    `CREATE TABLE shelf (version INTEGER PRIMARY KEY, catalog_version INTEGER NOT NULL)`,
    `INSERT INTO shelf (version, catalog_version)
       SELECT value, 0 FROM mark WHERE name = 'shelf_version' AND value > 0`,
  ],
  OFFLINE_TABLES,
  CLOUD_PRINT_TABLES,
  DEBT_TABLES,
  RETURN_TABLES,
  SHOPPING_TABLES,
  ORDER_TABLES,
  STORE_PAYMENT_TABLES,
];

/** A store that was never provisioned has no table at all. */
export function isProvisioned(sql: Sql): boolean {
  return first(sql, `SELECT 1 AS found FROM sqlite_master WHERE type = 'table' AND name = 'store'`) !== null;
}

/** Makes the tables and the store's row. Only for storage that has none. */
export function provision(sql: Sql, born: { epoch: string; config_version: number; config: string }): void {
  runSteps(sql, 0);
  sql.exec(
    'INSERT INTO store (one, schema, epoch, config_version, config) VALUES (1, ?, ?, ?, ?)',
    STEPS.length,
    born.epoch,
    born.config_version,
    born.config,
  );
}

/** Brings the tables of an older build up to date. Writes nothing where there is nothing to do. */
export function migrate(sql: Sql): void {
  const done = first<{ schema: number }>(sql, 'SELECT schema FROM store')?.schema ?? 0;
  if (done > STEPS.length) throw new Error(`the store's tables are of a newer build (${done})`);
  if (done === STEPS.length) return;
  runSteps(sql, done);
  sql.exec('UPDATE store SET schema = ?', STEPS.length);
}

function runSteps(sql: Sql, from: number): void {
  for (const step of STEPS.slice(from)) for (const statement of step) sql.exec(statement);
}
