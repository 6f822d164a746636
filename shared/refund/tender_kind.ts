import type { RefundableLeg } from './spread.ts';

/** Tenders that the store keeps itself: what goes back over them is booked, not paid. */
const LEDGERS: ReadonlySet<string> = new Set([
  'gift_card',
  'gift_code',
  'points',
  'bucks',
  'credit',
  'udhaar',
  'voucher',
  'vat',
  'budget_code',
]);

/** What kind of tender a payment was: cards and everything like them, cash, or a ledger of the store's own. */
export function tenderKindOf({
  gateway,
  method,
}: {
  gateway: string;
  method: string;
}): RefundableLeg['kind'] {
  if (gateway === 'cash' || method === 'cash') return 'cash';
  return LEDGERS.has(gateway) || LEDGERS.has(method) || gateway === 'ledger' ? 'ledger' : 'card';
}
