import type { PaymentMethods } from '../../shared/api/order.ts';
import type { PaymentAccount, PaymentChannel } from '../../shared/payment/account.ts';
import { amountDue } from '../../shared/payment/session.ts';
import { ok, type Result } from '../../shared/result.ts';
import { TERMINAL_METHOD } from './pay.ts';
import type { Refusal } from './port.ts';
import { BYPASS, CASH } from './providers.ts';
import { basketOf, legsOf, orderOf, sessionOf } from './rows.ts';
import { configFor, refuse, type Trip } from './trip.ts';

/** Of all methods only this one leaves a card that can be kept. */
const SAVED_METHOD = 'card';

/** What an order can be paid with from where the payer stands: accounts, their adapters, the currency, what is due. */
export async function paymentMethods(
  trip: Trip,
  origin: string,
  channel: PaymentChannel,
): Promise<Result<PaymentMethods, Refusal>> {
  const order = orderOf(trip.sql);
  if (order === null || order.number === null) return refuse('not_found');
  const config = await configFor(trip, { fresh: true });
  if (!config.ok) return config;
  const { currency } = basketOf(trip.sql);
  const due = amountDue(sessionOf(order, legsOf(trip.sql)));
  const limits = { amount_min: Math.min(1, due), amount_max: due };
  const { gateways, demo, policies } = config.value;
  const offered = gateways
    .filter((account) => takes(trip, account, { origin, channel, currency, demo }))
    .sort((a, b) => (a.priority ?? 0) - (b.priority ?? 0))
    .flatMap((account) => {
      const { gateway, methods, display_name = null } = account;
      const keeps = trip.gateway(account, origin)?.can.saved_cards === true;
      return methods
        .filter((method) => method !== TERMINAL_METHOD || channel !== 'web')
        .map((method) => ({
          ...{ gateway, method, channel, display_name, ...limits },
          saves_cards: keeps && method === SAVED_METHOD,
        }));
    });
  const ours = (method: string) => ({
    ...{ gateway: method, method, channel, display_name: null, ...limits },
    saves_cards: false,
  });
  if (order.due === 0) {
    const free = policies.payment.allow_zero_total ? [ours(BYPASS)] : [];
    return ok({ currency, due, methods: free });
  }
  return ok({ currency, due, methods: [...offered, ...(channel === 'web' ? [] : [ours(CASH)])] });
}

function takes(
  trip: Trip,
  account: PaymentAccount,
  at: { origin: string; channel: PaymentChannel; currency: string; demo: boolean },
): boolean {
  if (account.gateway === 'test' && !at.demo) return false;
  if (!(account.channels ?? [at.channel]).includes(at.channel)) return false;
  const can = trip.gateway(account, at.origin)?.can;
  return (
    can?.channels.includes(at.channel) === true && (can.currencies ?? [at.currency]).includes(at.currency)
  );
}
