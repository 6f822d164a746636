import { z } from 'zod';
import type { Charge, ChargeStatus, ChargeWebhook, NewCharge } from '../test/protocol.ts';

/** A pending card is captured this long after the charge. */
const PENDING_SETTLES_MS = 2_000;
/** A charge that was declined and is taken all the same is taken this long after it. */
const LATE_SETTLES_MS = 5_000;
/** A charge whose answer is held back is shown as processing for this long. */
const TIMEOUT_SHOWS_MS = 8_000;
/** What is reserved and not taken is free again after this long. */
const RESERVATION_HOLDS_MS = 6 * 86_400_000;
/** What may be shown of the one card of the test bank. */
const CARD: NonNullable<Charge['card']> = {
  brand: 'test',
  last4: '0001',
  expiry: '12/39',
  funding: 'credit',
};
/** What `card_over` takes beyond what was asked, in minor units. */
const OVER = 100;

const Row = z.object({
  id: z.string(),
  request: z.string(),
  status: z.enum(['processing', 'requires_action', 'authorized', 'captured', 'declined', 'voided']),
  approved: z.number(),
  captured: z.number(),
  challenge_url: z.string().nullable(),
  created_at: z.number(),
  shown_from: z.number(),
});
type Row = z.infer<typeof Row>;

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
  const status = firstStatus(request);
  const settles = SETTLES_MS[request.method];
  const shownFrom = request.method === 'card_timeout' ? nowMs + TIMEOUT_SHOWS_MS : nowMs;
  sql.exec(
    `INSERT INTO charge (id, idempotency_key, reference, request, status, approved, challenge_url, created_at, settles_at,
       shown_from) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ...[id, key, request.reference, asked, status, approvedOf(request)],
    ...[status === 'requires_action' ? challengeUrl : null, nowMs],
    ...[settles === undefined ? null : nowMs + settles, shownFrom],
  );
  if (status === 'captured') take(sql, id, approvedOf(request), nowMs);
  return { charge: shown(rowOf(sql, id), nowMs), request, fresh: true };
}

const FIRST_STATUS: Readonly<Partial<Record<NewCharge['method'], ChargeStatus>>> = {
  card_declined: 'declined',
  card_3ds: 'requires_action',
  card_pending: 'processing',
  card_twice: 'processing',
  card_late: 'declined',
  card_auth: 'authorized',
};
const SETTLES_MS: Readonly<Partial<Record<NewCharge['method'], number>>> = {
  card_pending: PENDING_SETTLES_MS,
  card_twice: PENDING_SETTLES_MS,
  card_late: LATE_SETTLES_MS,
};

/** What is approved is taken at once unless the merchant only reserves; of `card_timeout` the answer never comes. */
const firstStatus = ({ method, capture }: NewCharge): ChargeStatus =>
  FIRST_STATUS[method] ?? (capture === 'manual' ? 'authorized' : 'captured');

/** What the issuer approves: a half of `card_partial`, more than was asked of `card_over`. */
function approvedOf({ method, amount }: NewCharge): number {
  if (method === 'card_partial') return Math.ceil(amount / 2);
  return method === 'card_over' ? amount + OVER : amount;
}

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

/** What was taken of a charge and may be refunded, in minor units; null: it is not captured. */
export function capturedOf(sql: SqlStorage, id: string): number | null {
  const row = rowOf(sql, id);
  return row.status === 'captured' ? row.captured : null;
}

/** Settles an open charge; false if it is settled already. The shop is told by a webhook in the same breath. */
export function settle(
  sql: SqlStorage,
  id: string,
  to: 'captured' | 'declined',
  newId: () => string,
  nowMs: number,
): boolean {
  const row = rowOf(sql, id);
  const request = requestOf(sql, id);
  const late = row.status === 'declined' && request.method === 'card_late';
  if (row.status !== 'processing' && row.status !== 'requires_action' && !late) return false;
  const before = shown(row, nowMs);
  const holds = to === 'captured' && request.capture === 'manual';
  sql.exec('UPDATE charge SET status = ?, settles_at = NULL WHERE id = ?', holds ? 'authorized' : to, id);
  if (to === 'captured' && !holds) take(sql, id, row.approved, nowMs);
  const data = shown(rowOf(sql, id), nowMs);
  const news = { type: `charge.${data.status}`, data };
  tell(sql, id, news, newId(), nowMs);
  if (request.method === 'card_twice') {
    // The same news under another id, and then older news.
    tell(sql, id, news, newId(), nowMs);
    tell(sql, id, { type: 'charge.processing', data: before }, newId(), nowMs);
  }
  return true;
}

/** Writes down what the shop must be told; the alarm sends it. */
export function tell(
  sql: SqlStorage,
  chargeId: string,
  news: Pick<ChargeWebhook, 'type' | 'data'>,
  webhookId: string,
  nowMs: number,
): void {
  sql.exec(
    'INSERT INTO delivery (id, url, body, next_at) VALUES (?, ?, ?, ?)',
    webhookId,
    requestOf(sql, chargeId).webhook_url,
    JSON.stringify({ type: news.type, timestamp: new Date(nowMs).toISOString(), data: news.data }),
    nowMs,
  );
}

/** Takes a part of what is reserved and releases the rest, once; again with the same amount answers the same. */
export function capture(
  sql: SqlStorage,
  id: string,
  amount: number,
  nowMs: number,
): Charge | 'not_authorized' | 'amount_too_large' {
  const row = rowOf(sql, id);
  if (row.status === 'captured' && row.captured === amount) return shown(row, nowMs);
  if (row.status !== 'authorized') return 'not_authorized';
  if (amount > row.approved) return 'amount_too_large';
  sql.exec(`UPDATE charge SET status = 'captured' WHERE id = ?`, id);
  take(sql, id, amount, nowMs);
  return shown(rowOf(sql, id), nowMs);
}

/** Calls an open charge off, releases a reservation, or gives the money of a captured one back whole. */
export function voidCharge(sql: SqlStorage, id: string, nowMs: number): Charge {
  const row = rowOf(sql, id);
  if (row.status !== 'declined' && row.status !== 'voided') {
    if (row.status === 'captured') move(sql, id, 'reversal', row.captured, nowMs);
    sql.exec(
      `UPDATE charge SET status = 'voided', captured = 0, settles_at = NULL, shown_from = ? WHERE id = ?`,
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
       (SELECT settles_at AS at FROM charge WHERE settles_at IS NOT NULL
        UNION ALL SELECT settles_at FROM refund WHERE settles_at IS NOT NULL UNION ALL SELECT next_at FROM delivery)`,
    )
    .one().at;
}

