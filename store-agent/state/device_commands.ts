import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import type { CommandChange, DeviceCommand } from '../bus/command.ts';
import { integer, type Row, text, textOrNull } from './row.ts';

const Status = z.enum(['pending', 'accepted', 'done', 'failed', 'expired']);
const Json = z.record(z.string(), z.unknown());

/** The table `device_command`. An outcome is written once: the row moves out of the open ones and never again. */
export class DeviceCommandTable {
  readonly #db: DatabaseSync;

  constructor(db: DatabaseSync) {
    this.#db = db;
  }

  insert(command: DeviceCommand): void {
    this.#db
      .prepare(
        `INSERT INTO device_command (id, device_id, name, args, status, issued_by, issued_at, expires_at, updated_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(
        command.id,
        command.device_id,
        command.name,
        JSON.stringify(command.args),
        command.status,
        command.issued_by,
        command.issued_at,
        command.expires_at,
        command.updated_at,
      );
  }

  /** False where the command has its outcome already. */
  change(id: string, { status, detail, result }: CommandChange, atMs: number): boolean {
    const { changes } = this.#db
      .prepare(
        `UPDATE device_command SET status = ?, detail = ?, result = ?, updated_at = ?
         WHERE id = ? AND status IN ('pending', 'accepted')`,
      )
      .run(status, detail, result === null ? null : JSON.stringify(result), atMs, id);
    return changes === 1;
  }

  get(id: string): DeviceCommand | null {
    const row = this.#db.prepare('SELECT * FROM device_command WHERE id = ?').get(id);
    return row === undefined ? null : commandOf(row);
  }

  /** Commands without an outcome, oldest first. */
  open(): DeviceCommand[] {
    return this.#db
      .prepare("SELECT * FROM device_command WHERE status IN ('pending', 'accepted') ORDER BY issued_at, id")
      .all()
      .map(commandOf);
  }

  /** The newest command of each device. */
  latest(): DeviceCommand[] {
    return this.#db
      .prepare(
        `SELECT * FROM device_command AS one WHERE id = (
           SELECT id FROM device_command WHERE device_id = one.device_id ORDER BY issued_at DESC, id DESC LIMIT 1)`,
      )
      .all()
      .map(commandOf);
  }

  forgetEndedBefore(atMs: number): void {
    this.#db
      .prepare("DELETE FROM device_command WHERE updated_at < ? AND status NOT IN ('pending', 'accepted')")
      .run(atMs);
  }
}

function commandOf(row: Row): DeviceCommand {
  const result = textOrNull(row, 'result');
  return {
    id: text(row, 'id'),
    device_id: text(row, 'device_id'),
    name: text(row, 'name'),
    args: Json.parse(JSON.parse(text(row, 'args'))),
    status: Status.parse(row['status']),
    detail: textOrNull(row, 'detail'),
    result: result === null ? null : Json.parse(JSON.parse(result)),
    issued_by: text(row, 'issued_by'),
    issued_at: integer(row, 'issued_at'),
    expires_at: integer(row, 'expires_at'),
    updated_at: integer(row, 'updated_at'),
  };
}
