import type { Basket, BasketStatus } from '../../shared/api/basket.ts';
import { change } from '../../shared/basket/lines.ts';
import type { PricedBasket } from '../../shared/basket/price.ts';
import { statusAt } from '../../shared/basket/status.ts';
import type { StoreConfig } from '../../shared/config/store_config.ts';
import { ok, type Result } from '../../shared/result.ts';
import { addDuty } from './duty.ts';
import type { Memory } from './idempotency.ts';
import type { Refusal } from './port.ts';
import { NO_PROGRAMS, price } from './price.ts';
import { audit, basketOf, linesOf } from './rows.ts';
import { perform } from './settle.ts';
import { type Shelf, shelfOf } from './shelf_cache.ts';
import { configFor, refuse, type Trip } from './trip.ts';
import { viewBasket } from './view.ts';

/** Sets a line's quantity; 0 takes it out and frees its tag. */
export async function changeLine(
  trip: Trip,
  id: string,
  quantity: number,
  memory: Memory,
): Promise<Result<Basket, Refusal>> {
  const frozen = closedTo(trip);
  if (frozen !== null) return frozen;
  const shelf = await shelfOf(trip.store, basketOf(trip.sql).shelf_version);
  if (!shelf.ok) return shelf;
  const config = await configFor(trip, { fresh: false });
  if (!config.ok) return config;
  const late = closedTo(trip);
  if (late !== null) return late;

  const lines = linesOf(trip.sql);
  const allowed = change(lines, id, quantity);
  if (!allowed.ok) return refuse(allowed.error.code);
  const line = allowed.value;
  const next = lines.flatMap((one) =>
    one.n !== line.n ? [one] : quantity === 0 ? [] : [{ ...one, quantity }],
  );
  const priced = price(next, shelf.value, config.value, trip.now(), NO_PROGRAMS);
  if (!priced.ok) return priced;

  const answer = trip.write(() => {
    if (quantity === 0) trip.sql.exec('DELETE FROM line WHERE n = ?', line.n);
    else trip.sql.exec('UPDATE line SET quantity = ? WHERE n = ?', quantity, line.n);
    if (quantity === 0 && line.epc !== null) addDuty(trip.sql, 'release', line.epc, trip.now());
    touch(trip, priced.value, shelf.value, config.value);
    audit(trip.sql, trip.now(), 'change_line', {
      line_id: id,
      epc: line.epc,
      quantity,
      total: priced.value.total,
    });
    const basket = viewBasket(trip.sql, trip.now());
    memory.keep(basket);
    return ok(basket);
  });
  await perform(trip, 'release');
  return answer;
}

/** Writes the price of exactly these lines; a basket that is used stays open. */
export function touch(trip: Trip, priced: PricedBasket, shelf: Shelf, config: StoreConfig): void {
  const now = trip.now();
  trip.sql.exec(
    'UPDATE basket SET priced = ?, shelf_version = ?, config_version = ?, updated_at = ?, expires_at = ?',
    JSON.stringify(priced),
    shelf.version,
    config.version,
    now,
    now + config.policies.basket_ttl_ms,
  );
}

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
