import type { StoreConfig } from '../../shared/config/store_config.ts';
import type { ShopperId } from '../../shared/ids/index.ts';
import type { PaymentAccount } from '../../shared/payment/account.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import type { Gateway } from '../payment/gateway.ts';
import type { Vault } from '../payment/vault.ts';
import type { ShopperForTrip } from '../shopper/port.ts';
import type { Sql } from '../store/sql.ts';
import type { Refusal } from './port.ts';
import { accountOf, basketOf, type LegRow } from './rows.ts';
import { CONFIG_FRESH_MS, configOf, type StorePort } from './store_port.ts';

/** What a verb works with: the trip's tables, its store, the providers, and this moment. */
export interface Trip {
  readonly sql: Sql;
  readonly store: StorePort;
  readonly vault: Vault;
  gateway(account: PaymentAccount, origin: string): Gateway | null;
  /** What is kept of the shopper beyond this trip. A call may reject. */
  shopper(id: ShopperId): ShopperForTrip;
  /** Milliseconds since 1970. */
  now(): number;
  newUuid(): string;
  /** One transaction, rolled back whole if it throws. The type refuses an asynchronous one. */
  write<T>(change: () => T extends PromiseLike<unknown> ? never : T): T;
}

/** The adapter of the account that an attempt was made with; null: this deployment has none. */
export const adapterOf = (trip: Trip, leg: LegRow): Gateway | null =>
  trip.gateway(accountOf(leg), leg.origin);

export const refuse = (code: Refusal['code'], detail?: string): { ok: false; error: Refusal } =>
  err(detail === undefined ? { code } : { code, detail });

/** The store's configuration. `fresh`: what the store allows at this moment, not what the basket was priced with. */
export async function configFor(
  trip: Trip,
  wants: { fresh: boolean; atLeast?: number },
): Promise<Result<StoreConfig, Refusal>> {
  const now = trip.now();
  const atLeast = wants.atLeast ?? basketOf(trip.sql).config_version;
  const asked = await configOf(trip.store, { atLeast, since: wants.fresh ? now - CONFIG_FRESH_MS : 0 }, now);
  if (!asked.ok) return asked;
  return asked.value === null ? refuse('store_unavailable') : ok(asked.value);
}
