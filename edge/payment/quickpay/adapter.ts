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
import { base64Of, bytesOf, sha256Hex } from '../hmac.ts';
import { INVALID_AMOUNT, isAmount } from '../invalid_amount.ts';
import { bodyOf, type ProviderBody } from '../provider_body.ts';
import { providerCall } from '../provider_call.ts';
import { providerUrl } from '../provider_url.ts';
import { outcomeOf, refundOf } from './outcome.ts';
import {
  PaymentLink,
  QuickPayError,
  QuickPayPayment,
  QuickPayPayments,
  refundCallback,
  refundIdOf,
} from './protocol.ts';
import { verifyQuickPayWebhook } from './webhook.ts';

const URLS = { live: 'https://api.quickpay.net', test: 'https://api.quickpay.net' };
const ORDER_ID_LENGTH = 20;

/** QuickPay's names of our methods, for `payment_methods`. Vipps has one for each kind of agreement. */
const PAYMENT_METHODS: Readonly<Record<string, string>> = {
  card: 'creditcard',
  mobilepay: 'mobilepay',
  vipps: 'vipps,vippspsp',
  swish: 'swish',
};

/** `language` of the payment window, two letters. */
const Settings = z.object({ language: z.string().length(2).optional() });
const Secrets = z.object({
  api_key: z.string().min(1),
  private_key: z.string().min(1),
  previous_private_key: z.string().min(1).optional(),
});

export const quickpayGateway: GatewayFactory = configured(Settings, Secrets, gatewayOf);

/** QuickPay takes 4 to 20 characters, so ours stands in `variables` and this is what it is found by. */
export const orderIdOf = async (paymentId: string): Promise<string> =>
  (await sha256Hex(paymentId)).slice(0, ORDER_ID_LENGTH);

