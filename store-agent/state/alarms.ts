import type { DatabaseSync } from 'node:sqlite';
import { Alarm, type AlarmState } from '../alarms/alarm.ts';
import { text } from './row.ts';

/** The table `alarm`: what gates alarmed about and how it ended. Writes expect a transaction around them. */
export class AlarmTable {
  readonly #db: DatabaseSync;

  constructor(db: DatabaseSync) {
    this.#db = db;
  }

  put(alarm: Alarm): void {
    this.#db
      .prepare(
        `INSERT INTO alarm (id, gate_id, state, opened_at, document) VALUES (?, ?, ?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET state = excluded.state, document = excluded.document`,
      )
      .run(alarm.id, alarm.gate_id, alarm.state, Date.parse(alarm.opened_at), JSON.stringify(alarm));
  }

  get(id: string): Alarm | null {
    const row = this.#db.prepare('SELECT document FROM alarm WHERE id = ?').get(id);
    return row === undefined ? null : read(text(row, 'document'));
  }

  /** The gate's alarms that nobody has resolved, newest first. */
  unresolvedOf(gateId: string, limit: number): Alarm[] {
    return this.#db
      .prepare(
        `SELECT document FROM alarm WHERE gate_id = ? AND state <> 'resolved' ORDER BY opened_at DESC, id DESC LIMIT ?`,
      )
      .all(gateId, limit)
      .map((row) => read(text(row, 'document')));
  }

  /** Newest first, below an id (null: from the newest on), in one of the states. */
  page(states: readonly AlarmState[], below: string | null, limit: number): Alarm[] {
    return this.#db
      .prepare(
        `SELECT document FROM alarm
         WHERE state IN (SELECT value FROM json_each(?))
           AND (?2 IS NULL OR (opened_at, id) < (SELECT opened_at, id FROM alarm WHERE id = ?2))
         ORDER BY opened_at DESC, id DESC LIMIT ?3`,
      )
      .all(JSON.stringify(states), below, limit)
      .map((row) => read(text(row, 'document')));
  }

  forgetResolvedBefore(atMs: number): void {
    this.#db.prepare(`DELETE FROM alarm WHERE state = 'resolved' AND opened_at < ?`).run(atMs);
  }
}

const read = (document: string): Alarm => Alarm.parse(JSON.parse(document));
