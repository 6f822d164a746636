import { orderIdOf } from '../../../shared/ids/index.ts';
import { faultsOfSale } from '../../../shared/offline/check_sale.ts';
import type { OfflineDocument, OfflineSale, OfflineVoid } from '../../../shared/offline/document.ts';
import { LEASE_COUNT_MAX } from '../../../shared/offline/lease.ts';
import type { Sql } from '../sql.ts';
import { documentAt } from './documents.ts';

/** Why a document cannot simply be taken, in sentences; empty: it can. */
export function faultsOf(sql: Sql, document: OfflineDocument, currency: string): string[] {
  const own = document.kind === 'sale' ? faultsInSale(document, currency) : faultsInVoid(document);
  return [...own, ...brokenLinks(sql, document)];
}

function faultsInSale(sale: OfflineSale, currency: string): string[] {
  const faults = faultsOfSale(sale);
  if (sale.currency !== currency) faults.push(`its currency is ${sale.currency}, the store's is ${currency}`);
  if (orderIdOf(sale.basket_id) !== sale.order_id) faults.push('its order and its basket are of two trips');
  const { receipt, totals } = sale;
  if (receipt.order.id !== sale.order_id || receipt.order.number !== sale.number.text)
    faults.push('its receipt is of another order');
  if (receipt.total !== totals.total) faults.push(`its receipt says ${receipt.total}, not ${totals.total}`);
  return faults;
}

function faultsInVoid({ from, to }: OfflineVoid): string[] {
  const count = to - from + 1;
  return count >= 1 && count <= LEASE_COUNT_MAX ? [] : [`it voids ${count} numbers`];
}

/** Its neighbours in the device's journal, as far as they are here, must be the ones that it was chained to. */
function brokenLinks(sql: Sql, { device_id, device_seq, previous, digest }: OfflineDocument): string[] {
  const before = documentAt(sql, device_id, device_seq - 1);
  const behind = documentAt(sql, device_id, device_seq + 1);
  return [
    ...(before === null || before.digest === previous
      ? []
      : [`it follows another document ${device_seq - 1} than the one that is here`]),
    ...(behind === null || behind.previous === digest
      ? []
      : [`document ${device_seq + 1} that is here follows another one`]),
  ];
}
