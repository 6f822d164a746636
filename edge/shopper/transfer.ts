import type { z } from 'zod';
import type { Basket, Scan, ScanAnswer } from '../../shared/api/basket.ts';
import type { WishlistItem, WishlistTransfer } from '../../shared/api/shopper.ts';
import type { Item } from '../../shared/catalog/item.ts';
import type { ProblemCode } from '../../shared/http/problem.ts';
import { ok, type Result } from '../../shared/result.ts';
import type { Answer, Refusal } from '../basket/port.ts';

/** As much of a trip as a transfer needs, with the caller already in it. */
interface TripToFill {
  read(): Promise<Answer<Basket>>;
  scan(scan: Scan): Promise<Answer<z.infer<typeof ScanAnswer>>>;
}

/** Refusals that speak of the whole trip: they end the transfer, and the same key takes it up where it stopped. */
const OF_THE_TRIP: ReadonlySet<ProblemCode> = new Set([
  'basket_locked',
  'basket_expired',
  'basket_full',
  'forbidden',
  'not_found',
  'rate_limited',
  'store_unavailable',
  'unknown_store',
]);

/**
 * Brings a list into a basket by the trip's ordinary scan, so that every rule of a scan holds. A line that is there
 * already is topped up to the listed quantity: what is repeated adds nothing. What cannot be sold is named.
 */
export async function transfer(
  wishes: readonly WishlistItem[],
  shelf: ReadonlyMap<string, Item>,
  trip: TripToFill,
): Promise<Result<WishlistTransfer, Refusal>> {
  const before = await trip.read();
  if (!before.ok) return before;
  const done: WishlistTransfer = { basket: before.value.body, moved: [], unavailable: [] };
  for (const { item_id, name, quantity } of wishes) {
    const missing = quantity - held(done.basket, item_id);
    if (missing <= 0) continue;
    const item = shelf.get(item_id);
    const code = item?.gtins[0] ?? item?.codes[0];
    if (code === undefined) {
      done.unavailable.push({ item_id, name, code: 'unknown_item' });
      continue;
    }
    const scanned = await trip.scan({ code, quantity: missing });
    if (scanned.ok) {
      done.basket = scanned.value.body.basket;
      done.moved.push({ item_id, quantity: missing });
    } else if (OF_THE_TRIP.has(scanned.error.code)) return scanned;
    else {
      const { code: reason, detail } = scanned.error;
      done.unavailable.push({ item_id, name, code: reason, ...(detail === undefined ? {} : { detail }) });
    }
  }
  return ok(done);
}

const held = ({ lines }: Basket, item_id: string): number =>
  lines.filter((line) => line.item_id === item_id).reduce((sum, { quantity }) => sum + quantity, 0);
