import type { RefundTax } from '../api/refund.ts';
import { allocate } from '../money/allocate.ts';
import type { TaxBreakdown } from '../tax/tax.ts';

/** A line of a sale as far as a refund needs to know it. Amounts are minor units, taxes included. */
export interface RefundableLine {
  line_id: string;
  quantity: number;
  /** What the customer paid for all of it. */
  paid: number;
  /** Of `paid`: deposits, the same for every unit. */
  deposit: number;
  /** The sale's taxes that this line bears. */
  taxes: readonly RefundTax[];
  epc: string | null;
  /** False: the store never takes it back. */
  refundable: boolean;
  /** Comes back with this other line, unless it is asked for by itself. */
  parent_line_id: string | null;
}

/** A line as it was sold: `total` after discounts, without tax where the prices exclude it. */
export interface SoldLine {
  line_id: string;
  quantity: number;
  total: number;
  tax_code: string;
  epc: string | null;
  deposit?: number;
  refundable?: boolean;
  parent_line_id?: string | null | undefined;
}

export interface SoldBasket {
  subtotal: number;
  discount: number;
  total: number;
  taxes: readonly TaxBreakdown[];
}

/**
 * The lines of a sale with what was paid for each. Every tax of the breakdown is spread over the lines of its
 * code by their totals, so the lines' taxes sum to the sale's, and what was paid for them to its total.
 */
export function refundableLines(lines: readonly SoldLine[], sold: SoldBasket): RefundableLine[] {
  const exclusive = sold.total !== sold.subtotal - sold.discount;
  const taxes = lines.map((): RefundTax[] => []);
  for (const { tax_code, level_id, name, rate_ppm, tax } of sold.taxes) {
    const positions = [...lines.keys()].filter((i) => lines[i]?.tax_code === tax_code);
    const shares = allocate(
      tax,
      positions.map((i) => lines[i]?.total ?? 0),
    );
    for (const [at, position] of positions.entries())
      taxes[position]?.push({ tax_code, level_id, name, rate_ppm, tax: shares[at] ?? 0 });
  }
  return lines.map((line, position) => {
    const own = taxes[position] ?? [];
    const added = exclusive ? own.reduce((sum, { tax }) => sum + tax, 0) : 0;
    return {
      line_id: line.line_id,
      quantity: line.quantity,
      paid: line.total + added,
      deposit: line.deposit ?? 0,
      taxes: own,
      epc: line.epc,
      refundable: line.refundable ?? true,
      parent_line_id: line.parent_line_id ?? null,
    };
  });
}
