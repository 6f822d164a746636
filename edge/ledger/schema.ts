import { first, type Sql } from '../store/sql.ts';

/**
 * The tables of one account. A step is never edited once it has run anywhere: a change is a new step at the end.
 * Times are milliseconds since 1970; units are minor units of the currency, of points those.
 */
const STEPS: readonly (readonly string[])[] = [
  [
    // One row. Invariant: the balance is the last line's of the journal, and moves with it alone.
    `CREATE TABLE account (
       one INTEGER PRIMARY KEY CHECK (one = 1),
       schema INTEGER NOT NULL,
       ledger_id TEXT NOT NULL,
       retailer_id TEXT NOT NULL,
       kind TEXT NOT NULL CHECK (kind IN ('gift_card', 'loyalty', 'credit', 'budget_code')),
       currency TEXT NOT NULL,
       last4 TEXT NOT NULL CHECK (length(last4) = 4),
       status TEXT NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'blocked')),
       credit_limit INTEGER NOT NULL CHECK (credit_limit >= 0 AND (kind = 'credit' OR credit_limit = 0)),
       numerator INTEGER NOT NULL CHECK (numerator > 0),
       denominator INTEGER NOT NULL CHECK (denominator > 0),
       balance INTEGER NOT NULL DEFAULT 0 CHECK (kind = 'credit' OR balance >= 0),
       created_at INTEGER NOT NULL
     )`,

    // The journal. Each line moves `units` between this account and one counter-account, so that both sides always
    // come to nothing together; `balance` is the sum up to and with the line. Invariant: lines never change.
    `CREATE TABLE entry (
       n INTEGER PRIMARY KEY,
       entry_id TEXT NOT NULL UNIQUE,
       kind TEXT NOT NULL CHECK (kind IN ('opening', 'top_up', 'repayment', 'adjustment', 'sale', 'refund', 'void')),
       counter_account TEXT NOT NULL CHECK (counter_account IN ('takings', 'sales', 'corrections')),
       units INTEGER NOT NULL CHECK (units <> 0),
       balance INTEGER NOT NULL,
       payment_id TEXT,
       note TEXT NOT NULL,
       by TEXT NOT NULL,
       at INTEGER NOT NULL
     )`,
    `CREATE TRIGGER entry_adds_up BEFORE INSERT ON entry
     WHEN NEW.balance <> NEW.units + (SELECT balance FROM account)
     BEGIN SELECT RAISE(ABORT, 'the journal does not add up'); END`,
    `CREATE TRIGGER entry_counts AFTER INSERT ON entry
     BEGIN UPDATE account SET balance = NEW.balance; END`,
    `CREATE TRIGGER entry_stays BEFORE UPDATE ON entry
     BEGIN SELECT RAISE(ABORT, 'the journal never changes'); END`,
    `CREATE TRIGGER entry_is_kept BEFORE DELETE ON entry
     BEGIN SELECT RAISE(ABORT, 'the journal never changes'); END`,
    `CREATE TRIGGER balance_of_journal BEFORE UPDATE OF balance ON account
     WHEN NEW.balance <> (SELECT balance FROM entry ORDER BY n DESC LIMIT 1)
     BEGIN SELECT RAISE(ABORT, 'the balance is what the journal says'); END`,

    // Payments on the account, for good: a late repetition must find its answer. `amount` and `captured` are minor
    // units. Invariant: no more is taken than was held, and no more given back than was taken.
    `CREATE TABLE hold (
       payment_id TEXT PRIMARY KEY,
       asked INTEGER NOT NULL CHECK (asked >= 0),
       amount INTEGER NOT NULL CHECK (amount BETWEEN 0 AND asked),
       units INTEGER NOT NULL CHECK (units >= 0),
       state TEXT NOT NULL CHECK (state IN ('held', 'captured', 'released', 'voided', 'declined')),
       reason TEXT,
       captured INTEGER NOT NULL CHECK (captured BETWEEN 0 AND amount),
       captured_units INTEGER NOT NULL CHECK (captured_units BETWEEN 0 AND units),
       returned INTEGER NOT NULL CHECK (returned BETWEEN 0 AND captured),
       returned_units INTEGER NOT NULL CHECK (returned_units BETWEEN 0 AND captured_units),
       at INTEGER NOT NULL
     ) WITHOUT ROWID`,
    `CREATE INDEX hold_open ON hold (state) WHERE state = 'held'`,
    // Invariant: what is held was there. A limit that is lowered later takes back no promise.
    `CREATE TRIGGER hold_is_covered BEFORE INSERT ON hold WHEN NEW.state = 'held' AND NEW.units >
       (SELECT CASE kind WHEN 'credit' THEN credit_limit - balance ELSE balance END FROM account)
       - (SELECT coalesce(sum(units), 0) FROM hold WHERE state = 'held')
     BEGIN SELECT RAISE(ABORT, 'more is held than is there'); END`,

    // Money that went back, by our refund. `payout`: what the shop gives by other means.
    `CREATE TABLE returned (
       refund_id TEXT PRIMARY KEY,
       payment_id TEXT NOT NULL REFERENCES hold (payment_id),
       amount INTEGER NOT NULL CHECK (amount > 0),
       payout INTEGER NOT NULL CHECK (payout BETWEEN 0 AND amount),
       at INTEGER NOT NULL
     ) WITHOUT ROWID`,

    // Only of credit: what is still owed of each line that raised the debt, the oldest first. `paid_at`: when the
    // last of it was paid or dropped.
    `CREATE TABLE debt (
       n INTEGER PRIMARY KEY REFERENCES entry (n),
       entry_id TEXT NOT NULL UNIQUE,
       amount INTEGER NOT NULL CHECK (amount > 0),
       owed INTEGER NOT NULL CHECK (owed BETWEEN 0 AND amount),
       paid_at INTEGER,
       CHECK ((owed = 0) = (paid_at IS NOT NULL))
     )`,
    'CREATE INDEX debt_open ON debt (n) WHERE owed > 0',

    // Only of credit. Invariant: a repayment is in the journal exactly when it is captured.
    `CREATE TABLE repayment (
       n INTEGER PRIMARY KEY,
       repayment_id TEXT NOT NULL UNIQUE,
       amount INTEGER NOT NULL CHECK (amount > 0),
       method TEXT NOT NULL,
       reference TEXT,
       status TEXT NOT NULL CHECK (status IN ('pending', 'captured', 'failed')),
       created_at INTEGER NOT NULL,
       settled_at INTEGER,
       CHECK ((status = 'pending') = (settled_at IS NULL))
     )`,

    // Who blocked the account or changed its limit; nothing reads it but people.
    'CREATE TABLE audit (n INTEGER PRIMARY KEY, at INTEGER NOT NULL, what TEXT NOT NULL, detail TEXT NOT NULL)',
  ],
];

/** An account that nobody opened has no table at all. */
export function isOpened(sql: Sql): boolean {
  return (
    first(sql, `SELECT 1 AS found FROM sqlite_master WHERE type = 'table' AND name = 'account'`) !== null
  );
}

/** Makes the tables, only where there are none; the caller writes the account's row with this version. */
export function createTables(sql: Sql): number {
  for (const step of STEPS) for (const statement of step) sql.exec(statement);
  return STEPS.length;
}

/** Brings the tables of an older build up to date. Writes nothing where there is nothing to do. */
export function migrate(sql: Sql): void {
  const done = first<{ schema: number }>(sql, 'SELECT schema FROM account')?.schema ?? 0;
  if (done > STEPS.length) throw new Error(`the account's tables are of a newer build (${done})`);
  if (done === STEPS.length) return;
  for (const step of STEPS.slice(done)) for (const statement of step) sql.exec(statement);
  sql.exec('UPDATE account SET schema = ?', STEPS.length);
}
