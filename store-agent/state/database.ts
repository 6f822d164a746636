import { DatabaseSync } from 'node:sqlite';
import { MIGRATIONS } from './migrations.ts';

/** How long another process (an agent that is just ending) may hold the file before we give up. */
const LOCK_WAIT_MS = 3_000;

/**
 * Opens the agent's database: WAL, every commit on disk before it returns, the file held by this process
 * alone (two agents on one folder would print and count twice). Throws where the file cannot be used.
 */
export function openDatabase(
  path: string,
  lockWaitMs = LOCK_WAIT_MS,
  migrations: readonly string[] = MIGRATIONS,
): DatabaseSync {
  const db = new DatabaseSync(path, { timeout: lockWaitMs });
  db.exec('PRAGMA locking_mode = EXCLUSIVE');
  db.exec('PRAGMA journal_mode = WAL');
  db.exec('PRAGMA synchronous = FULL');
  db.exec('PRAGMA foreign_keys = ON');
  migrate(db, migrations);
  return db;
}

/** Runs the migrations that this file has not seen, each in a transaction of its own. */
export function migrate(db: DatabaseSync, migrations: readonly string[] = MIGRATIONS): void {
  const version = Number(db.prepare('PRAGMA user_version').get()?.['user_version'] ?? 0);
  if (version > migrations.length) throw new Error(`the database is of a newer agent (version ${version})`);
  for (const [index, sql] of migrations.entries()) {
    if (index < version) continue;
    transaction(db, () => {
      db.exec(sql);
      db.exec(`PRAGMA user_version = ${index + 1}`);
    });
  }
}

/** A body that returns a promise would commit before its work is done, so the type refuses it. */
type Sync<T> = T extends PromiseLike<unknown> ? never : T;

/** One transaction, whole or not at all. The commit has reached the disk when this returns. */
export function transaction<T>(db: DatabaseSync, body: () => Sync<T>): Sync<T> {
  db.exec('BEGIN IMMEDIATE');
  try {
    const value = body();
    db.exec('COMMIT');
    return value;
  } catch (error) {
    // SQLite rolls back by itself on some errors, a full disk among them.
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}

const SQLITE_READONLY = 8;
const SQLITE_IOERR = 10;
const SQLITE_FULL = 13;

/** Whether an exception says that the disk took no more, in any of its extended codes (sqlite.org/rescode.html). */
export function isDiskFailure(error: unknown): boolean {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return false;
  const primary = error.errcode & 0xff;
  return primary === SQLITE_FULL || primary === SQLITE_IOERR || primary === SQLITE_READONLY;
}
