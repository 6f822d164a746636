/** Refunds of this store's sales, told by the trips. */
export const RETURN_TABLES: readonly string[] = [
  // Invariant: a refund gets one number, ever, and goods of it come back once; `answer` is what its success was told.
  // `told_at` is how new the newest document was: an older one that comes late changes nothing.
  `CREATE TABLE refund (
     refund_id TEXT PRIMARY KEY,
     order_id TEXT NOT NULL,
     told_at TEXT NOT NULL,
     told_status TEXT NOT NULL,
     number_epoch INTEGER,
     number_value INTEGER,
     credit_epoch INTEGER,
     credit_value INTEGER,
     answer TEXT,
     UNIQUE (number_epoch, number_value),
     UNIQUE (credit_epoch, credit_value)
   ) WITHOUT ROWID`,
  'CREATE INDEX refund_order ON refund (order_id)',
  // Invariant: one incident a kind of trouble and movement of money.
  `CREATE TABLE refund_trouble (
     kind TEXT NOT NULL,
     leg_refund_id TEXT NOT NULL,
     at INTEGER NOT NULL,
     PRIMARY KEY (kind, leg_refund_id)
   ) WITHOUT ROWID`,
];
