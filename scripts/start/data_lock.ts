import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { err, ok, type Result } from '../../shared/result.ts';

export interface DataLock {
  release(): void;
}

/**
 * One run at a time on a data folder. The lock is SQLite's own exclusive file lock: the operating system
 * drops it with its process, so a run that was killed leaves nothing stale behind.
 */
export function lockData(folder: string): Result<DataLock, { code: 'locked' }> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const database = new DatabaseSync(join(folder, 'lock'), { timeout: 0 });
  try {
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if (isBusy(error)) return err({ code: 'locked' });
    throw error;
  }
  return ok({ release: () => database.close() });
}

const SQLITE_BUSY = 5;
const isBusy = (error: unknown): boolean =>
  error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY;
