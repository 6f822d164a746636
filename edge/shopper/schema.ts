import { first, type Sql } from '../store/sql.ts';

/**
 * The tables of one shopper. A step is never edited once it has run anywhere: a change is a new step at the end.
 * Times are milliseconds since 1970, money is minor units, JSON columns hold what this object wrote.
 */
const STEPS: readonly (readonly string[])[] = [
  [
    'CREATE TABLE shopper (one INTEGER PRIMARY KEY CHECK (one = 1), schema INTEGER NOT NULL)',

    // `token` is sealed with the card's id. Invariant: a deleted card keeps nothing that could pay or show it, and one
    // card stands here once. `forget_at`: it made room for others, and is deleted at its provider then.
    `CREATE TABLE saved_card (
       saved_card_id TEXT PRIMARY KEY,
       gateway TEXT NOT NULL,
       account_key TEXT NOT NULL,
       token_digest TEXT,
       token TEXT,
       card TEXT,
       created_at INTEGER NOT NULL,
       forget_at INTEGER,
       deleted_at INTEGER,
       CHECK ((deleted_at IS NULL) = (token IS NOT NULL)),
       CHECK ((deleted_at IS NULL AND forget_at IS NULL) = (token_digest IS NOT NULL)),
       CHECK ((deleted_at IS NULL) = (card IS NOT NULL))
     ) WITHOUT ROWID`,
    'CREATE UNIQUE INDEX saved_card_token ON saved_card (token_digest) WHERE token_digest IS NOT NULL',
    // Which payment brought which card: told again after the card was deleted, it does not come back.
    'CREATE TABLE kept (payment_id TEXT PRIMARY KEY, saved_card_id TEXT NOT NULL) WITHOUT ROWID',

    // What is wanted of a store; `snapshot` is the item as the list was last opened.
    `CREATE TABLE wish (
       n INTEGER PRIMARY KEY,
       store_id TEXT NOT NULL,
       item_id TEXT NOT NULL,
       quantity INTEGER NOT NULL CHECK (quantity > 0),
       snapshot TEXT NOT NULL,
       added_at INTEGER NOT NULL,
       UNIQUE (store_id, item_id)
     )`,

    // First answers by idempotency key, as the trip's own table.
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
  ],
];

/** A shopper of whom nothing is kept has no table at all. */
export function isKnown(sql: Sql): boolean {
  return (
    first(sql, `SELECT 1 AS found FROM sqlite_master WHERE type = 'table' AND name = 'shopper'`) !== null
  );
}

/** Makes the tables where there are none, or brings those of an older build up to date. */
export function ensureTables(sql: Sql): void {
  const done = isKnown(sql) ? (first<{ schema: number }>(sql, 'SELECT schema FROM shopper')?.schema ?? 0) : 0;
  if (done > STEPS.length) throw new Error(`the shopper's tables are of a newer build (${done})`);
  if (done === STEPS.length) return;
  for (const step of STEPS.slice(done)) for (const statement of step) sql.exec(statement);
  sql.exec(
    'INSERT INTO shopper (one, schema) VALUES (1, ?) ON CONFLICT (one) DO UPDATE SET schema = excluded.schema',
    STEPS.length,
  );
}
