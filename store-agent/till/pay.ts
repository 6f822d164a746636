import type { Payment } from '../../shared/api/order.ts';
import type { StoreConfig } from '../../shared/config/store_config.ts';
import { paymentIdOf } from '../../shared/ids/index.ts';
import { cashStep, roundCash } from '../../shared/money/cash.ts';
import type { OfflinePayment } from '../../shared/offline/document.ts';
import { mayTrade } from '../../shared/offline/limits.ts';
import { ok, type Result } from '../../shared/result.ts';
import type { Tables } from '../state/agent_state.ts';
import { type Caller, changing, type Keep, type TillContext, tripOf } from './context.ts';
import { type Refusal, refuse } from './refusal.ts';
import { type Sold, sell } from './sell.ts';
import type { Trip, TripOrder, TripPayment } from './trip.ts';
import { paymentOf } from './view_trip.ts';

const PAYMENTS_MAX = 10;
const DAY_MS = 24 * 3_600_000;

export interface Tender {
  gateway: string;
  method: string;
  amount?: number | undefined;
  /** Coins and notes that the shopper handed over. */
  tendered?: number | undefined;
}

export type OrderedTrip = Trip & { order: TripOrder };

/** The order while it can be paid, what is left to pay, and what the store allows. */
export interface Payable {
  trip: OrderedTrip;
  config: StoreConfig;
  /** What this tender is for. */
  amount: number;
  /** Whether it pays all that is left. */
  whole: boolean;
}

export function payable(
  till: TillContext,
  caller: Caller,
  basketId: string,
  tender: Pick<Tender, 'amount'>,
): Result<Payable, Refusal> {
  const found = tripOf(till, caller, basketId);
  if (!found.ok) return found;
  const { order } = found.value;
  const { config } = till.state;
  if (order === null || config === null) return refuse('not_found');
  if (order.status === 'completed') return refuse('already_paid');
  if (order.status === 'cancelled') return refuse('order_cancelled');
  if (order.payments.some(({ status }) => status === 'pending')) return refuse('payment_in_progress');
  if (order.payments.length >= PAYMENTS_MAX)
    return refuse('quantity_limit', 'No more attempts to pay are taken.');
  const { total } = found.value.priced;
  const due = total - order.payments.reduce((sum, { paid }) => sum + (paid?.amount ?? 0), 0);
  const amount = tender.amount ?? due;
  if (amount > due) return refuse('amount_mismatch');
  if (till.isDamaged(found.value.device_id)) return refuse('journal_damaged');
  const allowed = mayTrade(config.policies.offline, till.usage(), total, till.now());
  if (!allowed.ok) return refuse(allowed.error.code);
  return ok({ trip: { ...found.value, order }, config, amount, whole: amount === due });
}

/** Cash, or a link to pay later: decided here and now. */
export function payAtOnce(
  till: TillContext,
  caller: Caller,
  basketId: string,
  tender: Tender,
  keep: Keep<Payment>,
): Result<Payment, Refusal> {
  const open = payable(till, caller, basketId, tender);
  if (!open.ok) return open;
  const paid = tender.gateway === 'cash' ? cash(open.value, tender) : later(till, open.value);
  if (!paid.ok) return paid;
  const { trip, config } = open.value;
  const payment: TripPayment = {
    ...newPayment(till, trip, tender),
    amount: paid.value.amount,
    status: paid.value.method === 'pay_later' ? 'pending' : 'captured',
    paid: paid.value,
  };
  let sold: Sold | null = null;
  const answer = changing(till, (tables) => {
    const next = withPayment(trip, payment);
    sold = settle(till, tables, config, next, open.value.whole);
    const view = paymentOf(payment, next.order, trip.currency);
    keep(tables, view);
    return ok(view);
  });
  if (answer.ok) announce(till, sold);
  return answer;
}

export function newPayment(till: TillContext, trip: OrderedTrip, tender: Tender): TripPayment {
  const now = till.now();
  return {
    id: paymentIdOf(trip.basket_id, trip.order.payments.length + 1),
    gateway: tender.gateway,
    method: tender.method,
    status: 'pending',
    amount: 0,
    paid: null,
    failure: null,
    created_at: now,
    updated_at: now,
  };
}

/** The trip with this payment in place of itself, or at the end. */
export function withPayment(trip: OrderedTrip, payment: TripPayment): OrderedTrip {
  const others = trip.order.payments.filter(({ id }) => id !== payment.id);
  return { ...trip, order: { ...trip.order, payments: [...others, payment] } };
}

/** Writes the payment, and the sale where it was the last one, in the caller's transaction. */
export function settle(
  till: TillContext,
  tables: Tables,
  config: StoreConfig,
  trip: OrderedTrip,
  whole: boolean,
): Sold | null {
  if (whole) return sell(till, tables, config, trip);
  tables.trips.put(trip);
  return null;
}

/** The disk has the sale: gates know, the printer starts, the edge hears of it. */
export function announce(till: TillContext, sold: Sold | null): void {
  if (sold === null) return;
  const orderId = sold.trip.order?.order_id;
  if (orderId !== undefined) till.state.book.sellLocally(orderId, sold.epcs);
  if (sold.job !== null) till.printing.submitted(sold.job);
  if (sold.trip.order?.payments.some(({ paid }) => paid?.method === 'cash'))
    till.openDrawer(sold.trip.device_id);
  till.onDocument();
}

/** The last tender of an order is rounded to the smallest coin; the change comes from what was handed over. */
function cash(
  { trip, config, amount, whole }: Payable,
  { tendered }: Tender,
): Result<OfflinePayment, Refusal> {
  const payable = whole ? roundCash(amount, cashStep(trip.currency, config.policies.cash_step)) : amount;
  const given = tendered ?? payable;
  if (given < payable) return refuse('amount_mismatch', 'That is less than what is to be paid in cash.');
  return ok({
    method: 'cash',
    amount,
    tendered: given,
    change: given - payable,
    rounding: payable - amount,
  });
}

/** Goods leave with a recorded debt: only where the store allows it, and only so much of it. */
function later(till: TillContext, { trip, config, amount, whole }: Payable): Result<OfflinePayment, Refusal> {
  const policy = config.policies.offline.pay_later;
  if (!policy.enabled) return refuse('unknown_gateway');
  if (!whole) return refuse('amount_mismatch', 'What is left to pay later is all of it.');
  const { owed } = till.usage();
  if (amount > policy.max_sale || owed + amount > policy.max_total) return refuse('pay_later_limit');
  const reference = till.newReference();
  return ok({
    method: 'pay_later',
    amount,
    reference,
    url: till.payUrl(trip.order.order_id, reference),
    due_at: new Date(till.now() + policy.due_days * DAY_MS).toISOString(),
  });
}
