import type { Basket, OverridePrice } from '../../shared/api/basket.ts';
import { unitPriceOf } from '../../shared/basket/line_price.ts';
import type { Result } from '../../shared/result.ts';
import { answerBasket } from './answer.ts';
import type { Memory } from './idempotency.ts';
import { openBasket } from './open_basket.ts';
import type { Refusal, StaffCaller } from './port.ts';
import { NO_PROGRAMS, price } from './price.ts';
import { audit, basketOf, linesOf } from './rows.ts';
import { perform } from './settle.ts';
import { refuse, type Trip } from './trip.ts';
import { writeLines } from './write_lines.ts';

/**
 * Staff say what a unit of the line costs, and why. The price before stays with the line and in the audit; promotions
 * count on it no more, and further units of the item get a line of their own. A cashier may not.
 */
export async function overridePrice(
  trip: Trip,
  staff: StaffCaller,
  id: string,
  { unit_price, reason }: OverridePrice,
  memory: Memory,
): Promise<Result<Basket, Refusal>> {
  if (staff.role === 'cashier') return refuse('forbidden');
  const open = await openBasket(trip, { fresh: false });
  if (!open.ok) return open;
  const { shelf, config } = open.value;

  const before = linesOf(trip.sql);
  const line = before.find(({ line_id }) => line_id === id);
  if (line === undefined) return refuse('not_found');
  // A deposit is what comes back for the container, whoever sells it.
  if (line.kind === 'deposit') return refuse('conflict', 'A deposit has one price.');
  const after = before.map((one) => (one.n === line.n ? { ...one, override: { unit_price, reason } } : one));
  const priced = price(after, shelf, config, trip.now(), NO_PROGRAMS);
  if (!priced.ok) return priced;

  const answer = trip.write(() => {
    const change = { before, after, made: basketOf(trip.sql).lines_made, priced: priced.value };
    writeLines(trip, change, shelf, config);
    audit(trip.sql, trip.now(), 'price_override', {
      line_id: id,
      by: staff.staff_id,
      role: staff.role,
      from: unitPriceOf(line),
      to: unit_price,
      reason,
    });
    return answerBasket(trip, memory);
  });
  await perform(trip, 'verify');
  return answer;
}
