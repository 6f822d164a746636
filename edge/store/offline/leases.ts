import type { DeviceId } from '../../../shared/ids/index.ts';
import { NUMBER_VALUE_MAX, type NumberLease } from '../../../shared/offline/lease.ts';
import type { LeasedNumbers } from '../../../shared/offline/wire.ts';
import { err, ok, type Result } from '../../../shared/result.ts';
import type { CloseLease, OpenLease } from '../../../shared/rpc/agents.ts';
import { iso, type Scope } from '../scope.ts';
import { first, type Sql, single } from '../sql.ts';
import { lastDocument } from './documents.ts';

/** A device's series: a kiosk that sells a thousand times a day wraps after three years. */
const LO = 1;
const HI = NUMBER_VALUE_MAX;
/** A device that asks for more than it uses is broken; its series shall not run out over it. */
export const OPEN_LEASES_MAX = 40;

type LeaseRow = {
  lease_id: string;
  device_id: DeviceId;
  epoch: number;
  first: number;
  last: number;
  register: number;
  at: number;
  open: number;
  closed_at: number | null;
};
const COLUMNS = 'lease_id, device_id, epoch, first, last, register, at, open, closed_at';

/**
 * Leases the next block of a device's own series. The series stands here and only grows, so a disk that is
 * new, restored or lost can never give a number a second time. A block ends where the series wraps.
 */
export function leaseNumbers(
  scope: Scope,
  { agent, device_id, count }: { agent: string; device_id: DeviceId; count: number },
): Result<LeasedNumbers, { code: 'unknown_device' } | { code: 'too_many_leases' }> {
  const { sql, config, now } = scope;
  const device = config.devices.find(({ id }) => id === device_id);
  if (device?.kind !== 'kiosk' && device?.kind !== 'agent') return err({ code: 'unknown_device' });
  const { open } = single<{ open: number }>(
    sql,
    'SELECT count(*) AS open FROM number_lease WHERE device_id = ? AND closed_at IS NULL',
    device_id,
  );
  if (open >= OPEN_LEASES_MAX) return err({ code: 'too_many_leases' });
  const block = nextBlock(sql, device_id, count);
  const row: LeaseRow = {
    lease_id: `lea_${scope.newUuid()}`,
    device_id,
    ...block,
    register: registerOf(sql, device_id),
    at: now,
    open: block.last - block.first + 1,
    closed_at: null,
  };
  sql.exec(
    'INSERT INTO number_lease (lease_id, device_id, agent, epoch, first, last, register, at, open) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
    row.lease_id,
    device_id,
    agent,
    row.epoch,
    row.first,
    row.last,
    row.register,
    now,
    row.open,
  );
  return ok({ ...leaseOf(row), ...lastDocument(sql, device_id) });
}

/** Moves the series over the block. It wraps only between blocks, and then counts its epoch up. */
function nextBlock(
  sql: Sql,
  device: DeviceId,
  count: number,
): { epoch: number; first: number; last: number } {
  const series = `device:${device}`;
  const known = first<{ cur: number; epoch: number }>(
    sql,
    'SELECT cur, epoch FROM series WHERE series = ?',
    series,
  ) ?? { cur: LO - 1, epoch: 0 };
  const wraps = known.cur >= HI;
  const epoch = known.epoch + (wraps ? 1 : 0);
  const from = wraps ? LO : known.cur + 1;
  const last = Math.min(from + count - 1, HI);
  sql.exec(
    `INSERT INTO series (series, cur, lo, hi, epoch) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (series) DO UPDATE SET cur = excluded.cur, epoch = excluded.epoch`,
    series,
    last,
    LO,
    HI,
    epoch,
  );
  return { epoch, first: from, last };
}

function registerOf(sql: Sql, device: DeviceId): number {
  sql.exec(
    `INSERT INTO register (device_id, register) SELECT ?, coalesce(max(register), 0) + 1 FROM register WHERE true
     ON CONFLICT (device_id) DO NOTHING`,
    device,
  );
  return single<{ register: number }>(sql, 'SELECT register FROM register WHERE device_id = ?', device)
    .register;
}

const leaseOf = (row: LeaseRow): NumberLease => ({
  lease_id: row.lease_id,
  device_id: row.device_id,
  register: row.register,
  epoch: row.epoch,
  from: row.first,
  to: row.last,
});

/** The lease that a number of a device belongs to, or null where nobody ever leased it. */
export function leaseOfNumber(
  sql: Sql,
  number: { device_id: string; epoch: number; value: number },
): LeaseRow | null {
  return first<LeaseRow>(
    sql,
    `SELECT ${COLUMNS} FROM number_lease WHERE device_id = ? AND epoch = ? AND first <= ? AND last >= ?`,
    number.device_id,
    number.epoch,
    number.value,
    number.value,
  );
}

export interface LeasedNumber {
  device_id: string;
  epoch: number;
  value: number;
}
type Record = 'sale' | 'void' | 'quarantined';

/**
 * Writes what became of a number, and closes its lease with the last one. A sale takes the place of a void:
 * the shop's paper is stronger than our guess. Answers what the number was before, or null.
 */
export function recordNumber(
  scope: Scope,
  number: LeasedNumber,
  record: Record,
  subject: string,
): { record: Record; subject: string } | null {
  const { sql, now } = scope;
  const { device_id, epoch, value } = number;
  const before = first<{ record: Record; subject: string }>(
    sql,
    'SELECT record, subject FROM leased_number WHERE device_id = ? AND epoch = ? AND value = ?',
    device_id,
    epoch,
    value,
  );
  if (before?.record === 'sale') return before;
  if (before !== null && record !== 'sale') return before;
  sql.exec(
    'INSERT OR REPLACE INTO leased_number (device_id, epoch, value, record, subject, at) VALUES (?, ?, ?, ?, ?, ?)',
    device_id,
    epoch,
    value,
    record,
    subject,
    now,
  );
  if (before === null) {
    sql.exec(
      `UPDATE number_lease SET open = open - 1, closed_at = CASE WHEN open = 1 THEN ? ELSE closed_at END
       WHERE device_id = ? AND epoch = ? AND first <= ? AND last >= ?`,
      now,
      device_id,
      epoch,
      value,
      value,
    );
  }
  return before;
}

/**
 * Gives back what a lease has left: every number from `unused_from` on that has no record becomes a void.
 * Numbers below it stay open until their sales come. Idempotent.
 */
export function closeLease(
  scope: Scope,
  { lease_id, unused_from }: CloseLease,
): Result<OpenLease, { code: 'not_found' }> {
  const { sql } = scope;
  const find = () => first<LeaseRow>(sql, `SELECT ${COLUMNS} FROM number_lease WHERE lease_id = ?`, lease_id);
  const lease = find();
  if (lease === null) return err({ code: 'not_found' });
  const { device_id, epoch } = lease;
  for (let value = Math.max(unused_from ?? lease.first, lease.first); value <= lease.last; value++)
    recordNumber(scope, { device_id, epoch, value }, 'void', `unused of ${lease_id}`);
  return ok(openLeaseOf(find() ?? lease));
}

const openLeaseOf = (row: LeaseRow): OpenLease => ({
  ...leaseOf(row),
  leased_at: iso(row.at),
  recorded: row.last - row.first + 1 - row.open,
  closed: row.closed_at !== null,
});

/** Leases with numbers that nothing is known of yet, oldest first. */
export const openLeases = (sql: Sql): OpenLease[] =>
  sql
    .exec<LeaseRow>(`SELECT ${COLUMNS} FROM number_lease WHERE closed_at IS NULL ORDER BY at, lease_id`)
    .map(openLeaseOf);
