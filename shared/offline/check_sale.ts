import type { OfflinePayment, OfflineSale } from './document.ts';

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

/**
 * What in a sale does not add up, as sentences; empty: everything does. The till refuses to write such a
 * document, the edge takes it all the same (the goods are gone) and tells staff.
 */
export function faultsOfSale(sale: Omit<OfflineSale, 'digest' | 'previous'>): string[] {
  const { lines, totals, tax, payments } = sale;
  const faults = lines.flatMap((line) => {
    const expected = line.unit_price * line.quantity - line.discount;
    return line.total === expected ? [] : [`${line.line_id}: its total is ${line.total}, not ${expected}`];
  });
  const check = (what: string, is: number, expected: number): void => {
    if (is !== expected) faults.push(`${what} is ${is}, not ${expected}`);
  };
  check('the subtotal', totals.subtotal, sum(lines.map((line) => line.unit_price * line.quantity)));
  check('the discount', totals.discount, sum(lines.map((line) => line.discount)));
  check('the tax', totals.tax, sum(tax.rows.map((row) => row.tax)));
  check('the total', totals.total, totals.subtotal - totals.discount + (tax.inclusive ? 0 : totals.tax));
  check('the sum of the payments', sum(payments.map(({ amount }) => amount)), totals.total);
  for (const payment of payments) {
    if (payment.method !== 'cash') continue;
    check('the cash that stays', payment.tendered - payment.change, payment.amount + payment.rounding);
  }
  return faults;
}

/** What was paid; the rest of the total is owed. */
export const paidOf = (payments: readonly OfflinePayment[]): number =>
  sum(payments.filter(({ method }) => method !== 'pay_later').map(({ amount }) => amount));
