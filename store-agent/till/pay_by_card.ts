import type { TerminalOutcome } from '../../hardware/port.ts';
import type { Payment } from '../../shared/api/order.ts';
import { ok, type Result } from '../../shared/result.ts';
import { errorText } from '../log.ts';
import { type Caller, changing, type Keep, type TillContext, type TillTerminal } from './context.ts';
import { announce, newPayment, type OrderedTrip, payable, settle, type Tender, withPayment } from './pay.ts';
import { type Refusal, refuse } from './refusal.ts';
import type { Sold } from './sell.ts';
import type { TripPayment } from './trip.ts';
import { paymentOf } from './view_trip.ts';

/** The terminal of a kiosk, or one that any may use. */
export const terminalOf = (till: TillContext, deviceId: string): TillTerminal | undefined =>
  till.terminals.find((one) => one.kioskId === deviceId) ??
  till.terminals.find((one) => one.kioskId === null);

/**
 * Asks a terminal of the shop for a card. The attempt is on the disk before the terminal hears of it; the answer
 * is `pending` at once, and what became of it shows when the order is read.
 */
export function payByCard(
  till: TillContext,
  caller: Caller,
  basketId: string,
  tender: Tender,
  keep: Keep<Payment>,
): Result<Payment, Refusal> {
  const open = payable(till, caller, basketId, tender);
  if (!open.ok) return open;
  const { trip, amount } = open.value;
  const terminal = terminalOf(till, trip.device_id);
  if (terminal === undefined) return refuse('unknown_gateway');
  if (amount <= 0) return refuse('amount_mismatch');
  const payment: TripPayment = { ...newPayment(till, trip, tender), amount };
  const answer = changing(till, (tables) => {
    const next = withPayment(trip, payment);
    const view = paymentOf(payment, next.order, trip.currency);
    tables.trips.put(next);
    keep(tables, view);
    return ok(view);
  });
  if (!answer.ok) return answer;
  const request = { reference: payment.id, amount, currency: trip.currency };
  void ask(till, trip.basket_id, payment.id, terminal, () => terminal.device.pay(request));
  return answer;
}

/** Asks again about a payment whose answer was lost; never asks for the card a second time. */
export async function askAgain(till: TillContext, trip: OrderedTrip, payment: TripPayment): Promise<void> {
  const terminal = terminalOf(till, trip.device_id);
  if (terminal === undefined || till.asking.has(payment.id)) return;
  await ask(till, trip.basket_id, payment.id, terminal, () => terminal.device.inquire(payment.id));
}

async function ask(
  till: TillContext,
  basketId: string,
  paymentId: string,
  terminal: TillTerminal,
  question: () => Promise<TerminalOutcome>,
): Promise<void> {
  till.asking.add(paymentId);
  const outcome = await outcomeOf(question);
  till.asking.delete(paymentId);
  takeOutcome(till, basketId, paymentId, terminal.id, outcome);
}

/** A driver that throws is broken in a way nobody foresaw: the card may have been charged. */
async function outcomeOf(ask: () => Promise<TerminalOutcome>): Promise<TerminalOutcome> {
  try {
    return await ask();
  } catch (error) {
    return { result: 'unknown', detail: errorText(error) };
  }
}

function takeOutcome(
  till: TillContext,
  basketId: string,
  paymentId: string,
  terminalId: string,
  outcome: TerminalOutcome,
): void {
  const trip = till.state.tables.trips.get(basketId);
  const { config } = till.state;
  const known = trip?.order?.payments.find(({ id }) => id === paymentId);
  if (trip === null || trip.order === null || config === null || known?.status !== 'pending') return;
  if (outcome.result === 'unknown') {
    till.log('warn', 'nobody knows yet what became of a card payment', {
      payment: paymentId,
      detail: outcome.detail,
    });
    return;
  }
  const payment = settled(known, outcome, terminalId, till.now());
  const next = withPayment({ ...trip, order: trip.order }, payment);
  const paid = next.order.payments.reduce((sum, one) => sum + (one.paid?.amount ?? 0), 0);
  let sold: Sold | null = null;
  const written = till.state.write((tables) => {
    sold = settle(till, tables, config, next, outcome.result === 'approved' && paid === trip.priced.total);
  });
  // Where the disk is full the payment stays pending, and the terminal is asked again.
  if (written.ok) announce(till, sold);
}

function settled(
  payment: TripPayment,
  outcome: Exclude<TerminalOutcome, { result: 'unknown' }>,
  terminal_id: string,
  updated_at: number,
): TripPayment {
  if (outcome.result === 'declined') {
    const failure = { code: outcome.reason, message: outcome.detail };
    return { ...payment, status: 'rejected', failure, updated_at };
  }
  const { reference, authorization, scheme, masked, store_and_forward } = outcome;
  return {
    ...payment,
    status: 'captured',
    updated_at,
    paid: {
      method: 'card_terminal',
      amount: payment.amount,
      terminal_id,
      reference,
      ...(authorization === null ? {} : { authorization }),
      ...(scheme === null ? {} : { scheme }),
      ...(masked === null ? {} : { masked }),
      store_and_forward,
    },
  };
}
