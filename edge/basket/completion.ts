import { lineTaxesOf } from '../../shared/basket/line_taxes.ts';
import type { PricedBasket } from '../../shared/basket/price.ts';
import type { StoreConfig } from '../../shared/config/store_config.ts';
import type { LineTax } from '../../shared/poslog/facts.ts';
import type { CommittedSale } from '../../shared/rpc/store.ts';
import type { Line } from './rows.ts';

/** The frozen taxes of the trip, line by line, for the retailer's books. */
export function taxesOfLines(
  sold: readonly Line[],
  priced: PricedBasket,
  { prices_include_tax: inclusive, tax_rounding: rounding }: StoreConfig,
): LineTax[] | null {
  const codes = new Map<string, string>(sold.map(({ line_id, item }) => [line_id, item.tax_code]));
  const lines = priced.lines.map(({ line_id, total }) => ({
    line_id,
    total,
    tax_code: codes.get(line_id) ?? '',
  }));
  return lineTaxesOf(lines, priced, { inclusive, rounding });
}

/** When an order that waits for staff counts as checked, in milliseconds since 1970; null: not by the clock. */
export function verifyAt(
  { policies }: StoreConfig,
  verification: CommittedSale['verification'],
  nowMs: number,
): number | null {
  const { auto_verify_after_min } = policies.order.exit_check;
  if (verification !== 'pending' || auto_verify_after_min === 0) return null;
  return nowMs + auto_verify_after_min * 60_000;
}
