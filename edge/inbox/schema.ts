import { first, type Sql } from '../store/sql.ts';

/**
 * The messages of one account. Invariant: a message stands here before its sender is answered, once by the name that
 * the provider gave it; `event` and `body` are sealed, because they may hold tokens.
 */
const TABLES = [
  `CREATE TABLE webhook (
     n INTEGER PRIMARY KEY,
     id TEXT NOT NULL UNIQUE,
     event_id TEXT NOT NULL UNIQUE,
     store_id TEXT NOT NULL,
     gateway TEXT NOT NULL,
     kind TEXT NOT NULL,
     type TEXT NOT NULL,
     payment_id TEXT,
     refund_id TEXT,
     reference TEXT,
     occurred_at TEXT,
     event TEXT NOT NULL,
     body TEXT NOT NULL,
     status TEXT NOT NULL
       CHECK (status IN ('received', 'applied', 'unchanged', 'unmatched', 'parked', 'ignored')),
     deliveries INTEGER NOT NULL DEFAULT 1,
     tries INTEGER NOT NULL DEFAULT 0,
     replay INTEGER NOT NULL DEFAULT 0,
     problem TEXT,
     next_at INTEGER,
     received_at INTEGER NOT NULL,
     applied_at INTEGER
   )`,
  'CREATE INDEX webhook_next ON webhook (next_at) WHERE next_at IS NOT NULL',
  'CREATE INDEX webhook_status ON webhook (status, n)',
];

export const isCreated = (sql: Sql): boolean =>
  first(sql, `SELECT 1 AS found FROM sqlite_master WHERE type = 'table' AND name = 'webhook'`) !== null;

/** An address that nobody wrote to keeps nothing. */
export function createTables(sql: Sql): void {
  if (!isCreated(sql)) for (const table of TABLES) sql.exec(table);
}

export interface WebhookRow {
  n: number;
  id: string;
  event_id: string;
  store_id: string;
  gateway: string;
  kind: 'payment' | 'refund' | 'dispute' | 'other';
  type: string;
  payment_id: string | null;
  refund_id: string | null;
  reference: string | null;
  occurred_at: string | null;
  event: string;
  body: string;
  status: 'received' | 'applied' | 'unchanged' | 'unmatched' | 'parked' | 'ignored';
  deliveries: number;
  tries: number;
  replay: number;
  problem: string | null;
  next_at: number | null;
  received_at: number;
  applied_at: number | null;
  [column: string]: string | number | null;
}
