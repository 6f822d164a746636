import type { z } from 'zod';
import type { Basket, BasketStatus, Scan, ScanAnswer } from '../../shared/api/basket.ts';
import { settleChildren } from '../../shared/basket/children.ts';
import { change } from '../../shared/basket/lines.ts';
import { localDateTime } from '../../shared/basket/local_time.ts';
import { type Outcome, placeAll } from '../../shared/basket/place.ts';
import { type PricedBasket, priceLines } from '../../shared/basket/price.ts';
import { statusAt } from '../../shared/basket/status.ts';
import { type Understood, understand } from '../../shared/basket/understand.ts';
import { NOTHING_PRICED } from '../../shared/basket/view.ts';
import { splitScan } from '../../shared/catalog/scan.ts';
import type { StoreConfig } from '../../shared/config/store_config.ts';
import { BasketId } from '../../shared/ids/index.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import { type Caller, changing, type Keep, type TillContext, tradeOf, tripOf } from './context.ts';
import { type Refusal, refuse } from './refusal.ts';
import type { TillShelf } from './shelf_book.ts';
import type { Trip, TripLine } from './trip.ts';
import { basketOf } from './view_trip.ts';

/** Codes that one scan may bring, where the store's scanners send several at a time. */
const SCAN_CODES_MAX = 50;
/** Somebody who walked away from a kiosk does not hold the tags of a whole day. */
const TILL_BASKET_TTL_MS = 30 * 60_000;

export const basketTtlMs = (config: StoreConfig): number =>
  Math.min(config.policies.basket_ttl_ms, TILL_BASKET_TTL_MS);

export function createBasket(till: TillContext, caller: Caller, keep: Keep<Basket>): Result<Basket, Refusal> {
  const trade = tradeOf(till);
  if (!trade.ok) return trade;
  const { config, shelf } = trade.value;
  const now = till.now();
  const trip: Trip = {
    basket_id: BasketId.parse(`bsk_${till.newUuid()}`),
    device_id: caller.device_id,
    currency: config.currency,
    status: 'open',
    lines: [],
    lines_made: 0,
    priced: NOTHING_PRICED,
    shelf_version: shelf.version,
    catalog_version: shelf.catalog_version,
    config_version: config.version,
    approvals: [],
    started_at: now,
    updated_at: now,
    due_at: now + basketTtlMs(config),
    order: null,
  };
  return changing(till, (tables) => {
    const basket = basketOf(trip, till.storeId, now);
    tables.trips.put(trip);
    keep(tables, basket);
    return ok(basket);
  });
}

type Scanned = z.infer<typeof ScanAnswer>;

/**
 * Resolves, holds and prices what was scanned, and writes lines, totals and answer in one transaction. Of several
 * codes those that can be sold are; a scan of which nothing can be sold is refused for its first code's reason.
 */
export function scan(
  till: TillContext,
  caller: Caller,
  basketId: string,
  request: Scan,
  keep: Keep<Scanned>,
): Result<Scanned, Refusal> {
  const open = openTrip(till, caller, basketId);
  if (!open.ok) return open;
  const { trip, config, shelf } = open.value;
  const separator = config.policies.scan.multi_scan_separator ?? null;
  const codes = request.epc === undefined ? splitScan(request.code ?? '', separator) : [request.epc];
  if (codes.length > SCAN_CODES_MAX) return refuse('bad_code', 'too_many_codes');
  const outcomes = codes.map((code): Outcome<Taken, Refusal> => {
    const taken = take(till, trip, { config, shelf, request, code });
    return taken.ok ? { code, taken: taken.value } : { code, refusal: taken.error };
  });
  const { lines, touched, results, refusals, made } = placeAll(
    trip.lines,
    outcomes,
    request.quantity ?? 1,
    trip.lines_made,
    config.policies.basket,
  );
  const newest = touched.at(-1);
  if (newest === undefined) return err(refusals[0] ?? { code: 'bad_code', detail: 'empty' });
  const codeOf = new Map([
    ...trip.lines.map(({ n, code }) => [n, code] as const),
    ...touched.map(({ line, taken }) => [line.n, taken.code] as const),
  ]);
  const kept = lines.map((line): TripLine => ({ ...line, code: codeOf.get(line.n) ?? '' }));
  const changed = priced(till, { ...trip, lines: kept, lines_made: made }, config, shelf);
  if (!changed.ok) return changed;
  return changing(till, (tables) => {
    const answer = {
      line_id: newest.line.line_id,
      basket: basketOf(changed.value, till.storeId, till.now()),
      ...(outcomes.length === 1 ? {} : { results }),
    };
    tables.trips.put(changed.value);
    keep(tables, answer);
    return ok(answer);
  });
}