function take(sql: SqlStorage, id: string, amount: number, nowMs: number): void {
  sql.exec('UPDATE charge SET captured = ? WHERE id = ?', amount, id);
  move(sql, id, 'capture', amount, nowMs);
}

export function move(
  sql: SqlStorage,
  id: string,
  kind: 'capture' | 'reversal' | 'refund',
  amount: number,
  nowMs: number,
  reference = '',
): void {
  sql.exec(
    'INSERT INTO movement (charge_id, kind, reference, amount, at) VALUES (?, ?, ?, ?, ?)',
    ...[id, kind, reference, amount, nowMs],
  );
}

const rowOf = (sql: SqlStorage, id: string): Row =>
  Row.parse(sql.exec('SELECT * FROM charge WHERE id = ?', id).one());

function shown(row: Row, nowMs: number): Charge {
  const { reference, amount, currency, method }: NewCharge = JSON.parse(row.request);
  const status = nowMs < row.shown_from ? 'processing' : row.status;
  return {
    id: row.id,
    reference,
    amount,
    // `card_lies` speaks of another currency than the merchant.
    currency: method !== 'card_lies' ? currency : currency === 'XTS' ? 'XXX' : 'XTS',
    status,
    ...(status === 'authorized'
      ? {
          authorized: row.approved,
          authorized_until: new Date(row.created_at + RESERVATION_HOLDS_MS).toISOString(),
        }
      : {}),
    ...(status === 'captured' ? { captured: row.captured } : {}),
    ...(status === 'captured' || status === 'authorized' ? { card: CARD } : {}),
    ...(status === 'requires_action' && row.challenge_url !== null
      ? { challenge_url: row.challenge_url }
      : {}),
    ...(status === 'declined' ? { decline_code: 'card_declined' } : {}),
  };
}
