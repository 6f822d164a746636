import type { Order } from '../../shared/api/order.ts';
import type { ItemId } from '../../shared/ids/index.ts';
import { exitCheckOf } from '../../shared/order/exit_check.ts';
import type { PoslogFacts, PoslogNumber } from '../../shared/poslog/facts.ts';
import type { CommitSale, CommittedSale } from '../../shared/rpc/store.ts';
import { appendFeed } from './feed_log.ts';
import { dropHolds } from './holds.ts';
import { raiseIncident } from './incidents.ts';
import { tagStates } from './ledger.ts';
import { orderOf } from './orders.ts';
import { appendEvent } from './outbox.ts';
import { poslogFacts, poslogNumber } from './poslog_number.ts';
import { commitQuotas } from './quota.ts';
import { newCollectionToken } from './record_collection.ts';
import type { Scope } from './scope.ts';
import { sellTags } from './sell_tags.ts';
import { type Allocated, allocate } from './series.ts';
import { first } from './sql.ts';
import { dropStock, type Goods, sellStock } from './stock.ts';

const FISCAL_DIGITS = 6;

/** A stored sale; those of older builds lack what came later. */
export const saleOf = (json: string): CommittedSale => ({
  poslog: null,
  business_date: null,
  verification: 'not_required',
  ...JSON.parse(json),
});

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
  if (done !== null) return saleOf(done.answer);

  const number = completeOrder(scope, commit);
  const fiscal = allocate(scope, 'fiscal');
  const fiscal_number = String(fiscal.value).padStart(FISCAL_DIGITS, '0');
  // What is fetched later stays in the shop and kept for its basket: gates alarm for it until it is collected.
  const later = commit.order.purchase_type === 'click_and_collect';
  const sold = later ? new Map<string, ItemId>() : tagsOf(commit.order);
  const { tags, incidents } = sellTags(scope, { order_id: commit.order.id, number }, sold);
  if (!later) dropHolds(scope.sql, commit.basket_id);
  dropStock(scope, commit.basket_id);
  commitQuotas(scope, commit.basket_id);
  sellStock(scope, goodsOf(commit.order));

  // The receipt's moment is the sale's: paper, order and ledger then say the same.
  const { completed_at } = commit.receipt.order;
  const poslog = poslogOf(scope, commit);
  const { business_date } = poslog;
  const amiss = mismatchOf(commit);
  if (amiss !== null) {
    const { id: order_id, currency } = commit.order;
    incidents.push(raiseIncident(scope, 'amount_mismatch', { order_id, number, currency, ...amiss }));
  }
  // Whoever hands the goods over has looked at them.
  const check = later ? null : exitCheckOf(commit.order, scope.config.policies.order.exit_check);
  const verification = amiss !== null || check !== null ? 'pending' : 'not_required';
  scope.sql.exec('UPDATE orders SET verification = ? WHERE basket_id = ?', verification, commit.basket_id);
  const answer: CommittedSale = {
    fiscal_number,
    completed_at,
    tags,
    incidents,
    poslog: numberOf(poslog),
    business_date,
    verification,
    ...(later ? { collection: { token: newCollectionToken(scope) } } : {}),
  };
  keepSale(scope, commit, fiscal, answer);

  const receipt = { ...commit.receipt, order: { ...commit.receipt.order, number, fiscal_number } };
  const states = tagStates(
    scope.sql,
    tags.map((tag) => tag.epc),
  );
  appendFeed(scope, { type: 'sale', order_id: commit.order.id, number, tags: states, receipt });
  appendEvent(scope, {
    type: 'order.completed',
    data: {
      order: completedOrder(commit.order, number, answer),
      shopper_id: commit.shopper_id,
      poslog: amiss === null ? poslog : { ...poslog, quarantine: 'amount_mismatch' },
    },
  });
  return answer;
}

function poslogOf(scope: Scope, { order, receipt, line_taxes }: CommitSale): PoslogFacts {
  const number = poslogNumber(scope, { order_id: order.id, purpose: 'sale' });
  const times = { began: Date.parse(order.created_at), ended: Date.parse(receipt.order.completed_at) };
  return {
    ...poslogFacts(scope, number, times),
    prices_include_tax: receipt.tax.inclusive,
    ...(line_taxes === undefined ? {} : { line_taxes }),
  };
}

const numberOf = ({ number, epoch, workstation }: PoslogFacts): PoslogNumber => ({
  number,
  epoch,
  workstation,
});

/**
 * What does not fit: less was taken than is due, the lines do not come to the total, or their units not to them.
 * More than is due is no mismatch: the excess is on its way back already.
 */
function mismatchOf({ order, audit_faults = [] }: CommitSale): Record<string, string> | null {
  const { lines, subtotal, discount, tax, total, captured } = order;
  const sum = lines.reduce((all, line) => all + line.total, 0);
  const fits = sum === subtotal - discount && (total === sum || total === sum + tax);
  if (fits && captured >= total && audit_faults.length === 0) return null;
  const why = audit_faults.join('; ').slice(0, 500);
  return {
    ...{ captured: String(captured), total: String(total), lines: String(sum) },
    ...(why === '' ? {} : { why }),
  };
}

/** Units by item; a deposit is no stock. */
function goodsOf({ lines }: Order): Goods[] {
  const goods = new Map<ItemId, number>();
  for (const { item_id, quantity, kind } of lines)
    if (kind !== 'deposit') goods.set(item_id, (goods.get(item_id) ?? 0) + quantity);
  return [...goods].map(([item_id, quantity]) => ({ item_id, quantity }));
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

/** The tags of an order with what they stand on. */
const tagsOf = ({ lines }: Order): Map<string, ItemId> =>
  new Map(lines.flatMap((line) => (line.epc === undefined ? [] : [[line.epc, line.item_id] as const])));

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
function completedOrder(order: Order, number: string, sale: CommittedSale): Order {
  const { fiscal_number, completed_at, poslog, business_date, verification } = sale;
  const at = (format: string) => `/v1/orders/${order.id}/receipt?format=${format}`;
  const links = order.receipt ?? { html: at('html'), text: at('text'), svg: at('svg'), escpos: at('escpos') };
  return {
    ...order,
    number,
    status: 'completed',
    payment_status: 'captured',
    verification_status: verification,
    completed_at,
    receipt: { ...links, number, fiscal_number },
    ...(poslog === null ? {} : { poslog }),
    ...(business_date === null ? {} : { business_date }),
  };
}
