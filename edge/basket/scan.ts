import type { z } from 'zod';
import type { Scan, ScanAnswer } from '../../shared/api/basket.ts';
import { type Outcome, placeAll } from '../../shared/basket/place.ts';
import { unitPriceOf } from '../../shared/basket/price.ts';
import { canonicalEpc } from '../../shared/catalog/epc.ts';
import { splitScan } from '../../shared/catalog/scan.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import type { Taken } from '../../shared/rpc/store.ts';
import type { Memory } from './idempotency.ts';
import { closedTo, touch } from './lines.ts';
import type { Refusal } from './port.ts';
import { NO_PROGRAMS, price } from './price.ts';
import { audit, basketOf, type Line, linesOf } from './rows.ts';
import { shelfOf } from './shelf_cache.ts';
import { configFor, refuse, type Trip } from './trip.ts';
import { viewBasket } from './view.ts';

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
  const outcomes: AtStore[] = [];
  for (const code of codes.value) {
    const answer = await take(trip, request, code);
    outcomes.push(answer.ok ? { code, taken: answer.value } : { code, refusal: answer.error });
  }
  const placed = await place(trip, outcomes, request.quantity ?? 1, memory);
  for (const outcome of outcomes) if ('taken' in outcome) await letGo(trip, outcome.taken.epc);
  return placed;
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
  if (epc.ok && linesOf(trip.sql).some((line) => line.epc === epc.value)) return refuse('epc_in_basket');
  const { basket_id } = basketOf(trip.sql);
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
    }),
  );
  if (!asked.ok) return asked;
  const { value } = asked;
  if (value.ok) return value;
  return refuse(value.error.code, 'detail' in value.error ? value.error.detail : undefined);
}

async function place(trip: Trip, outcomes: readonly AtStore[], quantity: number, memory: Memory) {
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
  const placing = placeAll(before, outcomes, quantity, basketOf(trip.sql).lines_made);
  const { lines, touched, results } = placing;
  const newest = touched.at(-1);
  if (newest === undefined)
    return placing.refusals[0] === undefined ? refuse('bad_code', 'empty') : err(placing.refusals[0]);
  const priced = price(lines, shelf.value, config.value, trip.now(), NO_PROGRAMS);
  if (!priced.ok) return priced;

  return trip.write(() => {
    for (const { line, taken: what } of touched) {
      writeLine(trip, line);
      auditScan(trip, line, what, priced.value.total);
    }
    trip.sql.exec('UPDATE basket SET lines_made = ?', placing.made);
    touch(trip, priced.value, shelf.value, config.value);
    const answer = {
      line_id: newest.line.line_id,
      basket: viewBasket(trip.sql, trip.now()),
      ...(outcomes.length === 1 ? {} : { results }),
    };
    memory.keep(answer);
    return ok(answer);
  });
}

function writeLine({ sql }: Trip, line: Line): void {
  sql.exec(
    `INSERT INTO line (n, item_id, item, gtin, epc, quantity, charge) VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (n) DO UPDATE SET item = excluded.item, gtin = excluded.gtin, quantity = excluded.quantity`,
    line.n,
    line.item.id,
    JSON.stringify(line.item),
    line.gtin,
    line.epc,
    line.quantity,
    line.charge === null ? null : JSON.stringify(line.charge),
  );
}

function auditScan(trip: Trip, line: Line, taken: Taken, total: number): void {
  const { line_id, epc, quantity, charge, item } = line;
  audit(trip.sql, trip.now(), 'scan', {
    line_id,
    epc,
    quantity,
    unit_price: unitPriceOf(line),
    ...(charge === null ? {} : { charge, catalog_price: item.unit_price }),
    ...(taken.best_before_passed === true ? { best_before_passed: true } : {}),
    total,
  });
}

/** The reservation of a scan that did not become a line; one that is a line's own stays. */
async function letGo(trip: Trip, epc: string | undefined): Promise<void> {
  if (epc === undefined || linesOf(trip.sql).some((line) => line.epc === epc)) return;
  const { basket_id } = basketOf(trip.sql);
  // If this fails too, the reservation runs out by itself.
  await trip.store.ask((store) => store.release({ basket_id, epcs: [epc] }));
}
