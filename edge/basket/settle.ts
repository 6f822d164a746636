import type { AuditRow } from '../../shared/api/audit.ts';
import type { Order } from '../../shared/api/order.ts';
import { checkAudit, payable } from '../../shared/basket/audit.ts';
import type { PricedBasket } from '../../shared/basket/price.ts';
import type { QuotaGoods } from '../../shared/basket/quota.ts';
import { receiptOf } from '../../shared/basket/receipt.ts';
import type { StoreConfig } from '../../shared/config/store_config.ts';
import type { ItemId } from '../../shared/ids/index.ts';
import type { CommitSale, OpenOrder } from '../../shared/rpc/store.ts';
import { beginCollection } from './collection_rows.ts';
import { taxesOfLines, verifyAt } from './completion.ts';
import { type Duty, type DutyKind, dutiesOf, fulfil, postpone } from './duty.ts';
import { moveBasket, nextStatus } from './moves.ts';
import { freeTerminal, keepCard, tellStaff } from './payment_duties.ts';
import type { Refusal } from './port.ts';
import { quotaGoods } from './quota.ts';
import { audit, auditRowsOf, basketOf, hasTag, type Line, linesOf, orderOf, pricedOf } from './rows.ts';
import { endHold, tellCollection } from './tell_collection.ts';
import { tellRefund, tellRefundTrouble } from './tell_refund.ts';
import { configFor, type Trip } from './trip.ts';
import { needOf, pendingOf } from './verification_rows.ts';
import { viewOrder } from './view.ts';

/** Tells the store what it must know of one kind; what it does not answer now is repeated by the alarm. */
export async function perform(trip: Trip, kind: DutyKind): Promise<Refusal | null> {
  let refusal: Refusal | null = null;
  for (const duty of dutiesOf(trip.sql, kind)) {
    const refused = await RUN[kind](trip, duty);
    if (refused?.code === 'store_unavailable') postpone(trip.sql, duty, trip.now());
    refusal ??= refused;
  }
  return refusal;
}

/** Tells the store one thing and writes down its answer; `store_unavailable` means to try again. */
const RUN: Readonly<Record<DutyKind, (trip: Trip, duty: Duty) => Promise<Refusal | null>>> = {
  open,
  commit,
  cancel,
  release,
  link,
  refund: tellRefund,
  refund_failed: (trip, duty) => tellRefundTrouble(trip, duty, 'refund_failed'),
  refund_unresolved: (trip, duty) => tellRefundTrouble(trip, duty, 'refund_unresolved'),
  verify,
  tell: tellStaff,
  free_terminal: freeTerminal,
  keep_card: keepCard,
  collection: tellCollection,
  hold_over: endHold,
};

/** A refusal opens the basket again: the shopper takes the tag out and tries once more. */
async function open(trip: Trip, duty: Duty): Promise<Refusal | null> {
  const order = orderOf(trip.sql);
  if (order === null) throw new Error('an order to open that is not there');
  const { basket_id, shopper_id, purchase_type } = basketOf(trip.sql);
  const lines = linesOf(trip.sql);
  const goods = goodsOf(lines);
  const opened = await trip.store.ask((store) =>
    store.openOrder({
      basket_id,
      order_id: order.order_id,
      shopper_id,
      total: order.due,
      items: goods.reduce((sum, { quantity }) => sum + quantity, 0),
      epcs: lines.flatMap(({ epc }) => (epc === null ? [] : [epc])),
      purchase_type,
      goods,
      ...(order.traveller === null
        ? {}
        : { quota: { traveller: order.traveller, goods: quotaGoods(lines).map(asSent) } }),
    }),
  );
  if (!opened.ok) return opened.error;
  const answer = opened.value;
  const now = trip.now();
  trip.write(() => {
    fulfil(trip.sql, duty);
    if (answer.ok) {
      const { number, created_at } = answer.value;
      trip.sql.exec('UPDATE orders SET number = ?, opened_at = ?', number, created_at);
      audit(trip.sql, now, 'order_opened', { number });
      return;
    }
    audit(trip.sql, now, 'order_refused', { ...answer.error });
    if (answer.error.code === 'order_cancelled') {
      trip.sql.exec(`UPDATE orders SET close = 'cancel', status = ?`, nextStatus(order, 'cancelled'));
      moveBasket(trip.sql, 'expired', now);
    } else {
      trip.sql.exec('DELETE FROM orders');
      moveBasket(trip.sql, 'open', now);
    }
  });
  if (answer.ok) return null;
  return {
    code: answer.error.code,
    ...('epc' in answer.error ? { detail: `The tag is ${answer.error.epc}.` } : {}),
    ...('quota' in answer.error ? { quota: answer.error.quota } : {}),
    ...('shortage' in answer.error ? { shortage: answer.error.shortage } : {}),
  };
}

const asSent = ({ category, ...goods }: QuotaGoods) => ({ ...goods, category: [...category] });

/** Units by item; deposits are counted nowhere. */
function goodsOf(lines: readonly Line[]): NonNullable<OpenOrder['goods']> {
  const goods = new Map<ItemId, number>();
  for (const { item, quantity, kind } of lines)
    if (kind !== 'deposit') goods.set(item.id, (goods.get(item.id) ?? 0) + quantity);
  return [...goods].map(([item_id, quantity]) => ({ item_id, quantity }));
}

/**
 * Turns captured money into a sale. The store never refuses it and answers the same however often it is
 * told, so this is repeated until it is done; only then does the order say `captured`.
 */
