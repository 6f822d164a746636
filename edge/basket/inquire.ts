import type { Payment } from '../../shared/api/order.ts';
import { isLive } from '../../shared/payment/leg.ts';
import { pollDelayMs } from '../../shared/payment/poll.ts';
import { ok, type Result } from '../../shared/result.ts';
import type { Attempt, AttemptRequest, Gateway, Instrument, Outcome, Returned } from '../payment/gateway.ts';
import { webhookUrl } from '../payment/registry.ts';
import type { Question } from '../payment/report.ts';
import { hear, safely } from './hear.ts';
import type { Memory } from './idempotency.ts';
import type { Refusal } from './port.ts';
import { isOurs } from './providers.ts';
import { basketOf, iso, type LegRow, legOf, legsOf, orderOf } from './rows.ts';
import { perform } from './settle.ts';
import { adapterOf, refuse, type Trip } from './trip.ts';
import { viewPayment } from './view.ts';

/** The same for the same attempt, whenever it is made: a provider compares the bodies of a repeated key. */
export async function attemptRequest(trip: Trip, leg: LegRow): Promise<AttemptRequest> {
  const { payment_id, amount, method, capture, channel, return_url, origin } = leg;
  const { currency, shopper_id } = basketOf(trip.sql);
  const order = orderOf(trip.sql);
  const number = order?.number ?? '';
  return {
    payment_id,
    order_id: order?.order_id ?? '',
    order_number: number,
    amount,
    currency,
    method,
    capture,
    instrument: await instrumentOf(trip, leg),
    save_card: leg.save_card === 1,
    channel,
    shopper_id,
    description: `Order ${number}`,
    return_url,
    webhook_url: webhookUrl(origin, leg),
    began_at: iso(leg.created_at),
  };
}

/** What the payer gave, opened for the provider's eyes. */
async function instrumentOf(trip: Trip, leg: LegRow): Promise<Instrument> {
  if (leg.instrument === null) return { kind: 'none' };
  const opened = await trip.vault.open(leg.instrument, leg.payment_id);
  if (opened === null) throw new Error('an instrument that does not open');
  return JSON.parse(opened);
}

export async function attemptOf(trip: Trip, leg: LegRow): Promise<Attempt> {
  const { reference, authorized, captured } = leg;
  return {
    request: await attemptRequest(trip, leg),
    reference,
    refs: JSON.parse(leg.refs),
    authorized,
    captured,
  };
}

/**
 * Asks the provider what became of an attempt and writes its answer; `then` runs in the transaction of the
 * last answer. A payer who is back may bring a token; a closing order gives up what waits for the payer.
 */
export async function inquire(
  trip: Trip,
  paymentId: string,
  then: () => void = () => undefined,
  returned?: Returned,
): Promise<void> {
  const leg = legOf(trip.sql, paymentId);
  const gateway = leg === null ? null : adapterOf(trip, leg);
  if (leg === null) throw new Error('an attempt that is not there');
  if (isOurs(leg.gateway) || leg.doubted === 1) {
    trip.write(then);
    return;
  }
  if (gateway === null) {
    // The adapter is not there in this deployment: look again later, the money may still be open.
    trip.write(() => {
      askLater(trip, leg);
      then();
    });
    return;
  }
  const attempt = await attemptOf(trip, leg);
  const [outcome, question] = await askedOf(gateway, attempt, leg, returned);
  const givesUp =
    question === 'get' &&
    outcome.s === 'action_required' &&
    orderOf(trip.sql)?.close !== 'none' &&
    gateway.can.void_open;
  await hear(trip, leg, outcome, question, givesUp ? undefined : then);
  if (givesUp) await callOff(trip, paymentId, then);
}

type Answered = readonly [Outcome, Question];

