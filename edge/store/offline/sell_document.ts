import type { OfflineSale } from '../../../shared/offline/document.ts';
import { appendFeed } from '../feed_log.ts';
import { dropHoldOf } from '../holds.ts';
import { raiseIncident } from '../incidents.ts';
import { tagOf, tagStates, writeTag } from '../ledger.ts';
import { appendEvent } from '../outbox.ts';
import type { Scope } from '../scope.ts';
import { first } from '../sql.ts';
import { leaseOfNumber, recordNumber } from './leases.ts';
import { orderOfSale } from './order_of_sale.ts';
import { poslogOfSale } from './poslog_of_sale.ts';

/**
 * Makes an order of a till's sale: the goods have left and the money is in the drawer, so nothing here refuses
 * or prices anything. What does not fit the ledger becomes an incident for staff. The caller has seen that
 * neither the order nor its number was there before.
 */
export function sellDocument(scope: Scope, sale: OfflineSale): void {
  const { sql } = scope;
  takeNumber(scope, sale);
  const items = sale.lines.reduce((sum, line) => sum + line.quantity, 0);
  // Nobody signed in at a till: the order is anonymous.
  sql.exec(
    `INSERT INTO orders (basket_id, order_id, number, status, shopper_id, total, items, created_at)
     VALUES (?, ?, ?, 'completed', '', ?, ?, ?)`,
    sale.basket_id,
    sale.order_id,
    sale.number.text,
    sale.totals.total,
    items,
    Date.parse(sale.started_at),
  );
  const epcs = sellTags(scope, sale);
  appendFeed(scope, {
    type: 'sale',
    order_id: sale.order_id,
    number: sale.number.text,
    tags: tagStates(sql, epcs),
    receipt: sale.receipt,
    sold_by: sale.device_id,
  });
  const order = orderOfSale(scope, sale);
  const poslog = poslogOfSale(scope, sale);
  appendEvent(scope, { type: 'order.completed', data: { order, shopper_id: null, poslog } });
}

/** Whatever is odd about the number, the paper with it is out: it is recorded, and staff hear of it. */
function takeNumber(scope: Scope, { number, device_id, order_id }: OfflineSale): void {
  const { epoch, value, lease_id, text } = number;
  const place = { device_id, epoch, value };
  const lease = leaseOfNumber(scope.sql, place);
  const before = recordNumber(scope, place, 'sale', order_id);
  const detail = { order_id, number: text, device_id };
  if (lease?.lease_id !== lease_id) raiseIncident(scope, 'number_not_leased', { ...detail, lease_id });
  else if (before !== null) raiseIncident(scope, 'number_was_void', { ...detail, was: before.record });
}

/**
 * Marks the sale's tags as sold and answers all of them. A tag that another order sold stays that order's; one
 * that came back to the shelf after this sale was made stays there. Both are incidents.
 */
function sellTags(scope: Scope, sale: OfflineSale): string[] {
  const items = new Map(
    sale.lines.flatMap((line) => (line.epc === undefined ? [] : [[line.epc, line.item_id] as const])),
  );
  const { order_id, number } = sale;
  for (const [epc, item_id] of items) {
    const detail = { epc, order_id, number: number.text };
    const tag = tagOf(scope.sql, epc);
    if (tag?.status === 'sold') {
      raiseIncident(scope, 'epc_double_sale', { ...detail, sold_by: tag.order_id ?? '' });
      continue;
    }
    const back = returnOf(scope, epc);
    if (back !== null && back.at > soldAt(sale)) {
      raiseIncident(scope, 'late_refund', { ...detail, returned_from: back.order_id });
      continue;
    }
    writeTag(scope, { epc, item_id: tag?.item_id ?? item_id, status: 'sold', order_id });
    dropHoldOf(scope.sql, epc);
  }
  return [...items.keys()];
}

const returnOf = ({ sql }: Scope, epc: string): { order_id: string; at: number } | null =>
  first<{ order_id: string; at: number }>(sql, 'SELECT order_id, at FROM tag_return WHERE epc = ?', epc);

/** When the sale was made by the edge's clock, in milliseconds since 1970. */
const soldAt = ({ completed_at, clock_offset_ms }: OfflineSale): number =>
  Date.parse(completed_at) + (clock_offset_ms ?? 0);
