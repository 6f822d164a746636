import type { Basket, BasketLine } from '../../shared/api/basket.ts';
import type { Order, Payment } from '../../shared/api/order.ts';
import { statusAt } from '../../shared/basket/status.ts';
import { NEW_ORDER } from '../../shared/order/axes.ts';
import { sessionStatus, sessionSums } from '../../shared/payment/session.ts';
import { orderPaymentStatus, paymentStatusOf } from '../../shared/payment/wire_status.ts';
import type { CommittedSale } from '../../shared/rpc/store.ts';
import type { Sql } from '../store/sql.ts';
import {
  basketOf,
  iso,
  type LegRow,
  type Line,
  legsOf,
  linesOf,
  type OrderRow,
  orderOf,
  pricedOf,
  sessionOf,
} from './rows.ts';

/** The trip as its clients see it. */
export function viewBasket(sql: Sql, nowMs: number): Basket {
  const basket = basketOf(sql);
  const lines = linesOf(sql);
  const priced = pricedOf(basket);
  const { subtotal, discount, tax, total, promotions, suggestions } = priced;
  return {
    id: basket.basket_id,
    store_id: basket.store_id,
    currency: basket.currency,
    status: statusAt(basket.status, basket.expires_at, nowMs),
    lines: viewLines(lines, priced.lines),
    subtotal,
    discount,
    tax,
    total,
    promotions,
    suggestions,
    verification: { status: needsVerification(lines) ? 'required' : 'not_required' },
    shelf_version: basket.shelf_version,
    expires_at: iso(basket.expires_at),
    updated_at: iso(basket.updated_at),
  };
}

export const needsVerification = (lines: readonly Line[]): boolean =>
  lines.some(({ item }) => item.age_restriction !== undefined);

function viewLines(lines: readonly Line[], priced: ReturnType<typeof pricedOf>['lines']): BasketLine[] {
  const prices = new Map(priced.map((line) => [line.line_id, line]));
  return lines.map(({ line_id, item, gtin, epc, quantity, charge }) => {
    const price = prices.get(line_id);
    if (price === undefined) throw new Error(`${line_id} has no price`);
    return {
      id: line_id,
      item_id: item.id,
      sku: item.sku,
      ...(gtin === null ? {} : { gtin }),
      ...(epc === null ? {} : { epc }),
      name: item.name,
      quantity,
      unit_price: price.unit_price,
      ...(charge === null ? {} : { price_from: charge.by, catalog_price: item.unit_price }),
      ...(charge?.weight_grams === undefined ? {} : { weight_grams: charge.weight_grams }),
      discount: price.discount,
      total: price.total,
      restrictions:
        item.age_restriction === undefined ? [] : [{ kind: 'age', minimum_age: item.age_restriction }],
      promotions: price.promotions,
    };
  });
}

/** Null while there is no order, or none with a number. The Worker signs the exit pass and puts it in. */
export function viewOrder(sql: Sql): Order | null {
  const order = orderOf(sql);
  if (order === null || order.number === null || order.opened_at === null) return null;
  const basket = basketOf(sql);
  const legs = legsOf(sql);
  const priced = pricedOf(basket);
  const sale: CommittedSale | null = order.sale === null ? null : JSON.parse(order.sale);
  const session = sessionOf(order, legs);
  return {
    ...NEW_ORDER,
    id: order.order_id,
    number: order.number,
    basket_id: basket.basket_id,
    store_id: basket.store_id,
    status: order.status,
    payment_status: orderPaymentStatus(sessionStatus(session), sale !== null),
    currency: basket.currency,
    lines: viewLines(linesOf(sql), priced.lines),
    promotions: priced.promotions,
    subtotal: priced.subtotal,
    discount: priced.discount,
    tax: priced.tax,
    total: priced.total,
    captured: sessionSums(legs).captured,
    payments: legs.map((leg) => viewPayment(leg, order, basket.currency)),
    receipt: sale === null ? null : receiptLinks(order.order_id, order.number, sale.fiscal_number),
    exit_pass: null,
    created_at: order.opened_at,
    completed_at: sale?.completed_at ?? null,
  };
}

function receiptLinks(orderId: string, number: string, fiscal_number: string): NonNullable<Order['receipt']> {
  const at = (format: string) => `/v1/orders/${orderId}/receipt?format=${format}`;
  return { number, fiscal_number, html: at('html'), text: at('text'), svg: at('svg'), escpos: at('escpos') };
}

export function viewPayment(leg: LegRow, order: OrderRow, currency: string): Payment {
  const status = paymentStatusOf(leg.state);
  return {
    id: leg.payment_id,
    order_id: order.order_id,
    gateway: leg.gateway,
    method: leg.method,
    status,
    amount: status === 'captured' ? leg.captured : leg.amount,
    currency,
    ...nextActionOf(leg),
    ...(leg.failure === null ? {} : { failure: JSON.parse(leg.failure) }),
    created_at: iso(leg.created_at),
    updated_at: iso(leg.updated_at),
  };
}

function nextActionOf(leg: LegRow): Pick<Payment, 'next_action'> {
  if (leg.state === 'action_required' && leg.action !== null) return { next_action: JSON.parse(leg.action) };
  return paymentStatusOf(leg.state) === 'pending' ? { next_action: { type: 'wait' } } : {};
}
