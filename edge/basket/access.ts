import type { Caller } from './port.ts';
import type { BasketRow } from './rows.ts';

/**
 * Whether a caller may act on a trip. Somebody else's trip is `not_found`, as if it were not there; staff and
 * devices of its store may read the order and the receipt, nothing more.
 */
export function access(
  caller: Caller,
  trip: Pick<BasketRow, 'shopper_id' | 'store_id' | 'retailer_id'>,
  wants: 'act' | 'read_order',
): 'granted' | 'not_found' | 'forbidden' {
  if (caller.retailer_id !== trip.retailer_id) return 'not_found';
  if (caller.kind === 'shopper') {
    return caller.shopper_id === trip.shopper_id && caller.store_id === trip.store_id
      ? 'granted'
      : 'not_found';
  }
  if (caller.store_id !== null && caller.store_id !== trip.store_id) return 'not_found';
  return wants === 'read_order' ? 'granted' : 'forbidden';
}
