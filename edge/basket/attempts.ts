import type { Order, Payment } from '../../shared/api/order.ts';
import { type PaymentId, paymentIdOf } from '../../shared/ids/index.ts';
import type { PaymentAccount, PaymentChannel } from '../../shared/payment/account.ts';
import { type LegState, moveLeg, newLeg } from '../../shared/payment/leg.ts';
import { amountDue, isCovered, PAYMENT_ATTEMPTS_MAX, sessionSums } from '../../shared/payment/session.ts';
import { ok, type Result } from '../../shared/result.ts';
import type { Gateway } from '../payment/gateway.ts';
import { consequences } from './consequences.ts';
import { hear, safely } from './hear.ts';
import type { Memory } from './idempotency.ts';
import { attemptRequest, keepPayment, settled } from './inquire.ts';
import type { Refusal } from './port.ts';
import { LEDGER } from './providers.ts';
import { audit, basketOf, type LegRow, legOf, legsOf, type OrderRow, orderOf, sessionOf } from './rows.ts';
import { refuse, type Trip } from './trip.ts';

/** A row that is still `submitted` after this long was left by a crash: an adapter answers sooner. */
const SUBMITTED_GRACE_MS = 10_000;

/** The order if a new attempt may start now, and what is due in minor units. */
export function payableOrder(trip: Trip): Result<{ order: OrderRow; due: number }, Refusal> {
  const order = orderOf(trip.sql);
  if (order === null || order.number === null) return refuse('not_found');
  const session = sessionOf(order, legsOf(trip.sql));
  if (isCovered(session)) return refuse('already_paid');
  if (order.status === 'cancelled' || order.close !== 'none') return refuse('order_cancelled');
  const due = amountDue(session);
  // Covered by what is only reserved so far: its capture is still open.
  if (sessionSums(session.legs).live > 0 || (due === 0 && order.due > 0))
    return refuse('payment_in_progress');
  if (session.legs.length >= PAYMENT_ATTEMPTS_MAX)
    return refuse('conflict', 'Too many attempts to pay this order.');
  return ok({ order, due });
}

/** What a new attempt is made of. */
export interface NewAttempt {
  /** Null: no provider is behind it. */
  account: PaymentAccount | null;
  gateway: string;
  method: string;
  amount: number;
  channel: PaymentChannel;
  origin: string;
  return_url: string;
  /** What the payer gave, sealed. */
  instrument?: string | null;
  save_card?: boolean;
  terminal_id?: string | undefined;
  cash?: { tendered: number; change: number; rounding: number };
}

function paymentsAtTill(sql: Trip['sql']): number {
  const till = orderOf(sql)?.till ?? null;
  if (till === null) return 0;
  const { payments }: Order = JSON.parse(till);
  return payments.length;
}

/** The id of the attempt that would begin now. A till counted the payments of its order: ours go on after them. */
export const nextPaymentId = ({ sql }: Trip): PaymentId =>
  paymentIdOf(basketOf(sql).basket_id, legsOf(sql).length + 1 + paymentsAtTill(sql));

/** Writes the attempt's row, in the caller's transaction. */
export function begin(trip: Trip, attempt: NewAttempt, state: LegState & ('submitted' | 'captured')): LegRow {
  const { sql } = trip;
  const now = trip.now();
  const moved = moveLeg(newLeg(attempt.amount), { state, source: 'us' });
  if (moved.verdict !== 'applied') throw new Error(`no attempt begins ${state}`);
  const { account, gateway, method, amount, channel, cash } = attempt;
  const paymentId = nextPaymentId(trip);
  // The store's own ledgers are always reserved first: a declined card then leaves no points burned.
  const reserves = gateway === LEDGER || account?.capture === 'manual';
  sql.exec(
    `INSERT INTO leg (n, payment_id, gateway, account_key, account, method, state, amount, authorized, captured, origin,
       return_url, capture, channel, instrument, save_card, terminal_id, tendered, change_given, rounding, next_at,
       created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ...[legsOf(sql).length + 1, paymentId, gateway, account?.account_key ?? ''],
    ...[account === null ? '' : JSON.stringify(account), method],
    ...[moved.leg.state, moved.leg.amount, moved.leg.authorized, moved.leg.captured],
    ...[
      attempt.origin,
      attempt.return_url,
      reserves ? 'manual' : 'auto',
      channel,
      attempt.instrument ?? null,
    ],
    ...[attempt.save_card === true ? 1 : 0, attempt.terminal_id ?? null],
    ...[cash?.tendered ?? null, cash?.change ?? null, cash?.rounding ?? null],
    ...[state === 'submitted' ? now + SUBMITTED_GRACE_MS : null, now, now],
  );
  audit(sql, now, 'attempt', { payment_id: paymentId, gateway, method, amount, channel });
  const leg = legOf(sql, paymentId);
  if (leg === null) throw new Error('an attempt that was not written');
  return leg;
}

/** Records the attempt, then asks the provider: whatever happens then, nobody is charged twice to find out. */
export async function charge(
  trip: Trip,
  gateway: Gateway,
  attempt: NewAttempt,
  memory: Memory,
): Promise<Result<Payment, Refusal>> {
  const leg = trip.write(() => {
    const begun = begin(trip, attempt, 'submitted');
    memory.begin(begun.payment_id);
    return begun;
  });
  const outcome = await safely(async () => gateway.createAttempt(await attemptRequest(trip, leg)));
  await hear(trip, leg, outcome, 'create', () => keepPayment(trip, leg.payment_id, memory));
  return settled(trip, leg.payment_id);
}

/** A tender that no provider decides: it is captured as it is recorded. */
export async function take(
  trip: Trip,
  attempt: NewAttempt,
  memory: Memory,
): Promise<Result<Payment, Refusal>> {
  const leg = trip.write(() => {
    const begun = begin(trip, attempt, 'captured');
    consequences(trip);
    keepPayment(trip, begun.payment_id, memory);
    return begun;
  });
  return settled(trip, leg.payment_id);
}
