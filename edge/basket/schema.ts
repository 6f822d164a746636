import { first, type Sql } from '../store/sql.ts';
import { LINE_TABLES } from './schema/lines.ts';
import { FULFILMENT_TABLES } from './schema/order.ts';
import { PAYMENT_TABLES } from './schema/payment.ts';
import { REFUND_TABLES } from './schema/refund.ts';

/**
 * The tables of one shopping trip. A step is never edited once it has run anywhere: a change is a new step at
 * the end. Times are milliseconds since 1970, money is minor units, JSON columns hold what this object wrote.
 */
const STEPS: readonly (readonly string[])[] = [
  [
    // One row. `priced` is the outcome of the last evaluation and belongs to exactly these lines.
    `CREATE TABLE basket (
       one INTEGER PRIMARY KEY CHECK (one = 1),
       schema INTEGER NOT NULL,
       basket_id TEXT NOT NULL,
       retailer_id TEXT NOT NULL,
       store_id TEXT NOT NULL,
       shopper_id TEXT NOT NULL,
       currency TEXT NOT NULL,
       status TEXT NOT NULL CHECK (status IN ('open', 'locked', 'converted', 'expired')),
       created_at INTEGER NOT NULL,
       updated_at INTEGER NOT NULL,
       expires_at INTEGER NOT NULL,
       shelf_version INTEGER NOT NULL,
       config_version INTEGER NOT NULL,
       lines_made INTEGER NOT NULL DEFAULT 0,
       priced TEXT NOT NULL
     )`,

    // Invariants: a tag stands on one line at most and alone on it; untagged units of an item share a line.
    `CREATE TABLE line (
       n INTEGER PRIMARY KEY,
       item_id TEXT NOT NULL,
       item TEXT NOT NULL,
       gtin TEXT,
       epc TEXT UNIQUE,
       quantity INTEGER NOT NULL CHECK (quantity > 0),
       CHECK (epc IS NULL OR quantity = 1)
     )`,
    'CREATE UNIQUE INDEX line_untagged ON line (item_id) WHERE epc IS NULL',
    // Invariant: from the freeze on neither a line nor a price of the basket changes, whoever asks.
    `CREATE TRIGGER frozen_insert BEFORE INSERT ON line WHEN (SELECT status FROM basket) <> 'open'
     BEGIN SELECT RAISE(ABORT, 'the basket is frozen'); END`,
    `CREATE TRIGGER frozen_update BEFORE UPDATE ON line WHEN (SELECT status FROM basket) <> 'open'
     BEGIN SELECT RAISE(ABORT, 'the basket is frozen'); END`,
    `CREATE TRIGGER frozen_delete BEFORE DELETE ON line WHEN (SELECT status FROM basket) <> 'open'
     BEGIN SELECT RAISE(ABORT, 'the basket is frozen'); END`,
    `CREATE TRIGGER frozen_price BEFORE UPDATE OF priced ON basket
     WHEN OLD.status <> 'open' AND NEW.priced IS NOT OLD.priced
     BEGIN SELECT RAISE(ABORT, 'the basket is frozen'); END`,

    // One row at most: the order that the basket became. `due` is the frozen total. Invariant: the number
    // never changes once it is there, and `sale` is written once, with the store's answer to the commit.
    `CREATE TABLE orders (
       one INTEGER PRIMARY KEY CHECK (one = 1),
       order_id TEXT NOT NULL,
       number TEXT,
       opened_at TEXT,
       status TEXT NOT NULL CHECK (status IN ('created', 'completed', 'cancelled')),
       close TEXT NOT NULL DEFAULT 'none' CHECK (close IN ('none', 'cancel', 'expire')),
       due INTEGER NOT NULL CHECK (due >= 0),
       frozen_at INTEGER NOT NULL,
       checkout_ttl_ms INTEGER NOT NULL,
       captured_at INTEGER,
       sale TEXT,
       receipt TEXT,
       CHECK ((status = 'completed') = (sale IS NOT NULL)),
       CHECK ((sale IS NULL) = (receipt IS NULL))
     )`,
    `CREATE TRIGGER number_once BEFORE UPDATE OF number ON orders
     WHEN OLD.number IS NOT NULL AND NEW.number IS NOT OLD.number
     BEGIN SELECT RAISE(ABORT, 'an order keeps its number'); END`,

    // The attempts to pay; the row stands before the provider is asked. Invariant: one attempt at a time may
    // still charge. `next_at` is when the provider is asked again; null: it has said all.
    `CREATE TABLE leg (
       n INTEGER PRIMARY KEY,
       payment_id TEXT NOT NULL UNIQUE,
       gateway TEXT NOT NULL,
       account_key TEXT NOT NULL,
       method TEXT NOT NULL,
       state TEXT NOT NULL,
       amount INTEGER NOT NULL CHECK (amount >= 0),
       authorized INTEGER NOT NULL CHECK (authorized >= 0),
       captured INTEGER NOT NULL CHECK (captured >= 0),
       reference TEXT,
       action TEXT,
       failure TEXT,
       origin TEXT NOT NULL,
       return_url TEXT NOT NULL,
       asked INTEGER NOT NULL DEFAULT 0,
       next_at INTEGER,
       created_at INTEGER NOT NULL,
       updated_at INTEGER NOT NULL
     )`,
    `CREATE UNIQUE INDEX leg_charging ON leg ((1))
     WHERE state IN ('initiated', 'submitted', 'action_required', 'pending', 'unknown')`,

    // Provider messages that were taken. Invariant: each counts once.
    `CREATE TABLE webhook (
       gateway TEXT NOT NULL,
       event_id TEXT NOT NULL,
       payment_id TEXT NOT NULL,
       at INTEGER NOT NULL,
       PRIMARY KEY (gateway, event_id)
     ) WITHOUT ROWID`,

    // What the StoreObject has to be told, written with the fact that it follows from and deleted with its
    // answer. Invariant: a capture that covers the order and its duty to commit are one transaction.
    `CREATE TABLE duty (
       kind TEXT NOT NULL CHECK (kind IN ('open', 'cancel', 'commit', 'release', 'link')),
       subject TEXT NOT NULL DEFAULT '',
       tries INTEGER NOT NULL DEFAULT 0,
       next_at INTEGER NOT NULL,
       PRIMARY KEY (kind, subject)
     ) WITHOUT ROWID`,

    // First answers by idempotency key. The answer is null while the payment that the key began has no outcome:
    // whoever repeats the key then continues that payment instead of charging again.
    `CREATE TABLE idempotency (
       route TEXT NOT NULL,
       key TEXT NOT NULL,
       body_hash TEXT NOT NULL,
       payment_id TEXT,
       answer TEXT,
       at INTEGER NOT NULL,
       PRIMARY KEY (route, key)
     ) WITHOUT ROWID`,
    'CREATE INDEX idempotency_at ON idempotency (at)',

    'CREATE TABLE exit_pass (one INTEGER PRIMARY KEY CHECK (one = 1), claims TEXT NOT NULL)',

    // What happened, in order; nothing reads it but people.
    'CREATE TABLE audit (n INTEGER PRIMARY KEY, at INTEGER NOT NULL, what TEXT NOT NULL, detail TEXT NOT NULL)',
  ],
  [
    // What a label or a weight makes the line cost. Invariant: such a line stands for one unit, and units of one
    // item at the shelf's price share a line.
    'ALTER TABLE line ADD COLUMN charge TEXT CHECK (charge IS NULL OR quantity = 1)',
    'DROP INDEX line_untagged',
    'CREATE UNIQUE INDEX line_untagged ON line (item_id) WHERE epc IS NULL AND charge IS NULL',
  ],
  [
    // An order that a till made by itself and whose goods left unpaid, as it came. `due` is then what is owed,
    // the attempts here pay that alone, and the trip has no lines of its own.
    'ALTER TABLE orders ADD COLUMN till TEXT',
  ],
  PAYMENT_TABLES,
  REFUND_TABLES,
  LINE_TABLES,
  FULFILMENT_TABLES,
];

/** A trip that nobody began has no table at all. */
export function isCreated(sql: Sql): boolean {
  return first(sql, `SELECT 1 AS found FROM sqlite_master WHERE type = 'table' AND name = 'basket'`) !== null;
}

/** Makes the tables. Only for storage that has none; the caller writes the basket's row with this version. */
export function createTables(sql: Sql): number {
  runSteps(sql, 0);
  return STEPS.length;
}

/** Brings the tables of an older build up to date. Writes nothing where there is nothing to do. */
export function migrate(sql: Sql): void {
  const done = first<{ schema: number }>(sql, 'SELECT schema FROM basket')?.schema ?? 0;
  if (done > STEPS.length) throw new Error(`the basket's tables are of a newer build (${done})`);
  if (done === STEPS.length) return;
  runSteps(sql, done);
  sql.exec('UPDATE basket SET schema = ?', STEPS.length);
}

function runSteps(sql: Sql, from: number): void {
  for (const step of STEPS.slice(from)) for (const statement of step) sql.exec(statement);
}
