/**
 * Refund documents. A document whose status holds (shared/refund/status.ts) has its money reserved in leg.refunding or
 * back in leg.refunded, and its units in refund_line: all three were written with it.
 */
export const REFUND_TABLES: readonly string[] = [
  // Cash out of the drawer: no provider is asked.
  'ALTER TABLE leg_refund ADD COLUMN in_cash INTEGER NOT NULL DEFAULT 0 CHECK (in_cash IN (0, 1))',

  // `ask` is what was asked for, as it came; `body_hash` tells a repeated call from another one. Invariant: the number
  // never changes once it is there.
  `CREATE TABLE refund (
     n INTEGER PRIMARY KEY,
     refund_id TEXT NOT NULL UNIQUE,
     body_hash TEXT NOT NULL,
     ask TEXT NOT NULL,
     status TEXT NOT NULL,
     amount INTEGER NOT NULL CHECK (amount >= 0),
     tax INTEGER NOT NULL,
     policy TEXT NOT NULL,
     tax_mode TEXT NOT NULL,
     processed_at_store TEXT NOT NULL,
     requested_by TEXT NOT NULL,
     requested_role TEXT NOT NULL,
     approvals TEXT NOT NULL DEFAULT '[]',
     failure TEXT,
     number TEXT,
     credit_note_number TEXT,
     receipt TEXT,
     created_at INTEGER NOT NULL,
     updated_at INTEGER NOT NULL,
     completed_at INTEGER
   )`,
  `CREATE TRIGGER refund_number_once BEFORE UPDATE OF number ON refund
   WHEN OLD.number IS NOT NULL AND NEW.number IS NOT OLD.number
   BEGIN SELECT RAISE(ABORT, 'a refund keeps its number'); END`,
  // share is what the units were worth, amount what goes back for them.
  `CREATE TABLE refund_line (
     refund_id TEXT NOT NULL,
     line_id TEXT NOT NULL,
     quantity INTEGER NOT NULL CHECK (quantity >= 0),
     share INTEGER NOT NULL CHECK (share >= 0),
     amount INTEGER NOT NULL CHECK (amount >= 0),
     taxes TEXT NOT NULL,
     epcs TEXT NOT NULL,
     return_to_stock INTEGER NOT NULL CHECK (return_to_stock IN (0, 1)),
     PRIMARY KEY (refund_id, line_id)
   ) WITHOUT ROWID`,
];
