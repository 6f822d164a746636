import type { BasketStatus } from '../../shared/api/basket.ts';
import { statusAt } from '../../shared/basket/status.ts';
import type { StoreConfig } from '../../shared/config/store_config.ts';
import { ok, type Result } from '../../shared/result.ts';
import type { Refusal } from './port.ts';
import { basketOf } from './rows.ts';
import { type Shelf, shelfOf } from './shelf_cache.ts';
import { configFor, refuse, type Trip } from './trip.ts';

const CLOSED: Readonly<Record<Exclude<BasketStatus, 'open'>, Refusal['code']>> = {
  locked: 'basket_locked',
  converted: 'basket_locked',
  expired: 'basket_expired',
};

/** Why the basket takes no change now, or null. */
export function closedTo(trip: Trip): { ok: false; error: Refusal } | null {
  const basket = basketOf(trip.sql);
  const status = statusAt(basket.status, basket.expires_at, trip.now());
  return status === 'open' ? null : refuse(CLOSED[status]);
}

/** What a change of an open basket is decided and priced with. Getting it may take a while: the basket is open still. */
export async function openBasket(
  trip: Trip,
  wants: { fresh: boolean },
): Promise<Result<{ shelf: Shelf; config: StoreConfig }, Refusal>> {
  const frozen = closedTo(trip);
  if (frozen !== null) return frozen;
  const shelf = await shelfOf(trip.store, basketOf(trip.sql).shelf_version);
  if (!shelf.ok) return shelf;
  const config = await configFor(trip, wants);
  if (!config.ok) return config;
  return closedTo(trip) ?? ok({ shelf: shelf.value, config: config.value });
}