/** Sets a line's quantity; 0 takes it out and frees its tag. */
export function changeLine(
  till: TillContext,
  caller: Caller,
  basketId: string,
  wanted: { line_id: string; quantity: number },
): Result<Basket, Refusal> {
  const open = openTrip(till, caller, basketId);
  if (!open.ok) return open;
  const { trip, config, shelf } = open.value;
  const allowed = change(trip.lines, wanted.line_id, wanted.quantity, config.policies.basket);
  if (!allowed.ok) return refuse(allowed.error.code);
  const { lines, made } = settleChildren(
    trip.lines.flatMap((one) =>
      one.line_id !== wanted.line_id
        ? [one]
        : wanted.quantity === 0
          ? []
          : [{ ...one, quantity: wanted.quantity }],
    ),
    trip.lines_made,
  );
  const codeOf = new Map(trip.lines.map(({ n, code }) => [n, code]));
  const kept = lines.map((line): TripLine => ({ ...line, code: codeOf.get(line.n) ?? '' }));
  const changed = priced(till, { ...trip, lines: kept, lines_made: made }, config, shelf);
  if (!changed.ok) return changed;
  return changing(till, (tables) => {
    tables.trips.put(changed.value);
    return ok(basketOf(changed.value, till.storeId, till.now()));
  });
}

const CLOSED: Readonly<Record<Exclude<BasketStatus, 'open'>, Refusal['code']>> = {
  locked: 'basket_locked',
  converted: 'basket_locked',
  expired: 'basket_expired',
};

/** The trip while it takes changes, and what it is priced with. */
export function openTrip(
  till: TillContext,
  caller: Caller,
  basketId: string,
): Result<{ trip: Trip; config: StoreConfig; shelf: TillShelf }, Refusal> {
  const found = tripOf(till, caller, basketId);
  if (!found.ok) return found;
  const trip = found.value;
  const status = statusAt(trip.status, trip.due_at, till.now());
  if (status !== 'open') return refuse(CLOSED[status]);
  const trade = tradeOf(till);
  return trade.ok ? ok({ trip, ...trade.value }) : trade;
}

/** What was taken, and the text that was read. */
type Taken = Understood & { code: string };

/**
 * What was scanned, and for a tag whether it may be taken: the checks stand in the edge's order. Whether a
 * shopper's phone holds the tag at this moment only the edge knows: selling it twice becomes an incident.
 */
function take(
  till: TillContext,
  trip: Trip,
  { config, shelf, request, code }: { config: StoreConfig; shelf: TillShelf; request: Scan; code: string },
): Result<Taken, Refusal> {
  const { symbology, aim } = request;
  // Staff and shoppers at a kiosk enter numbers of produce by hand, as a scanner never would.
  const source = request.epc === undefined ? (request.source ?? 'kiosk') : 'rfid';
  const found = understand({ raw: code, symbology, aim, source }, shelf.lookup, config, till.now());
  if (!found.ok) return found;
  const { item, epc } = found.value;
  if (epc !== undefined) {
    const tag = till.state.book.get(epc);
    if (trip.lines.some((line) => line.epc === epc)) return refuse('epc_in_basket');
    if (tag?.status === 'sold') return refuse('epc_sold');
    if (till.state.tables.trips.holderOf(epc) !== null) return refuse('epc_in_other_basket');
    // Bound to an item that the shelf no longer has: what its bits decode to is another thing.
    if (tag !== undefined && tag.item_id !== null && tag.item_id !== item.id) return refuse('unknown_item');
  }
  if (epc === undefined && item.tagged && config.policies.basket.tagged_items === 'rfid_only')
    return refuse('tag_needed');
  if (item.stock === 0) return refuse('out_of_stock');
  return ok({ ...found.value, code });
}

function priced(till: TillContext, trip: Trip, config: StoreConfig, shelf: TillShelf): Result<Trip, Refusal> {
  const prices = price(trip.lines, config, shelf, till.now());
  if (!prices.ok) return prices;
  const now = till.now();
  return ok({
    ...trip,
    priced: prices.value,
    shelf_version: shelf.version,
    catalog_version: shelf.catalog_version,
    config_version: config.version,
    updated_at: now,
    due_at: now + basketTtlMs(config),
  });
}

/** The same functions as the edge's, over this agent's copy of the same shelf. */
export function price(
  lines: readonly TripLine[],
  config: StoreConfig,
  shelf: Pick<TillShelf, 'promotions' | 'plans'>,
  nowMs: number,
): Result<PricedBasket, Refusal> {
  const prices = priceLines(
    lines,
    shelf.promotions,
    config,
    localDateTime(nowMs, config.timezone),
    [],
    shelf.plans,
  );
  if (prices.ok) {
    const { rows: _, ...priced } = prices.value;
    return ok(priced);
  }
  if (prices.error.code === 'audit') return refuse('internal', 'The sums of the basket do not agree.');
  return refuse('internal', `The store has no tax code "${prices.error.tax_code}".`);
}
