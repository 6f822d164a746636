import type { Basket } from '../../shared/api/basket.ts';
import { settleChildren } from '../../shared/basket/children.ts';
import { change } from '../../shared/basket/lines.ts';
import type { Result } from '../../shared/result.ts';
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

/** Sets a line's quantity; 0 takes it out and frees its tag. */
export async function changeLine(
  trip: Trip,
  id: string,
  quantity: number,
  memory: Memory,
): Promise<Result<Basket, Refusal>> {
  const open = await openBasket(trip, { fresh: false });
  if (!open.ok) return open;
  const { shelf, config } = open.value;

  const before = linesOf(trip.sql);
  const { purchase_type, lines_made } = basketOf(trip.sql);
  const allowed = change(before, id, quantity, limitsOf(config, purchase_type));
  if (!allowed.ok) return refuse(allowed.error.code);
  const line = allowed.value;
  const { lines: after, made } = settleChildren(
    before.flatMap((one) => (one.n !== line.n ? [one] : quantity === 0 ? [] : [{ ...one, quantity }])),
    lines_made,
  );
  const priced = price(after, shelf, config, trip.now(), NO_PROGRAMS);
  if (!priced.ok) return priced;
  const beyond = quantity > line.quantity ? beyondTotal(trip.sql, config, priced.value.total) : null;
  if (beyond !== null) return beyond;

  const answer = trip.write(() => {
    writeLines(trip, { before, after, made, priced: priced.value }, shelf, config);
    audit(trip.sql, trip.now(), 'change_line', {
      line_id: id,
      epc: line.epc,
      quantity,
      total: priced.value.total,
    });
    return answerBasket(trip, memory);
  });
  await perform(trip, 'verify');
  await perform(trip, 'release');
  return answer;
}
