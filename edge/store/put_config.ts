import { StoreConfig } from '../../shared/config/store_config.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import { appendFeed } from './feed_log.ts';
import { provision } from './schema.ts';
import type { Scope } from './scope.ts';
import { first, type Sql } from './sql.ts';

type PutConfigRefusal = { code: 'stale_version' } | { code: 'other_tenant' };

/** The store's configuration and epoch, as stored. Only for a provisioned store. */
export function readStore(sql: Sql): Pick<Scope, 'config' | 'epoch'> {
  const row = first<{ epoch: string; config: string }>(sql, 'SELECT epoch, config FROM store');
  if (row === null) throw new Error('the store was never provisioned');
  return { epoch: row.epoch, config: StoreConfig.parse(JSON.parse(row.config)) };
}

/** A store keeps its retailer for ever, and its configuration never goes back. */
export function mayPutConfig(current: StoreConfig, next: StoreConfig): Result<void, PutConfigRefusal> {
  if (next.retailer_id !== current.retailer_id || next.store_id !== current.store_id) {
    return err({ code: 'other_tenant' });
  }
  return next.version < current.version ? err({ code: 'stale_version' }) : ok(undefined);
}

/** Makes the tables; the store begins its life with this configuration. The feed begins with it too. */
export function bornWith(scope: Scope): void {
  const { sql, config, epoch } = scope;
  provision(sql, { epoch, config_version: config.version, config: JSON.stringify(config) });
  appendFeed(scope, { type: 'config', config });
}

/** Replaces the configuration; the same version again is a repeat and writes nothing. */
export function replaceConfig(scope: Scope, next: StoreConfig): void {
  if (next.version === scope.config.version) return;
  scope.sql.exec('UPDATE store SET config_version = ?, config = ?', next.version, JSON.stringify(next));
  appendFeed(scope, { type: 'config', config: next });
}
