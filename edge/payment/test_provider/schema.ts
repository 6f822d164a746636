const TABLES = [
  // Invariant: one charge an idempotency key, for ever; whoever repeats a key gets that charge and no other.
  // `approved` is what the issuer reserved, `captured` what was taken of it.
  `CREATE TABLE IF NOT EXISTS charge (
     id TEXT PRIMARY KEY,
     idempotency_key TEXT NOT NULL UNIQUE,
     reference TEXT NOT NULL,
     request TEXT NOT NULL,
     status TEXT NOT NULL CHECK (status IN ('processing', 'requires_action', 'authorized', 'captured', 'declined', 'voided')),
     approved INTEGER NOT NULL DEFAULT 0 CHECK (approved >= 0),
     captured INTEGER NOT NULL DEFAULT 0 CHECK (captured >= 0 AND captured <= approved),
     challenge_url TEXT,
     created_at INTEGER NOT NULL,
     settles_at INTEGER,
     shown_from INTEGER NOT NULL
   )`,
  'CREATE INDEX IF NOT EXISTS charge_reference ON charge (reference)',
  'CREATE INDEX IF NOT EXISTS charge_settles ON charge (settles_at) WHERE settles_at IS NOT NULL',
  // Invariant: the money of a charge is taken once, given back whole once at most, and refunded once a reference.
  `CREATE TABLE IF NOT EXISTS movement (
     charge_id TEXT NOT NULL REFERENCES charge (id),
     kind TEXT NOT NULL CHECK (kind IN ('capture', 'reversal', 'refund')),
     reference TEXT NOT NULL DEFAULT '',
     amount INTEGER NOT NULL CHECK (amount > 0),
     at INTEGER NOT NULL,
     PRIMARY KEY (charge_id, kind, reference)
   )`,
  // Invariant: one refund a reference of the merchant, and never more of a charge than was captured.
  `CREATE TABLE IF NOT EXISTS refund (
     id TEXT PRIMARY KEY,
     refund_id TEXT NOT NULL UNIQUE,
     charge_id TEXT NOT NULL REFERENCES charge (id),
     amount INTEGER NOT NULL CHECK (amount > 0),
     status TEXT NOT NULL CHECK (status IN ('pending', 'succeeded', 'failed')),
     created_at INTEGER NOT NULL,
     settles_at INTEGER
   )`,
  `CREATE TABLE IF NOT EXISTS delivery (
     id TEXT PRIMARY KEY,
     url TEXT NOT NULL,
     body TEXT NOT NULL,
     attempts INTEGER NOT NULL DEFAULT 0,
     next_at INTEGER NOT NULL
   )`,
];

/** The tables come with the first charge, so that an address nobody charged on keeps nothing. */
export function prepare(sql: SqlStorage): void {
  for (const table of TABLES) sql.exec(table);
}

export function isEmpty(sql: SqlStorage): boolean {
  return (
    sql.exec(`SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'charge'`).toArray().length === 0
  );
}

/** Brings the tables of an older build over: it captured whole charges or nothing. */
export function migrate(sql: SqlStorage): void {
  const old = sql
    .exec<{ sql: string }>(`SELECT sql FROM sqlite_master WHERE type = 'table' AND name = 'charge'`)
    .toArray()[0];
  if (old === undefined || old.sql.includes('approved')) return;
  for (const step of [
    'ALTER TABLE charge RENAME TO charge_old',
    'ALTER TABLE movement RENAME TO movement_old',
  ])
    sql.exec(step);
  for (const index of ['charge_reference', 'charge_settles']) sql.exec(`DROP INDEX ${index}`);
  prepare(sql);
  sql.exec(
    `INSERT INTO charge (id, idempotency_key, reference, request, status, approved, captured, challenge_url, created_at,
       settles_at, shown_from)
     SELECT id, idempotency_key, reference, request, status, json_extract(request, '$.amount'),
       CASE status WHEN 'captured' THEN json_extract(request, '$.amount') ELSE 0 END, challenge_url, created_at,
       settles_at, shown_from FROM charge_old`,
  );
  sql.exec(
    'INSERT INTO movement (charge_id, kind, amount, at) SELECT charge_id, kind, amount, at FROM movement_old',
  );
  sql.exec('DROP TABLE movement_old');
  sql.exec('DROP TABLE charge_old');
}
