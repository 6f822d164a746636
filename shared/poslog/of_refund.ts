import type { BasketLine } from '../api/basket.ts';
import type { Refund } from '../api/refund.ts';
import type { PoslogFacts } from './facts.ts';
import { tenderType } from './of_order.ts';
import type { PosIdentity, PosTender, PosTransaction } from './transaction.ts';

/** What came back, as the refund's document says it: amounts are what the customer gets, tax among it. */
export interface RefundToLog {
  currency: string;
  lines: readonly {
    line: Pick<BasketLine, 'sku' | 'gtin' | 'epc' | 'name'> & { kind?: string | undefined };
    quantity: number;
    amount: number;
    taxes: readonly { name: string; rate_ppm: number; tax: number }[];
  }[];
  tenders: readonly PosTender[];
}

/**
 * The transaction of a refund: what it takes back stands as returns that name the sale (ARTS `TransactionLink`).
 * The totals are negative, so that a day's transactions sum to the day.
 */
export function returnTransaction(
  refund: RefundToLog,
  facts: PoslogFacts,
  original: PosIdentity,
): PosTransaction {
  const grand = refund.lines.reduce((sum, { amount }) => sum + amount, 0);
  const tax = refund.lines.reduce((sum, { taxes }) => sum + taxes.reduce((all, one) => all + one.tax, 0), 0);
  const { store_code, workstation, number, business_date, training, began_at, ended_at, operator } = facts;
  return {
    ...{ store_code, workstation, number, business_date, training, began_at, ended_at, operator },
    kind: 'return',
    currency: refund.currency,
    items: refund.lines.map(({ line, quantity, amount, taxes }) => ({
      kind: 'return',
      item_type: line.kind === 'deposit' ? 'Deposit' : 'Stock',
      pos_id_type: line.gtin === undefined ? 'SKU' : 'GTIN',
      pos_item_id: line.gtin ?? line.sku,
      item_id: line.sku,
      description: line.name,
      quantity,
      // Of no goods, a price that was wrong or a gesture, the sum is the price.
      regular_unit_price: quantity === 0 ? amount : Math.round(amount / quantity),
      extended: amount,
      modifiers: [],
      taxes: taxes.map(({ name, rate_ppm, tax: part }) => ({
        type: name,
        taxable: amount,
        included: true,
        amount: part,
        rate_ppm,
      })),
      ...(line.epc === undefined ? {} : { serial: line.epc }),
    })),
    tenders: [...refund.tenders],
    net: tax - grand,
    tax: 0 - tax,
    grand: 0 - grand,
    original,
  };
}

/** What a refund's document says of it. Only money that went back counts. */
export const refundToLog = ({ currency, lines, legs }: Refund): RefundToLog => ({
  currency,
  lines: lines.map(({ quantity, amount, taxes, sku, name, gtin, kind, epcs }) => ({
    line: {
      ...{ sku, name, kind },
      ...(gtin === undefined ? {} : { gtin }),
      ...(epcs[0] === undefined ? {} : { epc: epcs[0] }),
    },
    ...{ quantity, amount, taxes },
  })),
  tenders: legs
    .filter(({ status }) => status === 'succeeded')
    .map(({ id, method, amount, in_cash, reference }) => ({
      type: in_cash === true ? 'Cash' : tenderType(method),
      ...{ amount, change: 0, reference: reference ?? id },
    })),
});
