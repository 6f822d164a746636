import { z } from 'zod';
import type { Attempt, AttemptRequest, Gateway, GatewayFactory, Outcome } from '../gateway.ts';
import { type StripeAccount, stripeAccount } from './account.ts';
import { toStripe } from './amount.ts';
import { type StripeAnswer, stripeClient } from './client.ts';
import type { FormValue } from './form.ts';
import { Intent, outcomeOf } from './intent.ts';
import { getRefund, refund } from './refund.ts';
import { customerOf, forgetCard } from './saved_card.ts';
import { cancelReader, onReader, readerOutcome } from './terminal.ts';
import { verifyStripeWebhook } from './webhook.ts';

const CHARGE = { expand: ['latest_charge'] };
/** Stripe forgets keys once they are 24 hours old, and would take a repeat for a new charge; an hour is for clocks. */
const KEY_LIVES_MS = 23 * 3_600_000;

/** Stripe: PaymentIntents that are made and confirmed here, in the browser's hands only for the bank's page. */
export const stripeGateway: GatewayFactory = (ctx) => {
  const account = stripeAccount(ctx);
  return account === null ? null : gatewayTo(account);
};

function gatewayTo(account: StripeAccount): Gateway {
  const client = stripeClient(account);

  const createAttempt = async (request: AttemptRequest): Promise<Outcome> => {
    const amount = toStripe(request.amount, request.currency);
    if (amount === null)
      return { s: 'error', code: 'invalid_amount', message: 'Stripe cannot hold this amount.' };
    const instrument = instrumentOf(request);
    if (instrument === null)
      return { s: 'error', code: 'unsupported_instrument', message: 'Stripe wants a token or a reader.' };
    const customer = await customerOf(client, request);
    if (!customer.ok) return customer.failure;
    const form = {
      ...CHARGE,
      ...commonForm(account, request, amount),
      ...instrument,
      ...(customer.value === null ? {} : { customer: customer.value.id }),
      ...(customer.value?.keep === true ? { setup_future_usage: 'on_session' } : {}),
    };
    const made = await client.post(Intent, 'payment_intents', form, request.payment_id);
    if (!made.ok) return made.failure;
    return request.instrument.kind === 'terminal'
      ? onReader(client, request.payment_id, request.instrument.terminal_id, made.value)
      : outcomeOf(made.value);
  };

  const byReference = async (attempt: Attempt, reference: string): Promise<Outcome> => {
    const found = await client.get(Intent, pathOf(reference), CHARGE);
    if (!found.ok) return found.failure;
    const { instrument } = attempt.request;
    return instrument.kind === 'terminal'
      ? readerOutcome(client, instrument.terminal_id, found.value)
      : outcomeOf(found.value);
  };

  /** Null: search does not show it, or not yet. */
  const find = async ({ request }: Attempt): Promise<StripeAnswer<string | null>> => {
    const query = `metadata['payment_id']:'${request.payment_id.replaceAll(/['\\]/g, '\\$&')}'`;
    const hits = await client.get(Hits, 'payment_intents/search', { query });
    return hits.ok ? { ok: true, value: hits.value.data[0]?.id ?? null } : hits;
  };

  /**
   * Search finds an attempt whose answer was lost, also one whose key has a stored 5xx. But what is made shows
   * there only after a minute or more, so a miss proves nothing: then the same request under the same key tells.
   */
  const getAttempt = async (attempt: Attempt): Promise<Outcome> => {
    if (attempt.reference !== null) return byReference(attempt, attempt.reference);
    const found = await find(attempt);
    if (!found.ok) return found.failure;
    if (found.value !== null) return byReference(attempt, found.value);
    const young = account.now() - Date.parse(attempt.request.began_at) < KEY_LIVES_MS;
    return young ? createAttempt(attempt.request) : { s: 'not_found' };
  };

  /** What was asked does not fit the state any more: the state itself is the answer. */
  const orAsStands = async (attempt: Attempt, answer: StripeAnswer<Intent>): Promise<Outcome> => {
    if (answer.ok) return outcomeOf(answer.value);
    const { failure } = answer;
    return failure.s === 'error' && failure.code === 'payment_intent_unexpected_state'
      ? getAttempt(attempt)
      : failure;
  };

  return {
    id: 'stripe',
    can: {
      authorize: true,
      capture: 'partial',
      void_open: true,
      void_captured: false,
      refund: 'partial',
      refund_async: true,
      saved_cards: true,
      ask: 'query',
      webhooks: 'signed',
      channels: ['web', 'kiosk', 'cashier'],
    },
    createAttempt,
    getAttempt,
    // Coming back proves nothing, and the parameters of the address are not believed: Stripe is asked.
    continueAttempt: (attempt) => getAttempt(attempt),
    async capture(attempt, { amount, key }) {
      if (attempt.reference === null) return { s: 'unknown', reason: 'unavailable' };
      const amount_to_capture = toStripe(amount, attempt.request.currency);
      if (amount_to_capture === null)
        return { s: 'error', code: 'invalid_amount', message: 'Stripe cannot hold this amount.' };
      const path = `${pathOf(attempt.reference)}/capture`;
      return orAsStands(attempt, await client.post(Intent, path, { ...CHARGE, amount_to_capture }, key));
    },
    async void(attempt, key) {
      // Not by the same request again: what is to be called off is not made for that.
      const found: StripeAnswer<string | null> =
        attempt.reference === null ? await find(attempt) : { ok: true, value: attempt.reference };
      if (!found.ok) return found.failure;
      const reference = found.value;
      if (reference === null) return { s: 'unknown', reason: 'unavailable' };
      const { instrument } = attempt.request;
      if (instrument.kind === 'terminal') {
        const refused = await cancelReader(client, instrument.terminal_id, reference, key);
        if (refused !== null) return refused;
      }
      const path = `${pathOf(reference)}/cancel`;
      return orAsStands(attempt, await client.post(Intent, path, CHARGE, key));
    },
    refund: (attempt, request) => refund(client, account, attempt, request),
    getRefund: (attempt, request) => getRefund(client, attempt, request),
    verifyWebhook: (raw) => verifyStripeWebhook(account, raw),
    forgetCard: (token) => forgetCard(client, token),
  };
}

