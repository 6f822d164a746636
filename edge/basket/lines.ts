import type { z } from 'zod';
import type { Basket, BasketStatus, Scan, ScanAnswer } from '../../shared/api/basket.ts';
import { addition, change } from '../../shared/basket/lines.ts';
import type { PricedBasket } from '../../shared/basket/price.ts';
import { statusAt } from '../../shared/basket/status.ts';
import { canonicalEpc } from '../../shared/catalog/epc.ts';
import type { StoreConfig } from '../../shared/config/store_config.ts';
import { ok, type Result } from '../../shared/result.ts';
import type { Taken } from '../../shared/rpc/store.ts';
import { addDuty } from './duty.ts';
import type { Memory } from './idempotency.ts';
import type { Refusal } from './port.ts';
import { NO_PROGRAMS, price } from './price.ts';
import { audit, basketOf, type Line, lineId, linesOf } from './rows.ts';
import { perform } from './settle.ts';
import { type Shelf, shelfOf } from './shelf_cache.ts';
import { configFor, refuse, type Trip } from './trip.ts';
import { viewBasket } from './view.ts';

/** Reserves and prices what was scanned, then writes line, totals and answer in one transaction. */
export async function scan(
  trip: Trip,
  request: Scan,
  memory: Memory,
): Promise<Result<z.infer<typeof ScanAnswer>, Refusal>> {
  const frozen = closedTo(trip);
  if (frozen !== null) return frozen;
  const raw = request.epc ?? request.code ?? '';
  const quantity = request.quantity ?? 1;
  const epc = canonicalEpc(raw);
  if (epc.ok && linesOf(trip.sql).some((line) => line.epc === epc.value)) return refuse('epc_in_basket');

  const { basket_id } = basketOf(trip.sql);
  const taken = await trip.store.ask((store) =>
    store.take({
      basket_id,
      raw,
      kind: request.epc === undefined ? 'code' : 'epc',
      ...(request.symbology === undefined ? {} : { symbology: request.symbology }),
      quantity,
    }),
  );
  if (!taken.ok) return taken;
  if (!taken.value.ok)
    return refuse(
      taken.value.error.code,
      'detail' in taken.value.error ? taken.value.error.detail : undefined,
    );
  const added = await add(trip, taken.value.value, quantity, memory);
  if (!added.ok) await letGo(trip, taken.value.value.epc);
  return added;
}

async function add(trip: Trip, taken: Taken, quantity: number, memory: Memory) {
  const shelf = await shelfOf(trip.store, taken.shelf_version);
  if (!shelf.ok) return shelf;
  const config = await configFor(trip, { fresh: false, atLeast: taken.config_version });
  if (!config.ok) return config;
  // Other calls cannot have come between, but the time has moved on.
  const frozen = closedTo(trip);
  if (frozen !== null) return frozen;

  const { item, gtin = null, epc = null } = taken;
  const lines = linesOf(trip.sql);
  const place = addition(lines, { item, epc, quantity });
  if (!place.ok) return refuse(place.error.code);
  const n = basketOf(trip.sql).lines_made + 1;
  const line: Line =
    place.value.kind === 'new'
      ? { n, line_id: lineId(n), item, gtin, epc, quantity: place.value.quantity }
      : grown(lines, place.value.line_id, place.value.quantity, taken);
  const next = [...lines.filter((one) => one.n !== line.n), line].sort((a, b) => a.n - b.n);
  const priced = price(next, shelf.value, config.value, trip.now(), NO_PROGRAMS);
  if (!priced.ok) return priced;

  return trip.write(() => {
    trip.sql.exec(
      `INSERT INTO line (n, item_id, item, gtin, epc, quantity) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (n) DO UPDATE SET item = excluded.item, gtin = excluded.gtin, quantity = excluded.quantity`,
      ...[line.n, item.id, JSON.stringify(item), line.gtin, line.epc, line.quantity],
    );
    if (place.value.kind === 'new') trip.sql.exec('UPDATE basket SET lines_made = ?', n);
    touch(trip, priced.value, shelf.value, config.value);
    audit(trip.sql, trip.now(), 'scan', {
      line_id: line.line_id,
      epc,
      quantity: line.quantity,
      unit_price: item.unit_price,
      total: priced.value.total,
    });
    const answer = { line_id: line.line_id, basket: viewBasket(trip.sql, trip.now()) };
    memory.keep(answer);
    return ok(answer);
  });
}

/** Untagged units share a line, so the newest scan's price and name count for all of them. */
function grown(lines: readonly Line[], id: string, quantity: number, { item, gtin }: Taken): Line {
  const line = lines.find((one) => one.line_id === id);
  if (line === undefined) throw new Error(`no line ${id} to merge into`);
  return { ...line, item, gtin: gtin ?? line.gtin, quantity };
}

/** The reservation of a scan that did not become a line; one that is a line's own stays. */
async function letGo(trip: Trip, epc: string | undefined): Promise<void> {
  if (epc === undefined || linesOf(trip.sql).some((line) => line.epc === epc)) return;
  const { basket_id } = basketOf(trip.sql);
  // If this fails too, the reservation runs out by itself.
  await trip.store.ask((store) => store.release({ basket_id, epcs: [epc] }));
}

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

function touch(trip: Trip, priced: PricedBasket, shelf: Shelf, config: StoreConfig): void {
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
