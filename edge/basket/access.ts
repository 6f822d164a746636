import type { Caller } from './port.ts';
import type { BasketRow } from './rows.ts';

/** What may be done with a trip: everything that is its shopper's, its reading, or what only staff do. */
export type Wish = 'act' | 'read_order' | 'cancel_order' | 'read_basket' | 'staff' | 'review';

/**
 * Whether a caller may act on a trip. Somebody else's trip is `not_found`, as if it were not there; staff and
 * devices of its store may read the order and the receipt and give up an order, staff also read the basket, of
 * which they decide, and look into the bag: which of them, the route's guard says.
 */
export function access(
  caller: Caller,
  trip: Pick<BasketRow, 'shopper_id' | 'store_id' | 'retailer_id'>,
  wants: Wish,
): 'granted' | 'not_found' | 'forbidden' {
  if (caller.retailer_id !== trip.retailer_id) return 'not_found';
  if (caller.kind === 'shopper') {
    if (caller.shopper_id !== trip.shopper_id || caller.store_id !== trip.store_id) return 'not_found';
    return wants === 'staff' || wants === 'review' ? 'forbidden' : 'granted';
  }
  if (caller.store_id !== null && caller.store_id !== trip.store_id) return 'not_found';
  if (wants === 'read_order' || wants === 'cancel_order') return 'granted';
  return caller.kind === 'staff' && wants !== 'act' ? 'granted' : 'forbidden';
}
