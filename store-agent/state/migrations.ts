import { TILL_SCHEMA } from './till_schema.ts';

/**
 * The schema's history, oldest first; a released entry never changes. Times are milliseconds since the
 * epoch unless they are ISO 8601 text.
 */
export const MIGRATIONS: readonly string[] = [
  `
  -- What the ledger says of each tag. A row only ever moves to a higher rev (within one epoch of the edge).
  CREATE TABLE tag (
    epc TEXT PRIMARY KEY,
    status TEXT NOT NULL CHECK (status IN ('unsold', 'sold')),
    rev INTEGER NOT NULL,
    item_id TEXT,
    name TEXT,
    order_id TEXT
  ) STRICT, WITHOUT ROWID;

  -- A snapshot as it arrives; swapped in whole, or forgotten.
  CREATE TABLE tag_stage (
    epc TEXT PRIMARY KEY,
    status TEXT NOT NULL CHECK (status IN ('unsold', 'sold')),
    rev INTEGER NOT NULL,
    item_id TEXT,
    name TEXT,
    order_id TEXT
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
  -- The name of this storage: the edge counts our reports within it.
  INSERT INTO meta (key, value) VALUES ('journal', lower(hex(randomblob(16))));

  CREATE TABLE receipt (
    order_id TEXT PRIMARY KEY,
    number TEXT NOT NULL,
    document TEXT NOT NULL,
    at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  -- Everything that the store did by itself, which is also the outbox of reports. Ids grow by one, without
  -- gaps: the next one is in meta and moves in the transaction that inserts the row.
  CREATE TABLE journal (
    id INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    kind TEXT NOT NULL,
    data TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'accepted', 'refused')),
    settled_at INTEGER
  ) STRICT;
  CREATE INDEX journal_pending ON journal (id) WHERE state = 'pending';

  CREATE TABLE print_job (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    status TEXT NOT NULL CHECK (status IN ('waiting', 'queued', 'printing', 'printed', 'failed', 'doubtful')),
    kind TEXT NOT NULL CHECK (kind IN ('order', 'receipt', 'markup')),
    order_id TEXT,
    source TEXT,
    printer_id TEXT NOT NULL,
    copies INTEGER NOT NULL,
    copy INTEGER NOT NULL,
    reprint_of TEXT,
    attempts INTEGER NOT NULL DEFAULT 0,
    retry_at INTEGER NOT NULL DEFAULT 0,
    reason TEXT,
    detail TEXT,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
  ) STRICT;
  -- One live job an order: asking twice prints once.
  CREATE UNIQUE INDEX print_job_live ON print_job (order_id)
    WHERE order_id IS NOT NULL AND status IN ('waiting', 'queued', 'printing');
  CREATE INDEX print_job_open ON print_job (seq) WHERE status IN ('waiting', 'queued', 'printing');
  CREATE INDEX print_job_order ON print_job (order_id, seq);

  -- A pass opens once an agent. Its tags are kept so that a snapshot made before the sale cannot undo it.
  CREATE TABLE used_pass (
    jti TEXT PRIMARY KEY,
    order_id TEXT NOT NULL,
    epoch TEXT,
    tags TEXT NOT NULL,
    used_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  -- Feed entries that this build could not read: kept for the build that can.
  CREATE TABLE unknown_entry (
    epoch TEXT NOT NULL,
    seq INTEGER NOT NULL,
    type TEXT NOT NULL,
    reason TEXT NOT NULL,
    entry TEXT NOT NULL,
    PRIMARY KEY (epoch, seq)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE idempotency (
    caller TEXT NOT NULL,
    route TEXT NOT NULL,
    key TEXT NOT NULL,
    body_sha256 TEXT NOT NULL,
    status INTEGER NOT NULL,
    answer TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (caller, route, key)
  ) STRICT, WITHOUT ROWID;
  `,
  `
  -- Tags that this agent sold by itself: sold until the edge has committed the order, whatever the table
  -- \`tag\` says of them. Id order is order of sale.
  CREATE TABLE local_sale (
    id INTEGER PRIMARY KEY,
    epc TEXT NOT NULL,
    order_id TEXT NOT NULL,
    at INTEGER NOT NULL,
    UNIQUE (epc, order_id)
  ) STRICT;
  CREATE INDEX local_sale_order ON local_sale (order_id);
  `,
  `
  -- Which rows of \`tag\` changed since the copy of the table was saved that the next start opens.
  CREATE TABLE tag_changed (epc TEXT PRIMARY KEY, change INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  `,
  `
  -- Alarms of gates: the whole alarm stands in \`document\`, beside it what is searched for.
  CREATE TABLE alarm (
    id TEXT PRIMARY KEY,
    gate_id TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'acknowledged', 'resolved')),
    opened_at INTEGER NOT NULL,
    document TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX alarm_unresolved ON alarm (gate_id, opened_at) WHERE state <> 'resolved';
  CREATE INDEX alarm_time ON alarm (opened_at);
  CREATE INDEX receipt_time ON receipt (at);
  `,
  `
  -- What staff told a device to do. A command is open until it has its one outcome, which never changes.
  CREATE TABLE device_command (
    id TEXT PRIMARY KEY,
    device_id TEXT NOT NULL,
    name TEXT NOT NULL,
    args TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('pending', 'accepted', 'done', 'failed', 'expired')),
    detail TEXT,
    result TEXT,
    issued_by TEXT NOT NULL,
    issued_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX device_command_open ON device_command (issued_at) WHERE status IN ('pending', 'accepted');
  CREATE INDEX device_command_device ON device_command (device_id, issued_at);
  `,
  TILL_SCHEMA,
  `
  -- What vendors of gates are to hear of tags, in order. The first that waits for a tag goes before the others
  -- of that tag, so that an unsold never overtakes its own sold.
  CREATE TABLE vendor_delivery (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    vendor TEXT NOT NULL,
    key TEXT NOT NULL,
    epc TEXT NOT NULL,
    to_state TEXT NOT NULL CHECK (to_state IN ('retail_sold', 'sellable_accessible', 'returned')),
    ref TEXT NOT NULL,
    at TEXT NOT NULL,
    status TEXT NOT NULL DEFAULT 'waiting' CHECK (status IN ('waiting', 'delivered', 'dead')),
    step INTEGER NOT NULL DEFAULT 0,
    attempts INTEGER NOT NULL DEFAULT 0,
    due_at INTEGER NOT NULL,
    code TEXT,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    UNIQUE (vendor, key)
  ) STRICT;
  CREATE INDEX vendor_delivery_waiting ON vendor_delivery (vendor, seq) WHERE status = 'waiting';
  CREATE INDEX vendor_delivery_lane ON vendor_delivery (vendor, epc, seq);
  CREATE INDEX vendor_delivery_unfinished ON vendor_delivery (vendor, status) WHERE status <> 'delivered';
  CREATE INDEX vendor_delivery_updated ON vendor_delivery (updated_at);

  CREATE TABLE vendor_reconciled (vendor TEXT PRIMARY KEY, day TEXT NOT NULL) STRICT, WITHOUT ROWID;
  `,
];
