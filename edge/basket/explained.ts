import type { Basket } from '../../shared/api/basket.ts';
import { explainLines } from '../../shared/basket/explain_lines.ts';
import { ok, type Result } from '../../shared/result.ts';
import type { Refusal } from './port.ts';
import { NO_PROGRAMS } from './price.ts';
import { basketOf, linesOf, pricedOf } from './rows.ts';
import { shelfOf } from './shelf_cache.ts';
import type { Trip } from './trip.ts';
import { viewBasket } from './view.ts';

/**
 * The basket with the reasons of its price. They are found by evaluating it again as it was priced, at the
 * same time and with the same promotions; once the shelf has changed that cannot be done and they are null.
 */
export async function explained(trip: Trip): Promise<Result<Basket, Refusal>> {
  const shelf = await shelfOf(trip.store, basketOf(trip.sql).shelf_version);
  if (!shelf.ok) return shelf;
  // Read after the wait: another call may have changed the basket meanwhile.
  const row = basketOf(trip.sql);
  const lines = linesOf(trip.sql);
  const { now_local } = pricedOf(trip.sql);
  const isSame = shelf.value.version === row.shelf_version && now_local !== '';
  const explanation =
    isSame || lines.length === 0
      ? explainLines(lines, shelf.value.promotions, row.currency, now_local || undefined, NO_PROGRAMS)
      : null;
  return ok({ ...viewBasket(trip.sql, trip.now()), explanation });
}
