import type { Basket, BasketWarning } from '../../shared/api/basket.ts';
import { CardFacts, type Order, type Payment } from '../../shared/api/order.ts';
import { heldOf } from '../../shared/basket/lines.ts';
import type { QuotaExcess } from '../../shared/basket/quota.ts';
import { statusAt } from '../../shared/basket/status.ts';
import { receiptLinks, viewLines, viewBasket as viewOf } from '../../shared/basket/view.ts';
import { NEW_ORDER } from '../../shared/order/axes.ts';
import { isCovered, sessionStatus, sessionSums } from '../../shared/payment/session.ts';
import { orderPaymentStatus, paymentStatusOf } from '../../shared/payment/wire_status.ts';
import { saleOf } from '../store/commit_sale.ts';
import type { Sql } from '../store/sql.ts';
import { viewCollection } from './collection_rows.ts';
import { isGivenBack, orderRefunds, refundStatusOf } from './refund_view.ts';
import {
  type BasketRow,
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
import { needOf, verificationAt } from './verification_rows.ts';

/** The trip as its clients see it. */
export function viewBasket(sql: Sql, nowMs: number): Basket {
  const basket = basketOf(sql);
  const lines = linesOf(sql);
  // What an order was made of stays approved, however long it takes to pay.
  const at = orderOf(sql)?.frozen_at ?? nowMs;
  return viewOf({
    ...basket,
    status: statusAt(basket.status, basket.expires_at, nowMs),
    lines,
    priced: pricedOf(sql),
    verification: verificationAt(sql, needOf(basket, lines), lines, at),
    warnings: warningsOf(basket, lines),
  });
}

/** Nothing of it stops the shopper here: what a store blocks never came into the basket. */
function warningsOf({ whereabouts, over_quota }: BasketRow, lines: readonly Line[]): BasketWarning[] {
  return [
    ...(whereabouts === null
      ? []
      : [{ code: whereabouts === 'outside' ? ('outside_store' as const) : ('position_unknown' as const) }]),
    ...excessOf(over_quota).map(
      ({ quota_id, allowed: available }): BasketWarning => ({ code: 'quota_exceeded', quota_id, available }),
    ),
    ...lines.flatMap(({ line_id, item, available, kind }): BasketWarning[] =>
      available != null && kind !== 'deposit' && heldOf(lines, item.id) > available
        ? [{ code: 'stock_low', line_id, available }]
        : [],
    ),
  ];
}

const excessOf = (json: string): QuotaExcess[] => JSON.parse(json);

/** Null while there is no order, or none with a number. The Worker signs the exit pass and puts it in. */
export function viewOrder(sql: Sql): Order | null {
  const order = orderOf(sql);
  if (order === null || order.number === null || order.opened_at === null) return null;
  const basket = basketOf(sql);
  const legs = legsOf(sql);
  if (order.till !== null) return viewDebt(JSON.parse(order.till), order, legs);
  const priced = pricedOf(sql);
  const sale = order.sale === null ? null : saleOf(order.sale);
  const session = sessionOf(order, legs);
  const refunds = orderRefunds(sql);
  const collection = viewCollection(sql);
  return {
    ...NEW_ORDER,
    id: order.order_id,
    number: order.number,
    basket_id: basket.basket_id,
    store_id: basket.store_id,
    status: order.status,
    payment_status: isGivenBack(legs)
      ? 'refunded'
      : orderPaymentStatus(sessionStatus(session), sale !== null),
    refund_status: refundStatusOf(sql),
    currency: basket.currency,
    lines: viewLines(linesOf(sql), priced.lines),
    promotions: priced.promotions,
    subtotal: priced.subtotal,
    discount: priced.discount,
    tax: priced.tax,
    total: priced.total,
    // Money that came too late is not the order's: it is on its way back.
    captured: sessionSums(legs.filter(({ stray }) => stray === 0)).captured,
    payments: legs.map((leg) => viewPayment(leg, order, basket.currency)),
    receipt: sale === null ? null : receiptLinks(order.order_id, order.number, sale.fiscal_number),
    exit_pass: null,
    verification_status: order.verification,
    created_at: order.opened_at,
    completed_at: sale?.completed_at ?? null,
    ...(sale?.poslog == null ? {} : { poslog: sale.poslog }),
    ...(sale?.business_date == null ? {} : { business_date: sale.business_date }),
    ...(refunds.length === 0 ? {} : { refunds }),
    purchase_type: basket.purchase_type,
    ...(collection === null ? {} : { collection }),
  };
}

/** A till's order with what was paid of its debt since. The promise to pay later ends when it is kept. */
function viewDebt(told: Order, order: OrderRow, legs: readonly LegRow[]): Order {
  const session = sessionOf(order, legs);
  const kept = isCovered(session) && order.captured_at !== null ? iso(order.captured_at) : null;
  const promised = told.payments.map(
    (payment): Payment =>
      kept !== null && payment.status === 'waiting'
        ? { ...payment, status: 'cancelled', updated_at: kept }
        : payment,
  );
  return {
    ...told,
    payment_status:
      legs.length === 0 ? told.payment_status : orderPaymentStatus(sessionStatus(session), true),
    captured: told.captured + sessionSums(legs).captured,
    payments: [...promised, ...legs.map((leg) => viewPayment(leg, order, told.currency))],
  };
}

export function viewPayment(leg: LegRow, order: OrderRow, currency: string): Payment {
  const status = isGivenBack([leg]) ? 'refunded' : paymentStatusOf(leg.state);
  return {
    id: leg.payment_id,
    order_id: order.order_id,
    gateway: leg.gateway,
    method: leg.method,
    status,
    amount: status === 'captured' || status === 'refunded' ? leg.captured : leg.amount,
    currency,
    ...(leg.refunded === 0 ? {} : { refunded: leg.refunded }),
    ...(leg.refunding === 0 ? {} : { refunding: leg.refunding }),
    ...nextActionOf(leg),
    ...moneyOf(leg),
    ...(leg.card === null ? {} : { card: CardFacts.parse(JSON.parse(leg.card)) }),
    ...(leg.failure === null ? {} : { failure: JSON.parse(leg.failure) }),
    created_at: iso(leg.created_at),
    updated_at: iso(leg.updated_at),
  };
}

/** Where the money of an attempt is; what is nothing, or the amount itself, is left out. */
function moneyOf(leg: LegRow): Partial<Payment> {
  const some = (name: string, amount: number | null) =>
    amount === null || amount === 0 ? {} : { [name]: amount };
  return {
    ...some('authorized', leg.authorized),
    ...(leg.state === 'captured' && leg.captured === leg.amount ? {} : some('captured', leg.captured)),
    ...some('tendered', leg.tendered),
    ...some('change', leg.change_given),
    ...some('rounding', leg.rounding),
  };
}

function nextActionOf(leg: LegRow): Pick<Payment, 'next_action'> {
  if (leg.state === 'action_required' && leg.action !== null) return { next_action: JSON.parse(leg.action) };
  return paymentStatusOf(leg.state) === 'pending' ? { next_action: { type: 'wait' } } : {};
}
