import type { BasketStatus } from '../api/basket.ts';

/**
 * `locked` is a basket that became an order. It opens again only when the store refuses the order, and a
 * late capture turns even an expired one into a sale: captured money is never refused.
 */
export const BASKET_MOVES: Readonly<Record<BasketStatus, readonly BasketStatus[]>> = {
  open: ['locked', 'expired'],
  locked: ['open', 'converted', 'expired'],
  expired: ['converted'],
  converted: [],
};

/** What a basket is at this moment: an open one past its time is expired before anybody wrote it down. */
export function statusAt(status: BasketStatus, expiresAtMs: number, nowMs: number): BasketStatus {
  return status === 'open' && nowMs >= expiresAtMs ? 'expired' : status;
}
