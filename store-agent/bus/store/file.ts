import { renameSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { errorText } from '../../log.ts';
import { openDatabase, transaction } from '../../state/database.ts';
import { integer, text } from '../../state/row.ts';

/** One thing that the broker must know after a restart. `owner` is a client id, or empty where nobody owns it. */
export interface KeptRow {
  kind: 'retained' | 'subscription' | 'outgoing' | 'will';
  owner: string;
  key: string;
  /** JSON. */
  body: string;
  /** When it was said, in milliseconds since the epoch. */
  at: number;
}
export type KeptKey = Pick<KeptRow, 'kind' | 'owner' | 'key'>;
export type StoreOp = { put: KeptRow } | { del: KeptKey };

const MIGRATIONS = [
  `
  CREATE TABLE kept (
    kind TEXT NOT NULL CHECK (kind IN ('retained', 'subscription', 'outgoing', 'will')),
    owner TEXT NOT NULL,
    key TEXT NOT NULL,
    body TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (kind, owner, key)
  ) STRICT, WITHOUT ROWID;
  `,
];
const KINDS = ['retained', 'subscription', 'outgoing', 'will'] as const;

const SQLITE_CORRUPT = 11;
const SQLITE_NOTADB = 26;

/** A damaged file; one that another process holds is none. */
const isDamage = (error: unknown): boolean =>
  error instanceof Error &&
  'errcode' in error &&
  typeof error.errcode === 'number' &&
  [SQLITE_CORRUPT, SQLITE_NOTADB].includes(error.errcode & 0xff);

/**
 * Opens the broker's own database. A damaged file is put aside and begun anew: what devices retained they
 * say again, and the shop is not to wait for it.
 */
export function openStore(path: string): { db: DatabaseSync; putAside: string | null } {
  try {
    return { db: openDatabase(path, undefined, MIGRATIONS), putAside: null };
  } catch (error) {
    if (!isDamage(error)) throw error;
    for (const suffix of ['', '-wal', '-shm']) {
      try {
        renameSync(`${path}${suffix}`, `${path}${suffix}.unreadable`);
      } catch {
        // That one was not there.
      }
    }
    return { db: openDatabase(path, undefined, MIGRATIONS), putAside: errorText(error) };
  }
}

export function readAll(db: DatabaseSync): KeptRow[] {
  return db
    .prepare('SELECT kind, owner, key, body, at FROM kept ORDER BY kind, owner, key')
    .all()
    .flatMap((row) => {
      const kind = KINDS.find((one) => one === row['kind']);
      if (kind === undefined) return [];
      return [
        {
          kind,
          owner: text(row, 'owner'),
          key: text(row, 'key'),
          body: text(row, 'body'),
          at: integer(row, 'at'),
        },
      ];
    });
}

/** One batch, whole or not at all. */
export function writeBatch(db: DatabaseSync, ops: readonly StoreOp[]): void {
  transaction(db, () => {
    const put = db.prepare('INSERT OR REPLACE INTO kept (kind, owner, key, body, at) VALUES (?, ?, ?, ?, ?)');
    const del = db.prepare('DELETE FROM kept WHERE kind = ? AND owner = ? AND key = ?');
    for (const op of ops) {
      if ('put' in op) put.run(op.put.kind, op.put.owner, op.put.key, op.put.body, op.put.at);
      else del.run(op.del.kind, op.del.owner, op.del.key);
    }
  });
}
