import type { CreatePayment, Payment } from '../../shared/api/order.ts';
import type { StoreConfig } from '../../shared/config/store_config.ts';
import { cashStep } from '../../shared/money/cash.ts';
import type { PaymentAccount, PaymentChannel } from '../../shared/payment/account.ts';
import { holdsCardNumber } from '../../shared/payment/card_number.ts';
import { cashTender } from '../../shared/payment/cash.ts';
import { serviceIdOf } from '../../shared/payment/service_id.ts';
import { ok, type Result } from '../../shared/result.ts';
import { logError } from '../http/log.ts';
import type { Gateway, Instrument } from '../payment/gateway.ts';
import { accountFor } from '../payment/registry.ts';
import { charge, type NewAttempt, nextPaymentId, payableOrder, take } from './attempts.ts';
import type { Memory } from './idempotency.ts';
import { keepPayment, resume, settled } from './inquire.ts';
import type { Refusal } from './port.ts';
import { BYPASS, CASH, LEDGER } from './providers.ts';
import { basketOf } from './rows.ts';
import { leaseTerminal } from './terminals.ts';
import { configFor, refuse, type Trip } from './trip.ts';

/** The method whose payer stands before a terminal of the store. */
export const TERMINAL_METHOD = 'card_terminal';

/** One attempt to pay what is due, or a part of it, from where the payer stands. */
export async function pay(
  trip: Trip,
  { origin, channel }: { origin: string; channel: PaymentChannel },
  request: CreatePayment,
  memory: Memory,
): Promise<Result<Payment, Refusal>> {
  if (memory.begun !== null) {
    const { begun } = memory;
    await resume(trip, begun, () => keepPayment(trip, begun, memory));
    return settled(trip, begun);
  }
  const { token, account: code, vpa, saved_card_id, terminal_id } = request;
  if ([token, code, vpa, saved_card_id, terminal_id].some((text) => holdsCardNumber(text ?? '')))
    return refuse('card_number_refused');
  const payable = payableOrder(trip);
  if (!payable.ok) return payable;
  const { order, due } = payable.value;
  const return_url = request.return_url ?? `${origin}/#/orders/${order.order_id}`;
  if (!/^https?:$/.test(new URL(return_url).protocol))
    return invalid('/return_url', 'invalid_url', NOT_A_PAGE);
  const amount = request.amount ?? due;
  if (amount > due) return refuse('amount_mismatch', `${due} is due.`);

  const config = await configFor(trip, { fresh: true });
  if (!config.ok) return config;
  const { policies } = config.value;
  const attempt = { method: request.method, gateway: request.gateway, channel, origin, return_url };
  if (due === 0) {
    if (!policies.payment.allow_zero_total) return refuse('zero_total_refused');
    return take(trip, { ...attempt, account: null, gateway: BYPASS, method: BYPASS, amount: 0 }, memory);
  }
  if (request.gateway === CASH) {
    if (channel === 'web') return refuse('channel_not_allowed');
    const step = cashStep(basketOf(trip.sql).currency, policies.cash_step);
    const { captured, ...cash } = cashTender(due, amount, request.amount_tendered ?? null, step);
    return take(trip, { ...attempt, account: null, method: CASH, amount: captured, cash }, memory);
  }
  const found = accountOn(trip, config.value, request, channel, origin);
  if (!found.ok) return found;
  const instrument = await instrumentFor(trip, request, found.value.account);
  if (!instrument.ok) return instrument;
  const { account, gateway } = found.value;
  const more = { save_card: request.save_card === true && gateway.can.saved_cards, terminal_id };
  const sealed = await seal(trip, instrument.value);
  if (terminal_id !== undefined) {
    const leased = await leaseTerminal(trip, terminal_id, nextPaymentId(trip));
    if (!leased.ok) return leased;
  }
  const begun: NewAttempt = { ...attempt, ...more, account, amount, instrument: sealed };
  return charge(trip, gateway, begun, memory);
}

const NOT_A_PAGE = 'expected an http or https address';
const invalid = (path: string, code: string, message: string): { ok: false; error: Refusal } => ({
  ok: false,
  error: { code: 'invalid', errors: [{ path, code, message }] },
});

/** The account that takes this method where the payer stands, and its adapter. */
function accountOn(
  trip: Trip,
  config: StoreConfig,
  { gateway: id, method }: CreatePayment,
  channel: PaymentChannel,
  origin: string,
): Result<{ account: PaymentAccount; gateway: Gateway }, Refusal> {
  const account = accountFor(config, id, method, channel);
  if (account === null)
    return refuse(accountFor(config, id, method) === null ? 'unknown_gateway' : 'channel_not_allowed');
  const gateway = trip.gateway(account, origin);
  if (gateway === null) return refuse('unknown_gateway');
  if (!gateway.can.channels.includes(channel) || (method === TERMINAL_METHOD && channel === 'web'))
    return refuse('channel_not_allowed');
  const { currencies } = gateway.can;
  if (currencies !== undefined && !currencies.includes(basketOf(trip.sql).currency))
    return refuse('unknown_gateway', 'This gateway does not take the store’s currency.');
  return ok({ account, gateway });
}

/** What the payer pays with, as the provider needs it. */
async function instrumentFor(
  trip: Trip,
  request: CreatePayment,
  account: PaymentAccount,
): Promise<Result<Instrument, Refusal>> {
  const { saved_card_id, terminal_id, token, phone, vpa, method } = request;
  if (saved_card_id !== undefined) return savedCard(trip, saved_card_id, account);
  if (method === TERMINAL_METHOD && terminal_id === undefined)
    return invalid('/terminal_id', 'required', 'a terminal takes this payment: which one?');
  if (terminal_id !== undefined) {
    const service_id = serviceIdOf(nextPaymentId(trip));
    return ok({ kind: 'terminal', terminal_id, service_id });
  }
  if (account.gateway === LEDGER) {
    return request.account === undefined
      ? invalid('/account', 'required', 'which card, code or account pays?')
      : ok({ kind: 'ledger', account: request.account });
  }
  if (phone !== undefined) {
    const msisdn = phone.replace(/[\s()+.-]/g, '').replace(/^00/, '');
    // ITU-T E.164: at most fifteen digits; a national number is the adapter's to complete.
    if (!/^\d{6,15}$/.test(msisdn)) return invalid('/phone', 'invalid_phone', 'expected a telephone number');
    return ok({ kind: 'msisdn', msisdn });
  }
  if (vpa !== undefined) return ok({ kind: 'vpa', vpa });
  return ok(token === undefined ? { kind: 'none' } : { kind: 'token', token });
}

/** A card that the provider keeps, if it is this shopper's and of this account. */
async function savedCard(
  trip: Trip,
  saved_card_id: string,
  { gateway, account_key }: PaymentAccount,
): Promise<Result<Instrument, Refusal>> {
  try {
    const shopper = trip.shopper(basketOf(trip.sql).shopper_id);
    const card = await shopper.cardFor({ saved_card_id, gateway, account_key });
    return card === null
      ? invalid('/saved_card_id', 'unknown_card', 'there is no such saved card for this gateway')
      : ok({ kind: 'saved', token: card.token, customer: card.customer });
  } catch (error) {
    logError('the shopper’s object did not answer', { error });
    return refuse('store_unavailable');
  }
}

/** Sealed for the attempt that begins next, and opened nowhere else. Nothing to hide is nothing to keep. */
async function seal(trip: Trip, instrument: Instrument): Promise<string | null> {
  return instrument.kind === 'none' ? null : trip.vault.seal(JSON.stringify(instrument), nextPaymentId(trip));
}
