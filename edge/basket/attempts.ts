import type { CreatePayment, Order, Payment } from '../../shared/api/order.ts';
import { paymentIdOf } from '../../shared/ids/index.ts';
import type { PaymentAccount } from '../../shared/payment/account.ts';
import { type LegState, moveLeg, newLeg } from '../../shared/payment/leg.ts';
import { amountDue, isCovered, PAYMENT_ATTEMPTS_MAX, sessionSums } from '../../shared/payment/session.ts';
import { ok, type Result } from '../../shared/result.ts';
import type { Gateway } from '../payment/gateway.ts';
import { accountFor } from '../payment/registry.ts';
import { consequences } from './consequences.ts';
import type { Memory } from './idempotency.ts';
import { attemptRequest, keepPayment, resume, safely, settled } from './inquire.ts';
import { applyOutcome } from './outcome.ts';
import type { Refusal } from './port.ts';
import { audit, basketOf, type LegRow, legOf, legsOf, type OrderRow, orderOf, sessionOf } from './rows.ts';
import { configFor, refuse, type Trip } from './trip.ts';

/** A row that is still `submitted` after this long was left by a crash: an adapter answers sooner. */
const SUBMITTED_GRACE_MS = 10_000;
const BYPASS = 'bypass';

/**
 * One attempt to pay what is due, or a part of it. The attempt is recorded before the provider is asked, so
 * whatever happens then, nobody is charged twice to find out.
 */
export async function pay(
  trip: Trip,
  origin: string,
  request: CreatePayment,
  memory: Memory,
): Promise<Result<Payment, Refusal>> {
  if (memory.begun !== null) {
    const { begun } = memory;
    await resume(trip, begun, () => keepPayment(trip, begun, memory));
    return settled(trip, begun);
  }
  const payable = payableOrder(trip);
  if (!payable.ok) return payable;
  if (request.saved_card_id !== undefined) {
    return { ok: false, error: { code: 'invalid', errors: [NO_SAVED_CARDS] } };
  }
  const returnUrl = request.return_url ?? `${origin}/#/orders/${payable.value.order.order_id}`;
  if (!/^https?:$/.test(new URL(returnUrl).protocol)) {
    return { ok: false, error: { code: 'invalid', errors: [NOT_A_PAGE] } };
  }
  const { due } = payable.value;
  const amount = request.amount ?? due;
  if (amount > due) return refuse('amount_mismatch', `${due} is due.`);
  if (due === 0) return bypass(trip, payable.value.order, origin, returnUrl, memory);

  const config = await configFor(trip, { fresh: true });
  if (!config.ok) return config;
  const account = accountFor(config.value, request.gateway, request.method);
  const gateway = account === null ? null : trip.gateway(account, origin);
  if (account === null || gateway === null) return refuse('unknown_gateway');

  const leg = trip.write(() => {
    const begun = begin(
      trip,
      { account, method: request.method, amount, origin, return_url: returnUrl },
      'submitted',
    );
    memory.begin(begun.payment_id);
    return begun;
  });
  await charge(trip, gateway, leg, () => keepPayment(trip, leg.payment_id, memory));
  return settled(trip, leg.payment_id);
}

const NO_SAVED_CARDS = {
  path: '/saved_card_id',
  code: 'unsupported',
  message: 'this gateway keeps no cards',
};
const NOT_A_PAGE = { path: '/return_url', code: 'invalid_url', message: 'expected an http or https address' };

/** The order if a new attempt may start now, and what is due in minor units. */
function payableOrder(trip: Trip): Result<{ order: OrderRow; due: number }, Refusal> {
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

interface NewAttempt {
  /** Null: no provider is behind it. */
  account: PaymentAccount | null;
  method: string;
  amount: number;
  origin: string;
  return_url: string;
}

function paymentsAtTill(sql: Trip['sql']): number {
  const till = orderOf(sql)?.till ?? null;
  if (till === null) return 0;
  const { payments }: Order = JSON.parse(till);
  return payments.length;
}

/** Writes the attempt's row, in the caller's transaction. */
function begin(trip: Trip, attempt: NewAttempt, state: LegState & ('submitted' | 'captured')): LegRow {
  const { sql } = trip;
  const now = trip.now();
  const n = legsOf(sql).length + 1;
  const moved = moveLeg(newLeg(attempt.amount), { state, source: 'us' });
  if (moved.verdict !== 'applied') throw new Error(`no attempt begins ${state}`);
  // A till counted the payments of its order already: ours go on after them.
  const paymentId = paymentIdOf(basketOf(sql).basket_id, n + paymentsAtTill(sql));
  sql.exec(
    `INSERT INTO leg (n, payment_id, gateway, account_key, account, method, state, amount, authorized, captured, origin,
       return_url, next_at, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ...[n, paymentId, attempt.account?.gateway ?? BYPASS, attempt.account?.account_key ?? ''],
    ...[attempt.account === null ? '' : JSON.stringify(attempt.account), attempt.method],
    ...[moved.leg.state, moved.leg.amount, moved.leg.authorized, moved.leg.captured],
    ...[
      attempt.origin,
      attempt.return_url,
      state === 'submitted' ? now + SUBMITTED_GRACE_MS : null,
      now,
      now,
    ],
  );
  const { account, method, amount } = attempt;
  audit(sql, now, 'attempt', { payment_id: paymentId, gateway: account?.gateway ?? BYPASS, method, amount });
  const leg = legOf(sql, paymentId);
  if (leg === null) throw new Error('an attempt that was not written');
  return leg;
}

async function charge(trip: Trip, gateway: Gateway, leg: LegRow, keep: () => void): Promise<void> {
  const outcome = await safely(async () => gateway.createAttempt(await attemptRequest(trip, leg)));
  trip.write(() => {
    applyOutcome(trip.sql, leg, outcome, 'create', trip.now());
    keep();
  });
}

/** Nothing to pay: no provider is asked, and the attempt is captured as it is recorded. */
async function bypass(
  trip: Trip,
  order: OrderRow,
  origin: string,
  returnUrl: string,
  memory: Memory,
): Promise<Result<Payment, Refusal>> {
  if (order.due !== 0) throw new Error('only an order of nothing is free');
  const attempt = {
    account: null,
    method: BYPASS,
    amount: 0,
    origin,
    return_url: returnUrl,
  };
  const leg = trip.write(() => {
    const begun = begin(trip, attempt, 'captured');
    consequences(trip.sql, trip.now());
    keepPayment(trip, begun.payment_id, memory);
    return begun;
  });
  return settled(trip, leg.payment_id);
}
