import type { DatabaseSync } from 'node:sqlite';
import { Trip } from '../till/trip.ts';
import { type Row, text } from './row.ts';

/** The tables of trips and of the tags that they hold. Writes expect a transaction. */
export class TripTable {
  readonly #db: DatabaseSync;

  constructor(db: DatabaseSync) {
    this.#db = db;
  }

  get(basketId: string): Trip | null {
    const row = this.#db.prepare('SELECT document FROM till_trip WHERE basket_id = ?').get(basketId);
    return row === undefined ? null : tripOf(row);
  }

  /** Keeps the trip, and for a live one exactly its tags. */
  put(trip: Trip): void {
    const { basket_id, device_id, status, due_at } = trip;
    this.#db
      .prepare(
        `INSERT INTO till_trip (basket_id, device_id, status, due_at, document) VALUES (?, ?, ?, ?, ?)
         ON CONFLICT (basket_id) DO UPDATE SET
           status = excluded.status, due_at = excluded.due_at, document = excluded.document`,
      )
      .run(basket_id, device_id, status, due_at, JSON.stringify(trip));
    this.#db.prepare('DELETE FROM till_hold WHERE basket_id = ?').run(basket_id);
    if (status !== 'open' && status !== 'locked') return;
    const hold = this.#db.prepare('INSERT INTO till_hold (epc, basket_id) VALUES (?, ?)');
    for (const { epc } of trip.lines) if (epc !== null) hold.run(epc, basket_id);
  }

  /** Which trip holds this tag, or null. */
  holderOf(epc: string): string | null {
    const row = this.#db.prepare('SELECT basket_id FROM till_hold WHERE epc = ?').get(epc);
    return row === undefined ? null : text(row, 'basket_id');
  }

  /** Live trips whose time is over. */
  overdue(nowMs: number): Trip[] {
    return this.#db
      .prepare(
        "SELECT document FROM till_trip WHERE due_at <= ? AND status IN ('open', 'locked') ORDER BY due_at",
      )
      .all(nowMs)
      .map(tripOf);
  }

  /** Orders that are open. */
  locked(): Trip[] {
    return this.#db
      .prepare("SELECT document FROM till_trip WHERE status IN ('open', 'locked') AND due_at > 0")
      .all()
      .map(tripOf)
      .filter(({ status }) => status === 'locked');
  }

  forgetBefore(atMs: number): void {
    this.#db.prepare("DELETE FROM till_trip WHERE due_at < ? AND status NOT IN ('open', 'locked')").run(atMs);
  }
}

const tripOf = (row: Row): Trip => Trip.parse(JSON.parse(text(row, 'document')));