const Hits = z.object({ data: z.array(z.object({ id: z.string() })) });

const pathOf = (reference: string): string => `payment_intents/${encodeURIComponent(reference)}`;

function commonForm({ settings }: StripeAccount, r: AttemptRequest, amount: number) {
  const { stripe_account, application_fee_bps = 0, statement_suffix } = settings;
  const fee = stripe_account === undefined ? 0 : Math.floor((amount * application_fee_bps) / 10_000);
  return {
    amount,
    currency: r.currency.toLowerCase(),
    capture_method: r.capture === 'manual' ? 'manual' : 'automatic',
    description: r.description,
    application_fee_amount: fee === 0 ? undefined : fee,
    statement_descriptor_suffix: statement_suffix,
    metadata: { payment_id: r.payment_id, order_id: r.order_id, order_number: r.order_number },
  };
}

/** Null: Stripe cannot be paid so. A confirmation token (`ctoken_…`) is not named as a payment method is. */
function instrumentOf({ instrument, return_url }: AttemptRequest): Record<string, FormValue> | null {
  const confirm = { confirm: true, return_url, allowed_payment_method_types: ['card'] };
  switch (instrument.kind) {
    case 'token':
      return instrument.token.startsWith('ctoken_')
        ? { ...confirm, confirmation_token: instrument.token }
        : { ...confirm, payment_method: instrument.token };
    case 'saved':
      return { ...confirm, payment_method: instrument.token };
    case 'terminal':
      return { allowed_payment_method_types: ['card_present'] };
    case 'none':
    case 'msisdn':
    case 'vpa':
    case 'ledger':
      return null;
  }
}
