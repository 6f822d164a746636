/** The tables of what a shop sells by itself, as one step of the store's tables. Money is in minor units. */
export const OFFLINE_TABLES: readonly string[] = [
  // The first success of an agent's call under its idempotency key.
  `CREATE TABLE agent_call (
     agent TEXT NOT NULL,
     route TEXT NOT NULL,
     key TEXT NOT NULL,
     body_hash TEXT NOT NULL,
     answer TEXT NOT NULL,
     at INTEGER NOT NULL,
     PRIMARY KEY (agent, route, key)
   ) WITHOUT ROWID`,
  `CREATE INDEX agent_call_at ON agent_call (at)`,

  // A device's short number within the store. Invariant: it is given once and never to another device.
  `CREATE TABLE register (device_id TEXT PRIMARY KEY, register INTEGER NOT NULL UNIQUE) WITHOUT ROWID`,
  // Blocks of a device's series. Invariant: blocks of one epoch never overlap, whichever disk asked for them.
  `CREATE TABLE number_lease (
     lease_id TEXT PRIMARY KEY,
     device_id TEXT NOT NULL,
     agent TEXT NOT NULL,
     epoch INTEGER NOT NULL,
     first INTEGER NOT NULL,
     last INTEGER NOT NULL,
     register INTEGER NOT NULL,
     at INTEGER NOT NULL,
     -- Numbers without a record yet.
     open INTEGER NOT NULL CHECK (open >= 0),
     closed_at INTEGER,
     UNIQUE (device_id, epoch, first)
   ) WITHOUT ROWID`,
  `CREATE INDEX number_lease_open ON number_lease (device_id) WHERE closed_at IS NULL`,
  // What became of a leased number. Invariant: one record a value at most, and exactly one once its lease is closed.
  `CREATE TABLE leased_number (
     device_id TEXT NOT NULL,
     epoch INTEGER NOT NULL,
     value INTEGER NOT NULL,
     record TEXT NOT NULL CHECK (record IN ('sale', 'void', 'quarantined')),
     subject TEXT NOT NULL,
     at INTEGER NOT NULL,
     PRIMARY KEY (device_id, epoch, value)
   ) WITHOUT ROWID`,

  // Documents of tills as they came. Invariant: one document an identity (device_id, device_seq), for ever.
  // A quarantined one holds its place and its number, and did nothing else.
  `CREATE TABLE offline_document (
     device_id TEXT NOT NULL,
     device_seq INTEGER NOT NULL,
     tx_id TEXT NOT NULL UNIQUE,
     digest TEXT NOT NULL,
     previous TEXT NOT NULL,
     kind TEXT NOT NULL CHECK (kind IN ('sale', 'void')),
     standing TEXT NOT NULL CHECK (standing IN ('accepted', 'suspected_duplicate', 'quarantined')),
     order_id TEXT UNIQUE,
     agent TEXT NOT NULL,
     document TEXT NOT NULL,
     at INTEGER NOT NULL,
     PRIMARY KEY (device_id, device_seq)
   )`,
  // How far a device's documents are there: all up to contiguous, none above last_seq.
  `CREATE TABLE offline_device (
     device_id TEXT PRIMARY KEY,
     contiguous INTEGER NOT NULL,
     last_seq INTEGER NOT NULL,
     at INTEGER NOT NULL,
     gap_told_at INTEGER
   ) WITHOUT ROWID`,
  // Documents that found their place taken, or that are not what their digest says. Each is kept once.
  `CREATE TABLE offline_refused (
     device_id TEXT NOT NULL,
     device_seq INTEGER NOT NULL,
     fingerprint TEXT NOT NULL,
     incident_id TEXT NOT NULL,
     document TEXT NOT NULL,
     at INTEGER NOT NULL,
     PRIMARY KEY (device_id, device_seq, fingerprint)
   )`,
  // What a terminal calls a payment, and the first order that named it.
  `CREATE TABLE offline_reference (
     reference TEXT PRIMARY KEY,
     order_id TEXT NOT NULL
   ) WITHOUT ROWID`,
  // When a tag last came back to the shelf; an older sale that arrives later does not take it away again.
  `CREATE TABLE tag_return (
     epc TEXT PRIMARY KEY,
     order_id TEXT NOT NULL,
     at INTEGER NOT NULL
   ) WITHOUT ROWID`,
];

export const DEBT_TABLES: readonly string[] = [
  // Debts that are paid. Invariant: the cloud is told of each once.
  `CREATE TABLE debt_paid (order_id TEXT PRIMARY KEY, at INTEGER NOT NULL) WITHOUT ROWID`,
];
