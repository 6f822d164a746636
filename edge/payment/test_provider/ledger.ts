import { z } from 'zod';
import type { Charge, ChargeStatus, NewCharge } from '../test/protocol.ts';

/** A pending card is captured this long after the charge. */
const PENDING_SETTLES_MS = 2_000;
/** A charge whose answer is held back is shown as processing for this long. */
const TIMEOUT_SHOWS_MS = 8_000;

const TABLES = [
  // Invariant: one charge an idempotency key, for ever; whoever repeats a key gets that charge and no other.
  `CREATE TABLE IF NOT EXISTS charge (
     id TEXT PRIMARY KEY,
     idempotency_key TEXT NOT NULL UNIQUE,
     reference TEXT NOT NULL,
     request TEXT NOT NULL,
     status TEXT NOT NULL CHECK (status IN ('processing', 'requires_action', 'captured', 'declined', 'voided')),
     challenge_url TEXT,
     created_at INTEGER NOT NULL,
     settles_at INTEGER,
     shown_from INTEGER NOT NULL
   )`,
  'CREATE INDEX IF NOT EXISTS charge_reference ON charge (reference)',
  'CREATE INDEX IF NOT EXISTS charge_settles ON charge (settles_at) WHERE settles_at IS NOT NULL',
  // Invariant: the money of a charge is taken once and given back once at most.
  `CREATE TABLE IF NOT EXISTS movement (
     charge_id TEXT NOT NULL REFERENCES charge (id),
     kind TEXT NOT NULL CHECK (kind IN ('capture', 'reversal')),
     amount INTEGER NOT NULL CHECK (amount > 0),
     at INTEGER NOT NULL,
     PRIMARY KEY (charge_id, kind)
   )`,
  `CREATE TABLE IF NOT EXISTS delivery (
     id TEXT PRIMARY KEY,
     url TEXT NOT NULL,
     body TEXT NOT NULL,
     attempts INTEGER NOT NULL DEFAULT 0,
     next_at INTEGER NOT NULL
   )`,
];

const Row = z.object({
  id: z.string(),
  request: z.string(),
  status: z.enum(['processing', 'requires_action', 'captured', 'declined', 'voided']),
  challenge_url: z.string().nullable(),
  shown_from: z.number(),
});
type Row = z.infer<typeof Row>;

/** The tables come with the first charge, so that an address nobody charged on keeps nothing. */
export function prepare(sql: SqlStorage): void {
  for (const table of TABLES) sql.exec(table);
}

export function isEmpty(sql: SqlStorage): boolean {
  return (
    sql.exec(`SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'charge'`).toArray().length === 0
  );
}

interface Made {
  charge: Charge;
  request: NewCharge;
  /** False: the key was known, and this is what its first charge has become. */
  fresh: boolean;
}

