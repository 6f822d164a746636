import { z } from 'zod';
import { configured } from '../configured.ts';
import type {
  Attempt,
  AttemptRequest,
  Gateway,
  GatewayContext,
  GatewayFactory,
  Outcome,
  RefundOutcome,
  RefundRequest,
} from '../gateway.ts';
import { INVALID_AMOUNT } from '../invalid_amount.ts';
import { bodyOf, type ProviderBody } from '../provider_body.ts';
import { type ProviderAnswer, providerCall } from '../provider_call.ts';
import { providerUrl } from '../provider_url.ts';
import { checkoutAmount } from './amount.ts';
import { declinedOf, outcomeOf, refundOf } from './outcome.ts';
import {
  Accepted,
  type Action,
  Actions,
  CheckoutError,
  CheckoutPayment,
  type PaymentBody,
  PaymentList,
} from './protocol.ts';
import { verifyCheckoutWebhook } from './webhook.ts';

const Settings = z.object({
  processing_channel_id: z.string().regex(/^pc_/).optional(),
  /** First part of the account's own host, from Checkout.com's dashboard; without it the shared host is used. */
  subdomain: z
    .string()
    .regex(/^[a-z0-9-]{1,40}$/)
    .optional(),
});
/** An account of the older kind ("ABC") signs its webhooks with the secret key: then both are that key. */
const Secrets = z.object({
  secret_key: z.string().startsWith('sk_'),
  webhook_key: z.string().min(1),
  previous_webhook_key: z.string().min(1).optional(),
});

export const checkoutGateway: GatewayFactory = configured(Settings, Secrets, gatewayOf);

function hostOf(account: GatewayContext['account'], subdomain: string | undefined): string {
  const at = (host: string) => `https://${subdomain === undefined ? '' : `${subdomain}.`}${host}`;
  return providerUrl(account, { live: at('api.checkout.com'), test: at('api.sandbox.checkout.com') });
}

