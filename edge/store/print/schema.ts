/** The table of what printers without an agent fetch from here, as one step of the store's tables. */
export const CLOUD_PRINT_TABLES: readonly string[] = [
  // Invariant: a row that was handed out is never handed out again once it is settled. `token` is its name to the
  // printer. Status: queued, sent, then printed, failed (proven: no paper) or doubtful.
  `CREATE TABLE cloud_print_job (
     seq INTEGER PRIMARY KEY,
     job_id TEXT NOT NULL UNIQUE,
     token TEXT NOT NULL UNIQUE,
     printer_id TEXT NOT NULL,
     order_id TEXT NOT NULL,
     receipt TEXT NOT NULL,
     copy INTEGER NOT NULL CHECK (copy IN (0, 1)),
     status TEXT NOT NULL CHECK (status IN ('queued', 'sent', 'printed', 'failed', 'doubtful')),
     reason TEXT,
     created_at INTEGER NOT NULL,
     updated_at INTEGER NOT NULL
   )`,
  // Invariant: one live job an order, so asking twice prints once.
  `CREATE UNIQUE INDEX cloud_print_live ON cloud_print_job (order_id) WHERE status IN ('queued', 'sent')`,
  `CREATE INDEX cloud_print_open ON cloud_print_job (printer_id, seq) WHERE status IN ('queued', 'sent')`,
  `CREATE INDEX cloud_print_order ON cloud_print_job (order_id, seq)`,
];