/** Charges once a key. Null: the key was used for another request. */
export function charge(
  sql: SqlStorage,
  key: string,
  request: NewCharge,
  id: string,
  challengeUrl: string,
  nowMs: number,
): Made | null {
  const asked = JSON.stringify(request);
  const known = sql.exec('SELECT * FROM charge WHERE idempotency_key = ?', key).toArray()[0];
  if (known !== undefined) {
    const row = Row.parse(known);
    return row.request === asked ? { charge: shown(row, nowMs), request, fresh: false } : null;
  }
  const status = FIRST_STATUS[request.method];
  const settles = request.method === 'card_pending' ? nowMs + PENDING_SETTLES_MS : null;
  const shownFrom = request.method === 'card_timeout' ? nowMs + TIMEOUT_SHOWS_MS : nowMs;
  sql.exec(
    `INSERT INTO charge (id, idempotency_key, reference, request, status, challenge_url, created_at, settles_at, shown_from)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ...[id, key, request.reference, asked, status],
    ...[status === 'requires_action' ? challengeUrl : null, nowMs, settles, shownFrom],
  );
  if (status === 'captured') move(sql, id, 'capture', request.amount, nowMs);
  return { charge: shown(rowOf(sql, id), nowMs), request, fresh: true };
}

const FIRST_STATUS: Readonly<Record<NewCharge['method'], ChargeStatus>> = {
  card: 'captured',
  card_declined: 'declined',
  card_3ds: 'requires_action',
  card_pending: 'processing',
  // The money is taken at once; only the answer never comes.
  card_timeout: 'captured',
};

export function find(sql: SqlStorage, id: string, nowMs: number): Charge | null {
  const row = sql.exec('SELECT * FROM charge WHERE id = ?', id).toArray()[0];
  return row === undefined ? null : shown(Row.parse(row), nowMs);
}

/** Charges under the merchant's own reference, oldest first. */
export function findByReference(sql: SqlStorage, reference: string, nowMs: number): Charge[] {
  return sql
    .exec('SELECT * FROM charge WHERE reference = ? ORDER BY created_at LIMIT 100', reference)
    .toArray()
    .map((row) => shown(Row.parse(row), nowMs));
}

export const requestOf = (sql: SqlStorage, id: string): NewCharge => JSON.parse(rowOf(sql, id).request);

/** Settles an open charge; false if it is settled already. The shop is told by a webhook in the same breath. */
export function settle(
  sql: SqlStorage,
  id: string,
  to: 'captured' | 'declined',
  webhookId: string,
  nowMs: number,
): boolean {
  const row = rowOf(sql, id);
  if (row.status !== 'processing' && row.status !== 'requires_action') return false;
  sql.exec('UPDATE charge SET status = ?, settles_at = NULL WHERE id = ?', to, id);
  const request = requestOf(sql, id);
  if (to === 'captured') move(sql, id, 'capture', request.amount, nowMs);
  const data = shown(rowOf(sql, id), nowMs);
  const body = JSON.stringify({ type: `charge.${to}`, timestamp: new Date(nowMs).toISOString(), data });
  sql.exec(
    'INSERT INTO delivery (id, url, body, next_at) VALUES (?, ?, ?, ?)',
    webhookId,
    request.webhook_url,
    body,
    nowMs,
  );
  return true;
}

/** Calls an open charge off, or gives the money of a captured one back. A declined one stays declined. */
export function voidCharge(sql: SqlStorage, id: string, nowMs: number): Charge {
  const row = rowOf(sql, id);
  if (row.status !== 'declined' && row.status !== 'voided') {
    if (row.status === 'captured') move(sql, id, 'reversal', requestOf(sql, id).amount, nowMs);
    sql.exec(
      `UPDATE charge SET status = 'voided', settles_at = NULL, shown_from = ? WHERE id = ?`,
      nowMs,
      id,
    );
  }
  return shown(rowOf(sql, id), nowMs);
}

export function dueCharges(sql: SqlStorage, nowMs: number): string[] {
  return sql
    .exec<{ id: string }>('SELECT id FROM charge WHERE settles_at <= ? ORDER BY settles_at', nowMs)
    .toArray()
    .map(({ id }) => id);
}

/** When there is something to do next, in milliseconds since 1970. */
export function nextDue(sql: SqlStorage): number | null {
  return sql
    .exec<{ at: number | null }>(
      `SELECT min(at) AS at FROM
       (SELECT settles_at AS at FROM charge WHERE settles_at IS NOT NULL UNION ALL SELECT next_at FROM delivery)`,
    )
    .one().at;
}

function move(
  sql: SqlStorage,
  id: string,
  kind: 'capture' | 'reversal',
  amount: number,
  nowMs: number,
): void {
  sql.exec('INSERT INTO movement (charge_id, kind, amount, at) VALUES (?, ?, ?, ?)', id, kind, amount, nowMs);
}

const rowOf = (sql: SqlStorage, id: string): Row =>
  Row.parse(sql.exec('SELECT * FROM charge WHERE id = ?', id).one());

function shown(row: Row, nowMs: number): Charge {
  const { reference, amount, currency }: NewCharge = JSON.parse(row.request);
  const status = nowMs < row.shown_from ? 'processing' : row.status;
  return {
    id: row.id,
    reference,
    amount,
    currency,
    status,
    ...(status === 'requires_action' && row.challenge_url !== null
      ? { challenge_url: row.challenge_url }
      : {}),
    ...(status === 'declined' ? { decline_code: 'card_declined' } : {}),
  };
}