/** What is under way is done again under the same key until the provider has taken it; else it is asked. */
async function askedOf(
  gateway: Gateway,
  attempt: Attempt,
  leg: LegRow,
  returned: Returned | undefined,
): Promise<Answered> {
  const look = () => safely(() => gateway.getAttempt(attempt));
  const taken = leg.acknowledged === 1 && gateway.can.ask === 'query';
  if (taken) return [await look(), 'get'];
  if (leg.state === 'void_pending') {
    const key = keyOf(leg, 'void', leg.void_refused);
    const outcome = await safely(() => gateway.void(attempt, key));
    // A refused void proves nothing of the money by itself.
    return outcome.s === 'error' ? [await look(), 'void'] : [outcome, 'void'];
  }
  // A capture that the provider does by itself is not ours to repeat.
  if (leg.state === 'capture_pending' && leg.capturing !== null) {
    const key = keyOf(leg, 'capture', leg.capture_refused);
    const amount = leg.capturing;
    const outcome = await safely(() => gateway.capture(attempt, { amount, key }));
    if (outcome.s !== 'error') return [outcome, 'capture'];
    const now = await look();
    return GONE.has(now.s) ? [now, 'get'] : [outcome, 'capture'];
  }
  if (returned !== undefined && leg.state === 'action_required')
    return [await safely(() => gateway.continueAttempt(attempt, returned)), 'get'];
  return [await look(), 'get'];
}

/** A capture was refused because it was done already, or because there is nothing left to take. */
const GONE: ReadonlySet<Outcome['s']> = new Set(['captured', 'voided', 'cancelled', 'expired']);

/** A provider compares repeated keys: another try after a proven refusal is another request. */
const keyOf = (leg: LegRow, operation: 'void' | 'capture', refusals: number): string =>
  `${leg.payment_id}.${operation}${refusals === 0 ? '' : `.${refusals}`}`;

/** Carries out the captures that were decided and not sent yet; what fails is left to the alarm. */
export async function captureNow(trip: Trip): Promise<void> {
  for (const leg of legsOf(trip.sql)) {
    if (leg.state === 'capture_pending' && leg.acknowledged === 0) await inquire(trip, leg.payment_id);
  }
}

/** Calls an attempt off that waits for the payer or for its outcome. Whether it worked stands in its row. */
export async function callOff(trip: Trip, paymentId: string, then: () => void): Promise<void> {
  const leg = legOf(trip.sql, paymentId);
  const gateway = leg === null ? null : adapterOf(trip, leg);
  if (leg === null || gateway === null || !gateway.can.void_open) return;
  const outcome = await safely(async () =>
    gateway.void(await attemptOf(trip, leg), keyOf(leg, 'void', leg.void_refused)),
  );
  await hear(trip, leg, outcome, 'void', then);
}

/**
 * Goes on with an attempt whose first call died before its outcome. If the provider knows nothing of it, the
 * request never arrived and is sent now, under the same idempotency key.
 */
export async function resume(trip: Trip, paymentId: string, then: () => void): Promise<void> {
  const begun = legOf(trip.sql, paymentId);
  if (begun !== null && isLive(begun.state)) await inquire(trip, paymentId);
  const leg = legOf(trip.sql, paymentId);
  const gateway = leg === null ? null : adapterOf(trip, leg);
  if (leg === null || gateway === null || leg.state !== 'unknown' || leg.reference !== null) {
    trip.write(then);
    return;
  }
  const outcome = await safely(async () => gateway.createAttempt(await attemptRequest(trip, leg)));
  await hear(trip, leg, outcome, 'again', then);
}

/** Stores what the call will answer, in the transaction of the outcome. */
export function keepPayment(trip: Trip, paymentId: string, memory: Memory): void {
  const payment = paymentOf(trip, paymentId);
  if (payment !== null) memory.keep(payment);
}

export function paymentOf(trip: Trip, paymentId: string): Payment | null {
  const leg = legOf(trip.sql, paymentId);
  const order = orderOf(trip.sql);
  return leg === null || order === null ? null : viewPayment(leg, order, basketOf(trip.sql).currency);
}

/** Tells the store what followed from the outcome, then answers the payment as it stands. */
export async function settled(trip: Trip, paymentId: string): Promise<Result<Payment, Refusal>> {
  await captureNow(trip);
  await perform(trip, 'commit');
  const payment = paymentOf(trip, paymentId);
  return payment === null ? refuse('not_found') : ok(payment);
}

function askLater(trip: Trip, leg: LegRow): void {
  const now = trip.now();
  const next = now + pollDelayMs(leg.asked, now - leg.created_at);
  trip.sql.exec('UPDATE leg SET asked = asked + 1, next_at = ? WHERE n = ?', next, leg.n);
}
