import type { DatabaseSync } from 'node:sqlite';
import { integer, text } from './row.ts';

export const IDEMPOTENCY_KEPT_MS = 35 * 24 * 3_600_000;

/** Who called what with which key: a key means nothing outside its caller and route. */
export interface IdempotentCall {
  caller: string;
  route: string;
  key: string;
  body_sha256: string;
}

export type Earlier =
  | { kind: 'none' }
  | { kind: 'other_body' }
  | { kind: 'replay'; status: number; answer: string };

/** The table `idempotency`: first successes, written in the transaction of their own effect. */
export class IdempotencyTable {
  readonly #db: DatabaseSync;

  constructor(db: DatabaseSync) {
    this.#db = db;
  }

  earlier(call: IdempotentCall): Earlier {
    const row = this.#db
      .prepare(
        'SELECT body_sha256, status, answer FROM idempotency WHERE caller = ? AND route = ? AND key = ?',
      )
      .get(call.caller, call.route, call.key);
    if (row === undefined) return { kind: 'none' };
    if (text(row, 'body_sha256') !== call.body_sha256) return { kind: 'other_body' };
    return { kind: 'replay', status: integer(row, 'status'), answer: text(row, 'answer') };
  }

  remember(call: IdempotentCall, status: number, answer: string, atMs: number): void {
    this.#db
      .prepare(
        'INSERT INTO idempotency (caller, route, key, body_sha256, status, answer, at) VALUES (?, ?, ?, ?, ?, ?, ?)',
      )
      .run(call.caller, call.route, call.key, call.body_sha256, status, answer, atMs);
  }

  forgetBefore(atMs: number): void {
    this.#db.prepare('DELETE FROM idempotency WHERE at < ?').run(atMs);
  }
}
