import type { StoreConfig } from '../../shared/config/store_config.ts';
import type { Sql } from './sql.ts';

/** What a command works with: the store's rows, its configuration, this moment, and chance. */
export interface Scope {
  sql: Sql;
  config: StoreConfig;
  /** The random id born with this storage. */
  epoch: string;
  /** Milliseconds since 1970. */
  now: number;
  newUuid(): string;
  after: After;
}

/** What the caller does once the transaction stands; the verbs only note it. */
export interface After {
  /** The feed has a new entry: push it to the agents. */
  feed: boolean;
  /** The outbox has a new event: drain it. */
  outbox: boolean;
  /** The object must be awake by this time (milliseconds since 1970). */
  wakeAt: number | null;
}

export const nothingAfter = (): After => ({ feed: false, outbox: false, wakeAt: null });

export function wakeBy(after: After, atMs: number): void {
  if (after.wakeAt === null || atMs < after.wakeAt) after.wakeAt = atMs;
}

export const iso = (ms: number): string => new Date(ms).toISOString();