function gatewayOf(
  ctx: GatewayContext,
  settings: z.infer<typeof Settings>,
  secrets: z.infer<typeof Secrets>,
): Gateway {
  const base = providerUrl(ctx.account, URLS);
  const authorization = `Basic ${base64Of(bytesOf(`:${secrets.api_key}`))}`;

  const call = (method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: object, callback?: string) =>
    providerCall(ctx.http, `${base}${path}`, {
      method,
      headers: {
        authorization,
        'accept-version': 'v10',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(callback === undefined ? {} : { 'quickpay-callback-url': callback }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });

  async function find({ request, reference }: Attempt): Promise<QuickPayPayment | Outcome> {
    if (reference !== null) {
      const answer = bodyOf(await call('GET', `/payments/${encodeURIComponent(reference)}`), QuickPayPayment);
      return answer.s === 'body' ? answer.body : unread(answer);
    }
    const answer = bodyOf(
      await call('GET', `/payments?order_id=${await orderIdOf(request.payment_id)}`),
      QuickPayPayments,
    );
    return answer.s === 'body' ? (answer.body[0] ?? { s: 'not_found' }) : unread(answer);
  }

  /** A link can be used again after a refusal, so that of a closed payment is taken away. */
  async function close(payment: QuickPayPayment, outcome: Outcome): Promise<Outcome> {
    const isClosed = outcome.s === 'declined' || outcome.s === 'cancelled' || outcome.s === 'expired';
    if (isClosed && payment.link?.url) await call('DELETE', `/payments/${payment.id}/link`);
    return outcome;
  }

  async function ask(attempt: Attempt): Promise<Outcome> {
    const payment = await find(attempt);
    if ('s' in payment) return payment;
    // Nobody was shown a page of it yet, so nothing can have been paid, and it may be asked for again.
    if (attempt.reference === null && !payment.link?.url && payment.operations.length === 0)
      return { s: 'not_found' };
    return close(payment, outcomeOf(payment, attempt.request.capture));
  }

  /** The page of a new payment, or what has become of one that was made before. */
  async function open(payment: QuickPayPayment, request: AttemptRequest, methods: string): Promise<Outcome> {
    if (payment.operations.length > 0) return close(payment, outcomeOf(payment, request.capture));
    const answer = bodyOf(
      await call('PUT', `/payments/${payment.id}/link`, {
        amount: request.amount,
        payment_methods: methods,
        auto_capture: request.capture === 'auto',
        continue_url: request.return_url,
        cancel_url: request.return_url,
        callback_url: request.webhook_url,
        ...settings,
      }),
      PaymentLink,
    );
    if (answer.s !== 'body') return unread(answer);
    const { url } = answer.body;
    return { s: 'action_required', action: { type: 'redirect', url }, reference: String(payment.id) };
  }

  /** QuickPay has no idempotency key for operations, so each is looked for before it is asked for. */
  async function operate(attempt: Attempt, type: 'capture' | 'cancel', body: object): Promise<Outcome> {
    const payment = await find(attempt);
    if ('s' in payment) return payment;
    const known = outcomeOf(payment, 'manual');
    if (known.s !== 'authorized') return known;
    const path = `/payments/${payment.id}/${type}?synchronized`;
    const answer = bodyOf(await call('POST', path, body, attempt.request.webhook_url), QuickPayPayment);
    return answer.s === 'body' ? outcomeOf(answer.body, 'manual') : unread(answer);
  }

  return {
    id: 'quickpay',
    can: {
      authorize: true,
      capture: 'partial',
      void_open: true,
      void_captured: false,
      refund: 'partial',
      refund_async: true,
      saved_cards: false,
      ask: 'query',
      webhooks: 'signed',
      channels: ['web', 'kiosk'],
    },
    async createAttempt(request) {
      const { amount, currency, payment_id, method } = request;
      if (!isAmount(amount)) return INVALID_AMOUNT;
      const methods = PAYMENT_METHODS[method];
      if (methods === undefined)
        return { s: 'error', code: 'unsupported_method', message: `QuickPay has no method ${method}.` };
      const body = { order_id: await orderIdOf(payment_id), currency, variables: { payment_id } };
      const answer = bodyOf(await call('POST', '/payments', body), QuickPayPayment);
      if (answer.s === 'body') return open(answer.body, request, methods);
      // An order id is taken once: then this payment was made before.
      if (answer.s === 'unknown' || errorOf(answer.json)?.errors?.['order_id'] === undefined)
        return unread(answer);
      const known = await find({ request, reference: null, refs: {}, authorized: 0, captured: 0 });
      return 's' in known ? known : open(known, request, methods);
    },
    getAttempt: ask,
    // Coming back proves nothing, and QuickPay hands the payer nothing to bring along.
    continueAttempt: (attempt) => ask(attempt),
    async capture(attempt, { amount }) {
      return isAmount(amount) ? operate(attempt, 'capture', { amount }) : INVALID_AMOUNT;
    },
    async void(attempt) {
      const payment = await find(attempt);
      if ('s' in payment) return payment;
      const known = outcomeOf(payment, 'manual');
      if (known.s !== 'action_required') return operate(attempt, 'cancel', {});
      // Without its link nobody can pay it any more; what is under way already shows at the next question.
      const answer = await call('DELETE', `/payments/${payment.id}/link`);
      if ('s' in answer) return answer;
      if (answer.status >= 400) return { s: 'unknown', reason: 'unavailable' };
      return ask({ ...attempt, reference: String(payment.id) });
    },
    async refund(attempt, { refund_id, amount, webhook_url }) {
      if (!isAmount(amount)) return { ...INVALID_AMOUNT, s: 'failed' };
      const payment = await find(attempt);
      if ('s' in payment) return refundRefusal(payment);
      const refunds = payment.operations.filter((one) => one.type === 'refund');
      const known = refunds.find((one) => refundIdOf(one.callback_url) === refund_id);
      if (known !== undefined) return refundOf(known);
      // A refund without an address may be this one; sending it again could give the money back twice.
      if (refunds.some((one) => refundIdOf(one.callback_url) === null)) return UNREADABLE;
      const callback = refundCallback(webhook_url, refund_id);
      const path = `/payments/${payment.id}/refund?synchronized`;
      const answer = bodyOf(await call('POST', path, { amount }, callback), QuickPayPayment);
      if (answer.s !== 'body') return refundRefusal(unread(answer));
      const made = answer.body.operations.findLast((one) => one.type === 'refund');
      return made === undefined ? UNREADABLE : refundOf(made);
    },
    async getRefund(attempt, { refund_id, reference }: RefundRequest) {
      const payment = await find(attempt);
      if ('s' in payment) return payment.s === 'not_found' ? { s: 'not_found' } : refundRefusal(payment);
      const refunds = payment.operations.filter((one) => one.type === 'refund');
      const found =
        refunds.find((one) => String(one.id) === reference) ??
        refunds.find((one) => refundIdOf(one.callback_url) === refund_id);
      return found === undefined ? { s: 'not_found' } : refundOf(found);
    },
    verifyWebhook: (raw) =>
      verifyQuickPayWebhook(
        [secrets.private_key, secrets.previous_private_key].filter((one) => one !== undefined),
        raw,
      ),
  };
}

const UNREADABLE = { s: 'unknown', reason: 'unreadable' } as const;
const errorOf = (json: unknown) => QuickPayError.safeParse(json).data;

/** A refusal in QuickPay's own words proves that nothing was done; any other 4xx proves nothing. */
function unread(answer: Exclude<ProviderBody<unknown>, { s: 'body' }>): Outcome {
  if (answer.s === 'unknown') return answer;
  const error = errorOf(answer.json);
  if (error === undefined) return UNREADABLE;
  if (answer.status === 404) return { s: 'not_found' };
  const [field] = Object.keys(error.errors ?? {});
  return {
    s: 'error',
    code: field === undefined ? `http_${answer.status}` : `invalid_${field}`,
    message: error.message,
  };
}

function refundRefusal(outcome: Outcome): RefundOutcome {
  if (outcome.s === 'unknown') return outcome;
  if (outcome.s === 'error') return { ...outcome, s: 'failed' };
  return { s: 'failed', code: 'not_found', message: 'QuickPay knows of no such payment.' };
}
