import type { Basket } from '../../shared/api/basket.ts';
import type { Order, Payment, PaymentStatus } from '../../shared/api/order.ts';
import { statusAt } from '../../shared/basket/status.ts';
import { needsVerification, receiptLinks, viewBasket, viewLines } from '../../shared/basket/view.ts';
import type { StoreId } from '../../shared/ids/index.ts';
import { NEW_ORDER } from '../../shared/order/axes.ts';
import type { Trip, TripLine, TripOrder, TripPayment } from './trip.ts';

const iso = (ms: number): string => new Date(ms).toISOString();

/** The basket of a trip, in the same shape as the edge's. */
export function basketOf(trip: Trip, storeId: StoreId, nowMs: number): Basket {
  return viewBasket({
    ...trip,
    store_id: storeId,
    status: statusAt(trip.status, trip.due_at, nowMs),
    verification: { status: verificationOf(trip) },
    expires_at: trip.due_at,
  });
}

/** Approved only for the ages that the basket needs now: a stricter item asks again. */
export function verificationOf(trip: Pick<Trip, 'lines' | 'approvals'>): Basket['verification']['status'] {
  if (!needsVerification(trip.lines)) return 'not_required';
  if (trip.approvals.length === 0) return 'required';
  const allowed = Math.max(0, ...trip.approvals.map((one) => one.minimum_age));
  return ageNeeded(trip.lines) <= allowed ? 'approved' : 'required';
}

export const ageNeeded = (lines: readonly TripLine[]): number =>
  Math.max(0, ...lines.map(({ item }) => item.age_restriction ?? 0));

/** Null while the trip has not become an order. */
export function orderOf(trip: Trip, storeId: StoreId): Order | null {
  const { order, priced } = trip;
  if (order === null) return null;
  const sold = order.status === 'completed';
  return {
    ...NEW_ORDER,
    id: order.order_id,
    number: order.number.text,
    basket_id: trip.basket_id,
    store_id: storeId,
    status: order.status,
    payment_status: statusOfPayments(order, priced.total),
    currency: trip.currency,
    lines: viewLines(trip.lines, priced.lines),
    promotions: priced.promotions,
    subtotal: priced.subtotal,
    discount: priced.discount,
    tax: priced.tax,
    total: priced.total,
    captured: sumOf(order, 'captured'),
    payments: order.payments.map((payment) => paymentOf(payment, order, trip.currency)),
    receipt: sold ? receiptLinks(order.order_id, order.number.text, order.number.text) : null,
    exit_pass: null,
    created_at: iso(order.opened_at),
    completed_at: order.completed_at === null ? null : iso(order.completed_at),
  };
}

export function paymentOf(payment: TripPayment, order: TripOrder, currency: string): Payment {
  const { id, gateway, method, status, amount, paid, failure, created_at, updated_at } = payment;
  return {
    id,
    order_id: order.order_id,
    gateway,
    method,
    status,
    amount,
    currency,
    ...(paid?.method === 'pay_later'
      ? { next_action: { type: 'redirect', url: paid.url } }
      : status === 'pending'
        ? { next_action: { type: 'wait' } }
        : {}),
    ...(failure === null ? {} : { failure }),
    created_at: iso(created_at),
    updated_at: iso(updated_at),
  };
}

export const sumOf = (order: TripOrder, status: PaymentStatus): number =>
  order.payments.filter((one) => one.status === status).reduce((sum, { amount }) => sum + amount, 0);

/** Goods that left with a debt stay `pending` for ever here: whether it was paid is the edge's to say. */
function statusOfPayments(order: TripOrder, total: number): PaymentStatus {
  if (order.status === 'cancelled') return 'cancelled';
  const captured = sumOf(order, 'captured');
  if (order.status === 'completed') return captured === total ? 'captured' : 'pending';
  if (order.payments.some(({ status }) => status === 'pending')) return 'pending';
  if (captured > 0) return 'partially_captured';
  return order.payments.at(-1)?.status === 'rejected' ? 'rejected' : 'waiting';
}
