import type { AddOpenLine, Basket } from '../../shared/api/basket.ts';
import { openLine } from '../../shared/basket/open_line.ts';
import { type Outcome, placeAll, type TakenThing } from '../../shared/basket/place.ts';
import { err, type Result } from '../../shared/result.ts';
import { answerBasket } from './answer.ts';
import type { Memory } from './idempotency.ts';
import { beyondTotal, limitsOf } from './limits.ts';
import { openBasket } from './open_basket.ts';
import type { Refusal } from './port.ts';
import { NO_PROGRAMS, price } from './price.ts';
import { audit, basketOf, linesOf } from './rows.ts';
import { perform } from './settle.ts';
import { refuse, type Trip } from './trip.ts';
import { writeLines } from './write_lines.ts';

/** Adds a line whose price the shopper says, of a kind and within the bounds that the store lists. */
export async function addOpenLine(
  trip: Trip,
  { kind, amount }: AddOpenLine,
  memory: Memory,
): Promise<Result<Basket, Refusal>> {
  const open = await openBasket(trip, { fresh: false });
  if (!open.ok) return open;
  const { shelf, config } = open.value;

  const made = openLine(config.policies.basket.open_lines, kind, amount);
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
    limitsOf(config, purchase_type),
  );
  const [refused] = placing.refusals;
  if (refused !== undefined) return err(refused);
  const priced = price(placing.lines, shelf, config, trip.now(), NO_PROGRAMS);
  if (!priced.ok) return priced;
  const beyond = beyondTotal(trip.sql, config, priced.value.total);
  if (beyond !== null) return beyond;

  const answer = trip.write(() => {
    const change = { before, after: placing.lines, made: placing.made, priced: priced.value };
    writeLines(trip, change, shelf, config);
    audit(trip.sql, trip.now(), 'open_line', { kind, amount, total: priced.value.total });
    return answerBasket(trip, memory);
  });
  await perform(trip, 'verify');
  return answer;
}