function gatewayOf(
  ctx: GatewayContext,
  settings: z.infer<typeof Settings>,
  secrets: z.infer<typeof Secrets>,
): Gateway {
  const host = hostOf(ctx.account, settings.subdomain);

  const call = (method: 'GET' | 'POST' | 'DELETE', path: string, body?: object, key?: string) =>
    providerCall(ctx.http, `${host}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${secrets.secret_key}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(key === undefined ? {} : { 'cko-idempotency-key': key }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });

  async function find(attempt: Attempt): Promise<CheckoutPayment | Outcome> {
    if (attempt.reference !== null) {
      const answer = bodyOf(
        await call('GET', `/payments/${encodeURIComponent(attempt.reference)}`),
        CheckoutPayment,
      );
      if (answer.s === 'body') return answer.body;
      return answer.s === 'refused' && answer.status === 404 ? { s: 'not_found' } : unread(answer);
    }
    const query = `reference=${encodeURIComponent(attempt.request.payment_id)}`;
    const answer = bodyOf(await call('GET', `/payments?${query}`), PaymentList);
    if (answer.s !== 'body') return unread(answer);
    return answer.body.data[0] ?? { s: 'not_found' };
  }

  const named = async (attempt: Attempt): Promise<{ id: string } | Outcome> =>
    attempt.reference === null ? find(attempt) : { id: attempt.reference };

  async function actionsOf(id: string): Promise<Action[] | { s: 'unknown'; reason: 'unreadable' }> {
    const answer = bodyOf(await call('GET', `/payments/${encodeURIComponent(id)}/actions`), Actions);
    return answer.s === 'body' ? answer.body : UNREADABLE;
  }

  async function ask(attempt: Attempt): Promise<Outcome> {
    const payment = await find(attempt);
    if ('s' in payment) return payment;
    const awaited = attempt.refs['capture_action'] ?? attempt.refs['void_action'];
    const isDeclined = payment.status === 'Declined' && payment.response_code === undefined;
    const isAwaited = payment.status === 'Authorized' && awaited !== undefined;
    if (!isDeclined && !isAwaited) return outcomeOf(payment, attempt);
    const actions = await actionsOf(payment.id);
    if (isDeclined) {
      const why = 's' in actions ? undefined : actions.find((one) => one.approved === false);
      return declinedOf(payment.id, why?.response_code, why?.response_summary);
    }
    if ('s' in actions) return actions;
    const refused = actions.find((one) => one.id === awaited)?.approved === false;
    // A refused capture or void leaves the reservation as it was.
    return outcomeOf(payment, refused ? { ...attempt, refs: {} } : attempt);
  }

  /** Captures and voids are accepted with 202; what came of them is asked later, under the action's id. */
  async function act(
    attempt: Attempt,
    verb: 'captures' | 'voids',
    body: object,
    key: string,
  ): Promise<Outcome> {
    const payment = await named(attempt);
    if ('s' in payment) return payment;
    const { id: reference } = payment;
    const answer = bodyOf(
      await call('POST', `/payments/${encodeURIComponent(reference)}/${verb}`, body, key),
      Accepted,
    );
    if (answer.s !== 'body') return unread(answer);
    const { action_id } = answer.body;
    return verb === 'captures'
      ? { s: 'capture_pending', reference, refs: { capture_action: action_id } }
      : { s: 'void_pending', reference, refs: { void_action: action_id } };
  }

  return {
    id: 'checkout',
    can: {
      authorize: true,
      capture: 'partial',
      void_open: false,
      void_captured: false,
      refund: 'partial',
      refund_async: true,
      saved_cards: true,
      ask: 'query',
      webhooks: 'signed',
      channels: ['web', 'kiosk'],
    },
    async createAttempt(request) {
      const body = paymentBody(request, settings.processing_channel_id);
      if ('s' in body) return body;
      const answer = bodyOf(await call('POST', '/payments', body, request.payment_id), CheckoutPayment);
      if (answer.s !== 'body') return unread(answer);
      const attempt: Attempt = { request, reference: answer.body.id, refs: {}, authorized: 0, captured: 0 };
      // The answer says "Authorized" also where the capture follows by itself: one look often spares the wait.
      if (answer.body.status !== 'Authorized' || request.capture !== 'auto')
        return outcomeOf(answer.body, attempt);
      const looked = await ask(attempt);
      return looked.s === 'unknown' || looked.s === 'not_found' ? outcomeOf(answer.body, attempt) : looked;
    },
    getAttempt: ask,
    // The payer brings a session id back; the payment itself is what counts.
    continueAttempt: (attempt) => ask(attempt),
    async capture(attempt, { amount, key }) {
      const value = checkoutAmount(amount, attempt.request.currency);
      if (value === null) return INVALID_AMOUNT;
      return act(attempt, 'captures', { amount: value, reference: attempt.request.payment_id }, key);
    },
    void: (attempt, key) => act(attempt, 'voids', { reference: attempt.request.payment_id }, key),
    async refund(attempt, { refund_id, amount, currency }): Promise<RefundOutcome> {
      const value = checkoutAmount(amount, currency);
      if (value === null) return { ...INVALID_AMOUNT, s: 'failed' };
      const payment = await named(attempt);
      if ('s' in payment) return payment.s === 'not_found' ? NO_SUCH_PAYMENT : UNREADABLE;
      const path = `/payments/${encodeURIComponent(payment.id)}/refunds`;
      const body = { amount: value, reference: refund_id };
      const answer = bodyOf(await call('POST', path, body, refund_id), Accepted);
      if (answer.s === 'body') return { s: 'pending', reference: answer.body.action_id };
      const refused = unread(answer);
      if (refused.s === 'error') return { ...refused, s: 'failed' };
      return refused.s === 'unknown' ? refused : UNREADABLE;
    },
    async getRefund(attempt, { refund_id, reference }: RefundRequest) {
      const payment = await named(attempt);
      if ('s' in payment) return payment.s === 'not_found' ? { s: 'not_found' } : UNREADABLE;
      const actions = await actionsOf(payment.id);
      if ('s' in actions) return actions;
      const refund = actions.find((one) => one.type === 'Refund' && one.reference === refund_id);
      if (refund !== undefined) return refundOf(refund);
      // Accepted, and not yet among the actions.
      return reference === null ? { s: 'not_found' } : { s: 'pending', reference };
    },
    verifyWebhook: (raw) =>
      verifyCheckoutWebhook(
        [secrets.webhook_key, secrets.previous_webhook_key].filter((one) => one !== undefined),
        raw,
      ),
    async forgetCard(token) {
      const answer: ProviderAnswer = await call('DELETE', `/instruments/${encodeURIComponent(token)}`);
      if ('s' in answer) return { s: 'unknown', message: 'Checkout.com did not answer.' };
      if (answer.status === 204 || answer.status === 404) return { s: 'gone' };
      const message = `Checkout.com answered ${answer.status}.`;
      return { s: answer.status < 500 ? 'error' : 'unknown', message };
    },
  };
}

/** The same for the same attempt: Checkout.com keeps the first answer to a key for 24 hours. */
function paymentBody(request: AttemptRequest, channel: string | undefined): PaymentBody | Outcome {
  const { instrument, payment_id, order_id, currency, return_url } = request;
  const amount = checkoutAmount(request.amount, currency);
  if (amount === null) return INVALID_AMOUNT;
  if (instrument.kind !== 'token' && instrument.kind !== 'saved')
    return { s: 'error', code: 'no_card', message: 'Checkout.com needs a card token or a saved card.' };
  return {
    source:
      instrument.kind === 'token'
        ? { type: 'token', token: instrument.token, store_for_future_use: request.save_card }
        : { type: 'id', id: instrument.token },
    amount,
    currency,
    payment_type: 'Regular',
    reference: payment_id,
    description: request.description.slice(0, DESCRIPTION_MAX),
    capture: request.capture === 'auto',
    ...(channel === undefined ? {} : { processing_channel_id: channel }),
    '3ds': { enabled: true },
    success_url: return_url,
    failure_url: return_url,
    metadata: { payment_id, order_id },
  };
}

const DESCRIPTION_MAX = 100;
const UNREADABLE = { s: 'unknown', reason: 'unreadable' } as const;
const NO_SUCH_PAYMENT = {
  s: 'failed',
  code: 'not_found',
  message: 'Checkout.com knows of no such payment.',
} as const;

/** A refusal in Checkout.com's own words proves that nothing was done; any other 4xx proves nothing. */
function unread(answer: Exclude<ProviderBody<unknown>, { s: 'body' }>): Outcome {
  if (answer.s === 'unknown') return answer;
  const refused = CheckoutError.safeParse(answer.json);
  if (!refused.success) return UNREADABLE;
  const { error_type, error_codes = [] } = refused.data;
  return {
    s: 'error',
    code: error_codes[0] ?? error_type,
    message: `Checkout.com refused it: ${error_type}.`,
  };
}
