import { offsetDateTime } from '../../../shared/basket/business_date.ts';
import { lineTaxesOf } from '../../../shared/basket/line_taxes.ts';
import type { OfflineSale } from '../../../shared/offline/document.ts';
import type { PoslogFacts, PoslogNumber } from '../../../shared/poslog/facts.ts';
import type { Scope } from '../scope.ts';
import { leaseOfNumber } from './leases.ts';

/** A till numbers its transactions itself: its place in its journal, under the register that its paper shows. */
export function poslogNumberOfSale({ sql }: Pick<Scope, 'sql'>, sale: OfflineSale): PoslogNumber {
  const lease = leaseOfNumber(sql, { ...sale.number, device_id: sale.device_id });
  return {
    number: sale.device_seq,
    epoch: 0,
    workstation: lease === null ? sale.device_id : String(lease.register),
  };
}

/** What the POSLog transaction of a till's sale says; its business day is the till's own. */
export function poslogOfSale(scope: Pick<Scope, 'sql' | 'config'>, sale: OfflineSale): PoslogFacts {
  const { timezone, demo, store_id, policies } = scope.config;
  const { operator, store_code } = policies.order.numbers.poslog;
  const line_taxes = lineTaxesOf(sale.lines, { taxes: sale.tax.rows, tax: sale.totals.tax }, sale.tax);
  return {
    ...poslogNumberOfSale(scope, sale),
    operator: sale.staff_id ?? operator,
    store_code: store_code ?? store_id,
    business_date: sale.business_date,
    began_at: offsetDateTime(Date.parse(sale.started_at), timezone),
    ended_at: offsetDateTime(Date.parse(sale.completed_at), timezone),
    training: demo,
    prices_include_tax: sale.tax.inclusive,
    ...(line_taxes === null ? {} : { line_taxes }),
  };
}
