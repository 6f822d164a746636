import type { Basket, BasketStatus } from '../../shared/api/basket.ts';
import { settleChildren } from '../../shared/basket/children.ts';
import { change } from '../../shared/basket/lines.ts';
import { statusAt } from '../../shared/basket/status.ts';
import { ok, type Result } from '../../shared/result.ts';
import type { Memory } from './idempotency.ts';
import { beyondTotal, limitsOf } from './limits.ts';
import type { Refusal } from './port.ts';
import { NO_PROGRAMS, price } from './price.ts';
import { audit, basketOf, linesOf } from './rows.ts';
import { perform } from './settle.ts';
import { shelfOf } from './shelf_cache.ts';
import { configFor, refuse, type Trip } from './trip.ts';
import { viewBasket } from './view.ts';
import { writeLines } from './write_lines.ts';

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

  const before = linesOf(trip.sql);
  const { purchase_type, lines_made } = basketOf(trip.sql);
  const allowed = change(before, id, quantity, limitsOf(config.value, purchase_type));
  if (!allowed.ok) return refuse(allowed.error.code);
  const line = allowed.value;
  const { lines: after, made } = settleChildren(
    before.flatMap((one) => (one.n !== line.n ? [one] : quantity === 0 ? [] : [{ ...one, quantity }])),
    lines_made,
  );
  const priced = price(after, shelf.value, config.value, trip.now(), NO_PROGRAMS);
  if (!priced.ok) return priced;
  const beyond = quantity > line.quantity ? beyondTotal(trip.sql, config.value, priced.value.total) : null;
  if (beyond !== null) return beyond;

  const answer = trip.write(() => {
    writeLines(trip, { before, after, made, priced: priced.value }, shelf.value, config.value);
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
  await perform(trip, 'verify');
  await perform(trip, 'release');
  return answer;
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
