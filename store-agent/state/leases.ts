import type { DatabaseSync } from 'node:sqlite';
import { type HeldLease, NumberLease } from '../../shared/offline/lease.ts';
import { integer, type Row, text } from './row.ts';

/** The tables of leased numbers. Writes expect a transaction. */
export class LeaseTable {
  readonly #db: DatabaseSync;

  constructor(db: DatabaseSync) {
    this.#db = db;
  }

  /** The open leases of a device, in the order in which they are used up. */
  open(deviceId: string): HeldLease[] {
    return this.#db
      .prepare('SELECT * FROM till_lease WHERE device_id = ? AND closed = 0 ORDER BY place')
      .all(deviceId)
      .map(leaseOf);
  }

  /** The same lease again changes nothing. */
  add(lease: NumberLease): void {
    const { lease_id, device_id, register, epoch, from, to } = lease;
    this.#db
      .prepare(
        `INSERT INTO till_lease (lease_id, device_id, register, epoch, first, last, next)
         VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
      )
      .run(lease_id, device_id, register, epoch, from, to, from);
  }

  /** Takes the next number; a lease that has given its last one is done. */
  advance({ lease_id, next, to }: HeldLease): void {
    this.#db
      .prepare('UPDATE till_lease SET next = ?, closed = ? WHERE lease_id = ?')
      .run(next + 1, next + 1 > to ? 1 : 0, lease_id);
  }

  close(leaseId: string): void {
    this.#db.prepare('UPDATE till_lease SET closed = 1 WHERE lease_id = ?').run(leaseId);
  }

  /** The request that has not been answered yet, or the one given, now kept. */
  request(deviceId: string, fresh: { key: string; count: number }): { key: string; count: number } {
    this.#db
      .prepare(
        'INSERT INTO till_lease_request (device_id, key, count) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
      )
      .run(deviceId, fresh.key, fresh.count);
    const row = this.#db
      .prepare('SELECT key, count FROM till_lease_request WHERE device_id = ?')
      .get(deviceId);
    return row === undefined ? fresh : { key: text(row, 'key'), count: integer(row, 'count') };
  }

  answered(deviceId: string): void {
    this.#db.prepare('DELETE FROM till_lease_request WHERE device_id = ?').run(deviceId);
  }
}

function leaseOf(row: Row): HeldLease {
  const lease = NumberLease.parse({
    lease_id: text(row, 'lease_id'),
    device_id: text(row, 'device_id'),
    register: integer(row, 'register'),
    epoch: integer(row, 'epoch'),
    from: integer(row, 'first'),
    to: integer(row, 'last'),
  });
  return { ...lease, next: integer(row, 'next') };
}
