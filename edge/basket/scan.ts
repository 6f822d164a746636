import type { z } from 'zod';
import type { Scan, ScanAnswer } from '../../shared/api/basket.ts';
import { unitPriceOf } from '../../shared/basket/line_price.ts';
import { type Outcome, placeAll } from '../../shared/basket/place.ts';
import { canonicalEpc } from '../../shared/catalog/epc.ts';
import { splitScan } from '../../shared/catalog/scan.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import type { Taken } from '../../shared/rpc/store.ts';
import { first } from '../store/sql.ts';
import { type Look, lookAround, noteLook } from './geofence.ts';
import type { Memory } from './idempotency.ts';
import { beyondTotal, limitsOf } from './limits.ts';
import { closedTo } from './open_basket.ts';
import type { Refusal } from './port.ts';
import { NO_PROGRAMS, price } from './price.ts';
import { audit, basketOf, hasTag, type Line, linesOf } from './rows.ts';
import { perform } from './settle.ts';
import { shelfOf } from './shelf_cache.ts';
import { configFor, refuse, type Trip } from './trip.ts';
import { viewBasket } from './view.ts';
import { writeLines } from './write_lines.ts';

/** Codes that one scan may bring, where the store's scanners send several at a time. */
const SCAN_CODES_MAX = 50;

type AtStore = Outcome<Taken, Refusal>;

/**
 * Reserves and prices what was scanned, then writes lines, totals and answer in one transaction. Of several codes
 * those that can be sold are; a scan of which nothing can be sold is refused for its first code's reason.
 */
export async function scan(
  trip: Trip,
  request: Scan,
  memory: Memory,
): Promise<Result<z.infer<typeof ScanAnswer>, Refusal>> {
  const frozen = closedTo(trip);
  if (frozen !== null) return frozen;
  const codes = await codesOf(trip, request);
  if (!codes.ok) return codes;
  const look = await lookOnce(trip, request);
  if (!look.ok) return look;
  const outcomes: AtStore[] = [];
  for (const code of codes.value) {
    const answer = await take(trip, request, code);
    outcomes.push(answer.ok ? { code, taken: answer.value } : { code, refusal: answer.error });
  }
  const placed = await place(trip, outcomes, { quantity: request.quantity ?? 1, look: look.value }, memory);
  for (const outcome of outcomes) if ('taken' in outcome) await letGo(trip, outcome.taken.epc);
  return placed;
}

/** Where the shopper is, before the first thing is in the basket. */
async function lookOnce(trip: Trip, { position }: Scan): Promise<Result<Look, Refusal>> {
  if (first(trip.sql, 'SELECT 1 AS found FROM line LIMIT 1') !== null) return ok(null);
  const config = await configFor(trip, { fresh: false });
  if (!config.ok) return config;
  const look = lookAround(config.value, 'scan', position);
  return look?.blocked === true ? refuse('outside_store') : ok(look);
}

async function codesOf(trip: Trip, request: Scan): Promise<Result<string[], Refusal>> {
  if (request.epc !== undefined) return ok([request.epc]);
  const code = request.code ?? '';
  const config = await configFor(trip, { fresh: false });
  if (!config.ok) return config;
  const codes = splitScan(code, config.value.policies.scan?.multi_scan_separator ?? null);
  return codes.length > SCAN_CODES_MAX ? refuse('bad_code', 'too_many_codes') : ok(codes);
}

async function take(trip: Trip, request: Scan, raw: string): Promise<Result<Taken, Refusal>> {
  const epc = canonicalEpc(raw);
  if (epc.ok && hasTag(trip.sql, epc.value)) return refuse('epc_in_basket');
  const { basket_id, purchase_type } = basketOf(trip.sql);
  const { symbology, aim, source, quantity = 1 } = request;
  const asked = await trip.store.ask((store) =>
    store.take({
      basket_id,
      raw,
      kind: request.epc === undefined ? 'code' : 'epc',
      ...(symbology === undefined ? {} : { symbology }),
      ...(aim === undefined ? {} : { aim }),
      ...(source === undefined ? {} : { source }),
      quantity,
      purchase_type,
    }),
  );
  if (!asked.ok) return asked;
  const { value } = asked;
  if (value.ok) return value;
  return refuse(value.error.code, 'detail' in value.error ? value.error.detail : undefined);
}

async function place(
  trip: Trip,
  outcomes: readonly AtStore[],
  { quantity, look }: { quantity: number; look: Look },
  memory: Memory,
) {
  const taken = outcomes.flatMap((outcome) => ('taken' in outcome ? [outcome.taken] : []));
  const last = taken.at(-1);
  const [first] = outcomes.flatMap((outcome) => ('refusal' in outcome ? [outcome.refusal] : []));
  if (last === undefined) return first === undefined ? refuse('bad_code', 'empty') : err(first);
  const shelf = await shelfOf(trip.store, last.shelf_version);
  if (!shelf.ok) return shelf;
  const config = await configFor(trip, { fresh: false, atLeast: last.config_version });
  if (!config.ok) return config;
  // Other calls cannot have come between, but the time has moved on.
  const frozen = closedTo(trip);
  if (frozen !== null) return frozen;

  const before = linesOf(trip.sql);
  const { lines_made, purchase_type } = basketOf(trip.sql);
  const limits = limitsOf(config.value, purchase_type);
  const placing = placeAll(before, outcomes, quantity, lines_made, limits);
  const { lines, touched, results, made } = placing;
  const newest = touched.at(-1);
  if (newest === undefined)
    return placing.refusals[0] === undefined ? refuse('bad_code', 'empty') : err(placing.refusals[0]);
  const priced = price(lines, shelf.value, config.value, trip.now(), NO_PROGRAMS);
  if (!priced.ok) return priced;
  const beyond = beyondTotal(trip.sql, config.value, priced.value.total);
  if (beyond !== null) return beyond;

  const placed = trip.write(() => {
    const change = { before, after: lines, made, priced: priced.value };
    writeLines(trip, change, shelf.value, config.value);
    for (const { line, taken: what } of touched) auditScan(trip, line, what, priced.value.total);
    noteLook(trip.sql, look, 'scan', trip.now());
    const answer = {
      line_id: newest.line.line_id,
      basket: viewBasket(trip.sql, trip.now()),
      ...(outcomes.length === 1 ? {} : { results }),
    };
    memory.keep(answer);
    return ok(answer);
  });
  await perform(trip, 'verify');
  return placed;
}

function auditScan(trip: Trip, line: Line, taken: Taken, total: number): void {
  const { line_id, epc, quantity, charge } = line;
  audit(trip.sql, trip.now(), 'scan', {
    line_id,
    epc,
    quantity,
    unit_price: unitPriceOf(line),
    ...(charge === null ? {} : { charge, catalog_price: line.item.unit_price }),
    ...(taken.best_before_passed === true ? { best_before_passed: true } : {}),
    total,
  });
}

/** The reservation of a scan that did not become a line; one that is a line's own stays. */
async function letGo(trip: Trip, epc: string | undefined): Promise<void> {
  if (epc === undefined || hasTag(trip.sql, epc)) return;
  const { basket_id } = basketOf(trip.sql);
  // If this fails too, the reservation runs out by itself.
  await trip.store.ask((store) => store.release({ basket_id, epcs: [epc] }));
}
