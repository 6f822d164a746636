import type { AddOpenLine, Basket } from '../../shared/api/basket.ts';
import { openLine } from '../../shared/basket/open_line.ts';
import { type Outcome, placeAll, type TakenThing } from '../../shared/basket/place.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import type { Memory } from './idempotency.ts';
import { beyondTotal, limitsOf } from './limits.ts';
import { closedTo } from './lines.ts';
import type { Refusal } from './port.ts';
import { NO_PROGRAMS, price } from './price.ts';
import { audit, basketOf, linesOf } from './rows.ts';
import { perform } from './settle.ts';
import { shelfOf } from './shelf_cache.ts';
import { configFor, refuse, type Trip } from './trip.ts';
import { viewBasket } from './view.ts';
import { writeLines } from './write_lines.ts';

/** Adds a line whose price the shopper says, of a kind and within the bounds that the store lists. */
export async function addOpenLine(
  trip: Trip,
  { kind, amount }: AddOpenLine,
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

  const made = openLine(config.value.policies.basket.open_lines, kind, amount);
  if (!made.ok) {
    if (made.error.code === 'unknown_item') return refuse('unknown_item');
    const { min, max } = made.error;
    const error = { path: '/amount', code: 'out_of_range', message: `from ${min} to ${max}` };
    return err({ code: 'invalid', errors: [error] });
  }
  const before = linesOf(trip.sql);
  const { lines_made, purchase_type } = basketOf(trip.sql);
  const outcome: Outcome<TakenThing, Refusal> = { code: kind, taken: made.value };
  const placing = placeAll<TakenThing, Refusal>(
    before,
    [outcome],
    1,
    lines_made,
    limitsOf(config.value, purchase_type),
  );
  const [refused] = placing.refusals;
  if (refused !== undefined) return err(refused);
  const priced = price(placing.lines, shelf.value, config.value, trip.now(), NO_PROGRAMS);
  if (!priced.ok) return priced;
  const beyond = beyondTotal(trip.sql, config.value, priced.value.total);
  if (beyond !== null) return beyond;

  const answer = trip.write(() => {
    const change = { before, after: placing.lines, made: placing.made, priced: priced.value };
    writeLines(trip, change, shelf.value, config.value);
    audit(trip.sql, trip.now(), 'open_line', { kind, amount, total: priced.value.total });
    const basket = viewBasket(trip.sql, trip.now());
    memory.keep(basket);
    return ok(basket);
  });
  await perform(trip, 'verify');
  return answer;
}
