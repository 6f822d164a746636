import type { Payment } from '../../shared/api/order.ts';
import { isLive } from '../../shared/payment/leg.ts';
import { pollDelayMs } from '../../shared/payment/poll.ts';
import { ok, type Result } from '../../shared/result.ts';
import { logError } from '../http/log.ts';
import type { Attempt, AttemptRequest, Instrument, Outcome, Returned } from '../payment/gateway.ts';
import { webhookUrl } from '../payment/registry.ts';
import type { Memory } from './idempotency.ts';
import { applyOutcome } from './outcome.ts';
import type { Refusal } from './port.ts';
import { accountOf, basketOf, iso, type LegRow, legOf, orderOf } from './rows.ts';
import { perform } from './settle.ts';
import { refuse, type Trip } from './trip.ts';
import { viewPayment } from './view.ts';

/** An adapter that throws has told nothing: the request may have left. */
export async function safely(question: () => Promise<Outcome>): Promise<Outcome> {
  try {
    return await question();
  } catch (error) {
    logError('a payment gateway failed', { error });
    return { s: 'unknown', reason: 'unavailable' };
  }
}

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
  const gateway = leg === null ? null : trip.gateway(accountOf(leg), leg.origin);
  if (leg === null) throw new Error('an attempt that is not there');
  if (gateway === null) {
    // The adapter is not there in this deployment: look again later, the money may still be open.
    trip.write(() => {
      askLater(trip, leg);
      then();
    });
    return;
  }
  const voiding = leg.state === 'void_pending';
  const outcome = await safely(async () => {
    const attempt = await attemptOf(trip, leg);
    if (voiding) return gateway.void(attempt, `${leg.payment_id}.void`);
    if (returned !== undefined && leg.state === 'action_required')
      return gateway.continueAttempt(attempt, returned);
    return gateway.getAttempt(attempt);
  });
  const givesUp =
    outcome.s === 'action_required' &&
    orderOf(trip.sql)?.close !== 'none' &&
    gateway.can.void_open &&
    !voiding;
  trip.write(() => {
    applyOutcome(trip.sql, leg, outcome, voiding ? 'void' : 'get', trip.now());
    if (!givesUp) then();
  });
  if (givesUp) await callOff(trip, paymentId, then);
}

/** Calls an attempt off that waits for the payer or for its outcome. Whether it worked stands in its row. */
export async function callOff(trip: Trip, paymentId: string, then: () => void): Promise<void> {
  const leg = legOf(trip.sql, paymentId);
  const gateway = leg === null ? null : trip.gateway(accountOf(leg), leg.origin);
  if (leg === null || gateway === null || !gateway.can.void_open) return;
  const outcome = await safely(async () =>
    gateway.void(await attemptOf(trip, leg), `${leg.payment_id}.void`),
  );
  trip.write(() => {
    applyOutcome(trip.sql, leg, outcome, 'void', trip.now());
    then();
  });
}

/**
 * Goes on with an attempt whose first call died before its outcome. If the provider knows nothing of it, the
 * request never arrived and is sent now, under the same idempotency key.
 */
export async function resume(trip: Trip, paymentId: string, then: () => void): Promise<void> {
  const begun = legOf(trip.sql, paymentId);
  if (begun !== null && isLive(begun.state)) await inquire(trip, paymentId);
  const leg = legOf(trip.sql, paymentId);
  const gateway = leg === null ? null : trip.gateway(accountOf(leg), leg.origin);
  if (leg === null || gateway === null || leg.state !== 'unknown' || leg.reference !== null) {
    trip.write(then);
    return;
  }
  const outcome = await safely(async () => gateway.createAttempt(await attemptRequest(trip, leg)));
  trip.write(() => {
    applyOutcome(trip.sql, leg, outcome, 'again', trip.now());
    then();
  });
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
  await perform(trip, 'commit');
  const payment = paymentOf(trip, paymentId);
  return payment === null ? refuse('not_found') : ok(payment);
}

function askLater(trip: Trip, leg: LegRow): void {
  const now = trip.now();
  const next = now + pollDelayMs(leg.asked, now - leg.created_at);
  trip.sql.exec('UPDATE leg SET asked = asked + 1, next_at = ? WHERE n = ?', next, leg.n);
}
