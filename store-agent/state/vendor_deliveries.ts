import type { DatabaseSync } from 'node:sqlite';
import type { DeliveryStatus, LaneEntry } from '../../shared/eas/lane.ts';
import { EasState } from '../../shared/eas/profile.ts';
import type { Mark } from '../../shared/eas/request.ts';
import { integer, type Row, text, textOrNull } from './row.ts';

export interface VendorDelivery extends LaneEntry, Mark {
  id: string;
  vendor: string;
  status: DeliveryStatus;
  attempts: number;
  /** Why the last attempt failed, or what came of it. */
  code: string | null;
  created_at: number;
  updated_at: number;
}

export type DeliveryChange = Partial<
  Pick<VendorDelivery, 'status' | 'step' | 'attempts' | 'due_at' | 'code'>
>;

/** The table `vendor_delivery`: what vendors of gates are to hear, and heard. Writes expect a transaction around them. */
export class VendorDeliveryTable {
  readonly #db: DatabaseSync;

  constructor(db: DatabaseSync) {
    this.#db = db;
  }

  /** A change that is on the list already stays as it is. */
  enqueue(vendor: string, id: string, mark: Mark, nowMs: number): boolean {
    const { key, epc, to, ref, at } = mark;
    const { changes } = this.#db
      .prepare(
        `INSERT INTO vendor_delivery (id, vendor, key, epc, to_state, ref, at, due_at, created_at, updated_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (vendor, key) DO NOTHING`,
      )
      .run(id, vendor, key, epc, to, ref, at, nowMs, nowMs, nowMs);
    return changes === 1;
  }

  /** In order of their seq. */
  waiting(vendor: string, limit: number): VendorDelivery[] {
    return this.#rows("vendor = ? AND status = 'waiting' ORDER BY seq LIMIT ?", vendor, limit);
  }

  change(id: string, change: DeliveryChange, nowMs: number): void {
    const entries = Object.entries(change);
    const sets = [...entries.map(([column]) => `${column} = ?`), 'updated_at = ?'].join(', ');
    this.#db
      .prepare(`UPDATE vendor_delivery SET ${sets} WHERE id = ?`)
      .run(...entries.map(([, value]) => value), nowMs, id);
  }

  get(id: string): VendorDelivery | null {
    return this.#rows('id = ?', id)[0] ?? null;
  }

  /** Whether a later change of the same tag is on the list: what came before it must not be sent any more. */
  isSuperseded({ vendor, epc, seq }: VendorDelivery): boolean {
    return this.#rows('vendor = ? AND epc = ? AND seq > ? LIMIT 1', vendor, epc, seq).length > 0;
  }

  /** The last word on each tag that was delivered since then, where nothing waits behind it. */
  lastDelivered(vendor: string, sinceMs: number): VendorDelivery[] {
    return this.#rows(
      `vendor = ? AND status = 'delivered' AND updated_at >= ? AND NOT EXISTS (
         SELECT 1 FROM vendor_delivery AS later
         WHERE later.vendor = one.vendor AND later.epc = one.epc AND later.seq > one.seq) ORDER BY seq`,
      vendor,
      sinceMs,
    );
  }

  /** Newest first. */
  list(
    filter: { vendor?: string | undefined; status?: DeliveryStatus | undefined },
    page: { above: number; below: number; oldestFirst: boolean; limit: number },
  ): VendorDelivery[] {
    return this.#rows(
      `(? IS NULL OR vendor = ?) AND (? IS NULL OR status = ?) AND seq > ? AND seq < ?
       ORDER BY seq ${page.oldestFirst ? 'ASC' : 'DESC'} LIMIT ?`,
      filter.vendor ?? null,
      filter.vendor ?? null,
      filter.status ?? null,
      filter.status ?? null,
      page.above,
      page.below,
      page.limit,
    );
  }

  counts(vendor: string): { waiting: number; dead: number; oldest_at: number | null } {
    const row = this.#db
      .prepare(
        `SELECT count(*) FILTER (WHERE status = 'waiting') AS waiting, count(*) FILTER (WHERE status = 'dead') AS dead,
                min(created_at) FILTER (WHERE status = 'waiting') AS oldest
         FROM vendor_delivery WHERE vendor = ? AND status <> 'delivered'`,
      )
      .get(vendor);
    if (row === undefined) return { waiting: 0, dead: 0, oldest_at: null };
    return {
      waiting: integer(row, 'waiting'),
      dead: integer(row, 'dead'),
      oldest_at: row['oldest'] === null ? null : integer(row, 'oldest'),
    };
  }

  /** The last local day on which a vendor was reconciled. */
  reconciledOn(vendor: string): string | null {
    const row = this.#db.prepare('SELECT day FROM vendor_reconciled WHERE vendor = ?').get(vendor);
    return row === undefined ? null : text(row, 'day');
  }

  setReconciled(vendor: string, day: string): void {
    this.#db.prepare('INSERT OR REPLACE INTO vendor_reconciled (vendor, day) VALUES (?, ?)').run(vendor, day);
  }

  forgetEndedBefore(atMs: number): void {
    this.#db.prepare("DELETE FROM vendor_delivery WHERE updated_at < ? AND status <> 'waiting'").run(atMs);
  }

  #rows(where: string, ...values: (string | number | null)[]): VendorDelivery[] {
    return this.#db
      .prepare(`SELECT * FROM vendor_delivery AS one WHERE ${where}`)
      .all(...values)
      .map(deliveryOf);
  }
}

const STATUSES: readonly DeliveryStatus[] = ['waiting', 'delivered', 'dead'];

function deliveryOf(row: Row): VendorDelivery {
  const status = STATUSES.find((one) => one === row['status']);
  if (status === undefined) throw new Error('a delivery of no known status');
  return {
    seq: integer(row, 'seq'),
    id: text(row, 'id'),
    vendor: text(row, 'vendor'),
    key: text(row, 'key'),
    epc: text(row, 'epc'),
    to: EasState.parse(row['to_state']),
    ref: text(row, 'ref'),
    at: text(row, 'at'),
    status,
    step: integer(row, 'step'),
    attempts: integer(row, 'attempts'),
    due_at: integer(row, 'due_at'),
    code: textOrNull(row, 'code'),
    created_at: integer(row, 'created_at'),
    updated_at: integer(row, 'updated_at'),
  };
}
