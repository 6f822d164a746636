/** Terminals that a payment holds, and what staff were told of payments. */
export const STORE_PAYMENT_TABLES: readonly string[] = [
  // Invariant: one payment a terminal. A lease that is over counts as if it were not there.
  `CREATE TABLE terminal_lease (
     terminal_id TEXT PRIMARY KEY,
     payment_id TEXT NOT NULL,
     basket_id TEXT NOT NULL,
     until INTEGER NOT NULL
   ) WITHOUT ROWID`,
  // Invariant: a matter is raised once, however often its trip tells of it.
  'CREATE TABLE payment_incident (key TEXT PRIMARY KEY, incident_id TEXT NOT NULL, at INTEGER NOT NULL) WITHOUT ROWID',
];