async function commit(trip: Trip, duty: Duty): Promise<Refusal | null> {
  const order = orderOf(trip.sql);
  const view = viewOrder(trip.sql);
  if (order === null || view === null || order.captured_at === null)
    throw new Error('a sale without its order');
  if (order.till !== null) return settleDebt(trip, duty, view);
  const config = await configFor(trip, { fresh: false });
  if (!config.ok) return { code: 'store_unavailable' };
  const { basket_id, shopper_id } = basketOf(trip.sql);
  const lines = linesOf(trip.sql);
  const priced = pricedOf(trip.sql);
  const printed = {
    order: view,
    taxes: priced.taxes,
    config: config.value,
    completedAtMs: order.captured_at,
  };
  const line_taxes = taxesOfLines(lines, priced, config.value);
  const receipt = receiptOf(printed);
  const told: CommitSale = {
    ...{ basket_id, order: view, shopper_id, receipt },
    audit_faults: faultsOf(auditRowsOf(trip.sql), lines, priced, order.due, config.value),
    ...(line_taxes === null ? {} : { line_taxes }),
  };
  const committed = await trip.store.ask((store) => store.commitSale(told));
  if (!committed.ok) return committed.error;
  const sale = committed.value;
  trip.write(() => {
    fulfil(trip.sql, duty);
    trip.sql.exec(
      'UPDATE orders SET status = ?, verification = ?, verify_at = ?, sale = ?, receipt = ?',
      nextStatus(order, 'completed'),
      sale.verification,
      verifyAt(config.value, sale.verification, trip.now()),
      JSON.stringify(sale),
      JSON.stringify(receiptOf({ ...printed, fiscal_number: sale.fiscal_number })),
    );
    moveBasket(trip.sql, 'converted', trip.now());
    const { collection } = config.value.policies.order;
    if (sale.collection !== undefined)
      beginCollection(trip.sql, sale.collection.token, collection, trip.now());
    audit(trip.sql, trip.now(), 'sale_committed', {
      fiscal_number: sale.fiscal_number,
      incidents: sale.incidents,
    });
  });
  return null;
}

/** Whether what is due is what the rows of the audit come to; those of an older build are not there. */
function faultsOf(
  rows: readonly AuditRow[],
  lines: readonly Line[],
  priced: PricedBasket,
  due: number,
  config: StoreConfig,
): string[] {
  if (rows.length === 0) return [];
  const faults = checkAudit(rows, lines, priced, config);
  const sum = payable(rows, config.prices_include_tax);
  return sum === due ? faults : [...faults, `due ${due}, rows ${sum}`];
}

/** A till committed this sale itself; what is new is its money. */
async function settleDebt(trip: Trip, duty: Duty, view: Order): Promise<Refusal | null> {
  const told = await trip.store.ask((store) => store.settleDebt(view));
  if (!told.ok) return told.error;
  trip.write(() => {
    fulfil(trip.sql, duty);
    audit(trip.sql, trip.now(), 'debt_paid', { captured: view.captured });
  });
  return null;
}

async function cancel(trip: Trip, duty: Duty): Promise<Refusal | null> {
  const order = orderOf(trip.sql);
  if (order === null) throw new Error('an order to cancel that is not there');
  const { basket_id } = basketOf(trip.sql);
  const cancelled = await trip.store.ask((store) => store.cancelOrder({ basket_id, reason: duty.subject }));
  if (!cancelled.ok) return cancelled.error;
  const paid = !cancelled.value.ok && cancelled.value.error.code === 'already_paid';
  trip.write(() => {
    fulfil(trip.sql, duty);
    audit(trip.sql, trip.now(), paid ? 'cancel_refused' : 'order_cancelled', { reason: duty.subject });
    if (paid) return;
    trip.sql.exec('UPDATE orders SET status = ?', nextStatus(order, 'cancelled'));
    moveBasket(trip.sql, 'expired', trip.now());
  });
  return paid ? { code: 'already_paid' } : null;
}

/** Frees a tag, unless it was scanned into this basket again meanwhile. */
async function release(trip: Trip, duty: Duty): Promise<Refusal | null> {
  const { basket_id, status } = basketOf(trip.sql);
  const again = status !== 'expired' && hasTag(trip.sql, duty.subject);
  if (!again) {
    const told = await trip.store.ask((store) => store.release({ basket_id, epcs: [duty.subject] }));
    if (!told.ok) return told.error;
  }
  fulfil(trip.sql, duty);
  return null;
}

/** The subject is the gateway and the provider's reference, with one blank between them. */
async function link(trip: Trip, duty: Duty): Promise<Refusal | null> {
  const { basket_id } = basketOf(trip.sql);
  const at = duty.subject.indexOf(' ');
  const [gateway, reference] = [duty.subject.slice(0, at), duty.subject.slice(at + 1)];
  const told = await trip.store.ask((store) => store.linkReference({ gateway, reference, basket_id }));
  if (!told.ok) return told.error;
  fulfil(trip.sql, duty);
  return null;
}

/** Staff see the basket in their list while it waits for them, with what is in it now. */
async function verify(trip: Trip, duty: Duty): Promise<Refusal | null> {
  const { sql } = trip;
  const basket = basketOf(sql);
  const pending = pendingOf(sql);
  const { basket_id, revision } = basket;
  const waiting =
    pending === null
      ? null
      : {
          code: pending.code,
          opened_at: pending.opened_at,
          revision,
          need: needOf(basket, linesOf(sql)),
        };
  const told = await trip.store.ask((store) => store.noteVerification({ basket_id, waiting }));
  if (!told.ok) return told.error;
  fulfil(sql, duty);
  return null;
}
