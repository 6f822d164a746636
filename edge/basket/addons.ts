import type { AddAddon, Basket } from '../../shared/api/basket.ts';
import { choose } from '../../shared/basket/addons.ts';
import { settleChildren } from '../../shared/basket/children.ts';
import { lineId, type PlacedLine, roomFor } from '../../shared/basket/lines.ts';
import type { Result } from '../../shared/result.ts';
import { answerBasket } from './answer.ts';
import type { Memory } from './idempotency.ts';
import { beyondTotal, limitsOf } from './limits.ts';
import { closedTo } from './open_basket.ts';
import type { Refusal } from './port.ts';
import { NO_PROGRAMS, price } from './price.ts';
import { audit, basketOf, linesOf } from './rows.ts';
import { perform } from './settle.ts';
import { shelfOf } from './shelf_cache.ts';
import { configFor, refuse, type Trip } from './trip.ts';
import { writeLines } from './write_lines.ts';

/**
 * Puts something beside a line, so many for each of its units. What its groups ask for at least is looked at when the
 * basket becomes an order; more than they allow is refused now.
 */
export async function addAddon(
  trip: Trip,
  id: string,
  { item_id, quantity = 1, note }: AddAddon,
  memory: Memory,
): Promise<Result<Basket, Refusal>> {
  const frozen = closedTo(trip);
  if (frozen !== null) return frozen;
  if (!linesOf(trip.sql).some(({ line_id }) => line_id === id)) return refuse('not_found');
  const { purchase_type } = basketOf(trip.sql);
  const asked = await trip.store.ask((store) => store.takeItem({ item_id, purchase_type }));
  if (!asked.ok) return asked;
  if (!asked.value.ok) return refuse(asked.value.error.code);
  const { item, shelf_version, config_version, available } = asked.value.value;
  const shelf = await shelfOf(trip.store, shelf_version);
  if (!shelf.ok) return shelf;
  const config = await configFor(trip, { fresh: false, atLeast: config_version });
  if (!config.ok) return config;
  const late = closedTo(trip);
  if (late !== null) return late;

  const before = linesOf(trip.sql);
  const parent = before.find(({ line_id }) => line_id === id);
  if (parent === undefined) return refuse('not_found');
  const chosen = choose(before, parent, item, quantity);
  if (!chosen.ok) return refuse(chosen.error.code);
  const more = { item, epc: null, quantity: quantity * parent.quantity, available };
  const full = roomFor(before, more, limitsOf(config.value, purchase_type));
  if (full !== null) return refuse(full.code);
  const { lines_made } = basketOf(trip.sql);
  const same = before.find(
    (line) =>
      line.parent_line_id === id && line.item.id === item.id && (line.note ?? null) === (note ?? null),
  );
  const n = same?.n ?? lines_made + 1;
  const child: PlacedLine = {
    n,
    line_id: lineId(n),
    item,
    gtin: null,
    epc: null,
    charge: null,
    quantity: more.quantity,
    kind: 'addon',
    parent_line_id: parent.line_id,
    per_parent: (same?.per_parent ?? 0) + quantity,
    note: note ?? null,
    available: available ?? null,
  };
  const { lines: after, made } = settleChildren(
    [...before.filter((line) => line.n !== n), child],
    Math.max(lines_made, n),
  );
  const priced = price(after, shelf.value, config.value, trip.now(), NO_PROGRAMS);
  if (!priced.ok) return priced;
  const beyond = beyondTotal(trip.sql, config.value, priced.value.total);
  if (beyond !== null) return beyond;

  const answer = trip.write(() => {
    writeLines(trip, { before, after, made, priced: priced.value }, shelf.value, config.value);
    const { total } = priced.value;
    audit(trip.sql, trip.now(), 'addon', { line_id: child.line_id, parent: id, item_id, quantity, total });
    return answerBasket(trip, memory);
  });
  await perform(trip, 'verify');
  return answer;
}
