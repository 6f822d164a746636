import type { Order } from '../../shared/api/order.ts';
import type { ItemId } from '../../shared/ids/index.ts';
import type { CommitSale, CommittedSale } from '../../shared/rpc/store.ts';
import { appendFeed } from './feed_log.ts';
import { dropHoldOf, dropHolds } from './holds.ts';
import { raiseIncident } from './incidents.ts';
import { tagOf, tagStates, writeTag } from './ledger.ts';
import { orderOf } from './orders.ts';
import { appendEvent } from './outbox.ts';
import type { Scope } from './scope.ts';
import { type Allocated, allocate } from './series.ts';
import { first } from './sql.ts';
import { dropStock, type Goods, sellStock } from './stock.ts';

const FISCAL_DIGITS = 6;

/**
 * Records a sale whose money is captured. Never refused, and done once a basket: again answers the same, so
 * no tag ever gets a second "sold" revision for one order. What does not fit becomes an incident for staff.
 */
export function commitSale(scope: Scope, commit: CommitSale): CommittedSale {
  const done = first<{ answer: string }>(
    scope.sql,
    'SELECT answer FROM sale WHERE basket_id = ?',
    commit.basket_id,
  );
  if (done !== null) return JSON.parse(done.answer);

  const number = completeOrder(scope, commit);
  const fiscal = allocate(scope.sql, 'fiscal');
  const fiscal_number = String(fiscal.value).padStart(FISCAL_DIGITS, '0');
  const { tags, incidents } = sellTags(scope, commit.order, number);
  incidents.push(...lookAtSums(scope, commit));
  dropHolds(scope.sql, commit.basket_id);
  dropStock(scope, commit.basket_id);
  sellStock(scope, goodsOf(commit.order));

  // The receipt's moment is the sale's: paper, order and ledger then say the same.
  const { completed_at } = commit.receipt.order;
  const answer: CommittedSale = { fiscal_number, completed_at, tags, incidents };
  keepSale(scope, commit, fiscal, answer);

  const receipt = { ...commit.receipt, order: { ...commit.receipt.order, number, fiscal_number } };
  const states = tagStates(
    scope.sql,
    tags.map((tag) => tag.epc),
  );
  appendFeed(scope, { type: 'sale', order_id: commit.order.id, number, tags: states, receipt });
  const order = completedOrder(commit.order, { number, fiscal_number, completed_at });
  appendEvent(scope, { type: 'order.completed', data: { order, shopper_id: commit.shopper_id } });
  return answer;
}

/** Units by item; a deposit is no stock. */
function goodsOf({ lines }: Order): Goods[] {
  const goods = new Map<ItemId, number>();
  for (const { item_id, quantity, kind } of lines)
    if (kind !== 'deposit') goods.set(item_id, (goods.get(item_id) ?? 0) + quantity);
  return [...goods].map(([item_id, quantity]) => ({ item_id, quantity }));
}

/** Captured money is never refused: sums that do not agree are for staff to look at. */
function lookAtSums(scope: Scope, { order, audit_faults = [] }: CommitSale): string[] {
  if (audit_faults.length === 0) return [];
  const detail = { order_id: order.id, number: order.number, why: audit_faults.join('; ').slice(0, 500) };
  return [raiseIncident(scope, 'amount_mismatch', detail)];
}

/** Closes the order's row and answers the number that the series gave it. */
function completeOrder(scope: Scope, { basket_id, order, shopper_id }: CommitSale): string {
  const known = orderOf(scope.sql, basket_id);
  if (known === null) {
    raiseIncident(scope, 'unknown_order', { order_id: order.id, number: order.number });
    const items = goodsOf(order).reduce((sum, { quantity }) => sum + quantity, 0);
    scope.sql.exec(
      `INSERT INTO orders (basket_id, order_id, number, status, shopper_id, total, items, created_at)
       VALUES (?, ?, ?, 'completed', ?, ?, ?, ?)`,
      basket_id,
      order.id,
      order.number,
      shopper_id,
      order.total,
      items,
      scope.now,
    );
    return order.number;
  }
  if (known.status === 'cancelled') {
    raiseIncident(scope, 'late_capture', { order_id: order.id, number: known.number });
  }
  scope.sql.exec(`UPDATE orders SET status = 'completed' WHERE basket_id = ?`, basket_id);
  return known.number;
}

/**
 * Marks every tag of the order as sold. One that another order sold stays that order's (an EPC has one live
 * sale); this sale stands too, carries the revision that opened the gate for it, and staff get an incident.
 */
function sellTags(scope: Scope, order: Order, number: string): Pick<CommittedSale, 'tags' | 'incidents'> {
  const tags: CommittedSale['tags'] = [];
  const incidents: string[] = [];
  const items = new Map(
    order.lines.flatMap((line) => (line.epc === undefined ? [] : [[line.epc, line.item_id]])),
  );
  for (const [epc, item_id] of items) {
    const tag = tagOf(scope.sql, epc);
    if (tag?.status === 'sold') {
      tags.push({ epc, rev: tag.rev });
      if (tag.order_id === order.id) continue;
      const detail = { epc, order_id: order.id, number, sold_by: tag.order_id ?? '' };
      incidents.push(raiseIncident(scope, 'epc_double_sale', detail));
      continue;
    }
    const rev = writeTag(scope, {
      epc,
      item_id: tag?.item_id ?? item_id,
      status: 'sold',
      order_id: order.id,
    });
    dropHoldOf(scope.sql, epc);
    tags.push({ epc, rev });
  }
  return { tags, incidents };
}

function keepSale(scope: Scope, commit: CommitSale, fiscal: Allocated, answer: CommittedSale): void {
  scope.sql.exec(
    `INSERT INTO sale (basket_id, order_id, fiscal_epoch, fiscal_value, completed_at, answer)
     VALUES (?, ?, ?, ?, ?, ?)`,
    commit.basket_id,
    commit.order.id,
    fiscal.epoch,
    fiscal.value,
    answer.completed_at,
    JSON.stringify(answer),
  );
}

/** The order as everyone sees it from now on. */
function completedOrder(
  order: Order,
  sale: { number: string; fiscal_number: string; completed_at: string },
): Order {
  const { number, fiscal_number, completed_at } = sale;
  const at = (format: string) => `/v1/orders/${order.id}/receipt?format=${format}`;
  const links = order.receipt ?? { html: at('html'), text: at('text'), svg: at('svg'), escpos: at('escpos') };
  return {
    ...order,
    number,
    status: 'completed',
    payment_status: 'captured',
    completed_at,
    receipt: { ...links, number, fiscal_number },
  };
}
