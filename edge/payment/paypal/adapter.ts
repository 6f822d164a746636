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
import { providerUrl } from '../provider_url.ts';
import { PAYPAL_CURRENCIES, paypalValue } from './amount.ts';
import { paypalCall } from './call.ts';
import { calledOff, captureOutcome, declined, outcomeOf, refundOf } from './outcome.ts';
import { CaptureAnswer, PayPalError, PayPalOrder, Refund, refundCustomId } from './protocol.ts';
import { verifyPayPalWebhook } from './webhook.ts';

const URLS = { live: 'https://api-m.paypal.com', test: 'https://api-m.sandbox.paypal.com' };

/** `webhook_id` is PayPal's name of the webhook that was set up for this account's address. */
const Settings = z.object({
  webhook_id: z.string().regex(/^[A-Za-z0-9]+$/),
  brand_name: z.string().max(127).optional(),
});
const Secrets = z.object({ client_id: z.string().min(1), client_secret: z.string().min(1) });

export const paypalGateway: GatewayFactory = configured(Settings, Secrets, gatewayOf);

type Step<T> = ProviderBody<T> | { s: 'error'; code: string; message: string };

function gatewayOf(
  ctx: GatewayContext,
  settings: z.infer<typeof Settings>,
  secrets: z.infer<typeof Secrets>,
): Gateway {
  const call = paypalCall(ctx, providerUrl(ctx.account, URLS), secrets);

  async function step<T>(
    schema: z.ZodType<T>,
    method: 'GET' | 'POST',
    path: string,
    body?: object,
    key?: string,
  ): Promise<Step<T>> {
    const answer = await call(method, path, body === undefined ? undefined : JSON.stringify(body), key);
    return 's' in answer ? answer : bodyOf(answer, schema);
  }

  async function create(request: AttemptRequest): Promise<PayPalOrder | Outcome> {
    const body = orderBody(request, settings.brand_name);
    if ('s' in body) return body;
    // Making an order takes no money, and the same key gives the same order.
    const answer = await step(PayPalOrder, 'POST', '/v2/checkout/orders', body, request.payment_id);
    return answer.s === 'body' ? answer.body : unread(answer);
  }

  async function look(reference: string | null): Promise<PayPalOrder | Outcome> {
    if (reference === null) return { s: 'not_found' };
    const answer = await step(PayPalOrder, 'GET', orderPath(reference));
    if (answer.s === 'body') return answer.body;
    // An order that was not approved in time is gone.
    if (answer.s === 'refused' && answer.status === 404) return { s: 'expired', reference };
    return unread(answer);
  }

  /** PayPal cannot look an order up by our name, so where its own never reached us the same order is made again. */
  async function find({ request, reference }: Attempt): Promise<PayPalOrder | Outcome> {
    if (reference !== null) return look(reference);
    const made = await create(request);
    return 's' in made ? made : look(made.id);
  }

  /** An order that its payer has approved waits for us to take the money: the payer may never come back. */
  async function ask(attempt: Attempt): Promise<Outcome> {
    const order = await find(attempt);
    if ('s' in order) return order;
    const { request, refs } = attempt;
    if (refs['called_off'] !== undefined) return calledOff(order, request);
    if (order.status !== 'APPROVED') return outcomeOf(order, request);
    if (refs['declined'] !== undefined) return declined(refs['declined'], 'PayPal declined it.', order.id);
    const verb = request.capture === 'auto' ? 'capture' : 'authorize';
    const key = `${request.payment_id}.${verb}`;
    const answer = await step(PayPalOrder, 'POST', `${orderPath(order.id)}/${verb}`, {}, key);
    if (answer.s === 'body') return outcomeOf(answer.body, request);
    const issue = issueOf(answer);
    if (issue === undefined || !DECLINES.has(issue)) return unread(answer);
    return declined(issue, 'PayPal declined the payment.', order.id);
  }

  async function authorizationOf(attempt: Attempt): Promise<{ id: string; order: string } | Outcome> {
    const known = attempt.refs['authorization'];
    if (known !== undefined && attempt.reference !== null) return { id: known, order: attempt.reference };
    const order = await look(attempt.reference);
    if ('s' in order) return order;
    const id = order.purchase_units?.[0]?.payments?.authorizations?.[0]?.id;
    return id === undefined ? calledOff(order, attempt.request) : { id, order: order.id };
  }

  return {
    id: 'paypal',
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
      currencies: PAYPAL_CURRENCIES,
    },
    async createAttempt(request) {
      const order = await create(request);
      // A repeated key gives the first answer again; what happened since shows at the next question.
      return 's' in order ? order : outcomeOf(order, request);
    },
    getAttempt: ask,
    // Coming back proves nothing: the order itself says whether it is approved.
    continueAttempt: (attempt) => ask(attempt),
    async capture(attempt, { amount, key }) {
      const { currency, capture } = attempt.request;
      const value = paypalValue(amount, currency);
      if (value === null) return INVALID_AMOUNT;
      const authorization = await authorizationOf(attempt);
      if ('s' in authorization) return authorization;
      const path = `/v2/payments/authorizations/${encodeURIComponent(authorization.id)}/capture`;
      const body = { amount: { currency_code: currency, value }, final_capture: true };
      const answer = await step(CaptureAnswer, 'POST', path, body, key);
      if (answer.s !== 'body') return unread(answer);
      return captureOutcome(answer.body, authorization.order, capture);
    },
    // Before there is a reservation only we could take the money, so calling off is never to do that.
    async void(attempt, key) {
      const authorization = await authorizationOf(attempt);
      if ('s' in authorization) return authorization;
      const path = `/v2/payments/authorizations/${encodeURIComponent(authorization.id)}/void`;
      // 204, or 200 with the authorization.
      const answer = await step(z.unknown(), 'POST', path, undefined, key);
      return answer.s === 'body' ? { s: 'voided', reference: authorization.order } : unread(answer);
    },
    async refund(attempt, { refund_id, amount, currency, reason }): Promise<RefundOutcome> {
      const value = paypalValue(amount, currency);
      if (value === null) return { ...INVALID_AMOUNT, s: 'failed' };
      const order = await captureOf(attempt);
      if ('s' in order) return order;
      const path = `/v2/payments/captures/${encodeURIComponent(order.id)}/refund`;
      const body = {
        amount: { currency_code: currency, value },
        custom_id: refundCustomId(attempt.request.payment_id, refund_id),
        ...(reason === '' ? {} : { note_to_payer: reason.slice(0, NOTE_MAX) }),
      };
      const answer = await step(Refund, 'POST', path, body, refund_id);
      return answer.s === 'body' ? refundOf(answer.body) : refundRefusal(unread(answer));
    },
    async getRefund(attempt, { refund_id, reference }: RefundRequest) {
      if (reference !== null) {
        const answer = await step(Refund, 'GET', `/v2/payments/refunds/${encodeURIComponent(reference)}`);
        return answer.s === 'body' ? refundOf(answer.body) : UNREADABLE;
      }
      const order = await look(attempt.reference);
      if ('s' in order) return order.s === 'not_found' ? order : UNREADABLE;
      const custom = refundCustomId(attempt.request.payment_id, refund_id);
      const found = order.purchase_units?.[0]?.payments?.refunds?.find((one) => one.custom_id === custom);
      return found === undefined ? { s: 'not_found' } : refundOf(found);
    },
    verifyWebhook: (raw) => verifyPayPalWebhook(call, settings.webhook_id, raw),
  };

  async function captureOf(attempt: Attempt): Promise<{ id: string } | RefundOutcome> {
    const known = attempt.refs['capture'];
    if (known !== undefined) return { id: known };
    const order = await look(attempt.reference);
    if ('s' in order) return refundRefusal(order);
    const id = order.purchase_units?.[0]?.payments?.captures?.[0]?.id;
    return id === undefined ? NOTHING_CAPTURED : { id };
  }
}

function orderBody(request: AttemptRequest, brand: string | undefined): object | Outcome {
  const { amount, currency, payment_id, return_url } = request;
  if (!PAYPAL_CURRENCIES.some((one) => one === currency))
    return { s: 'error', code: 'unsupported_currency', message: `PayPal takes no ${currency}.` };
  const value = paypalValue(amount, currency);
  if (value === null) return INVALID_AMOUNT;
  return {
    intent: request.capture === 'auto' ? 'CAPTURE' : 'AUTHORIZE',
    purchase_units: [
      {
        custom_id: payment_id,
        description: request.description.slice(0, DESCRIPTION_MAX),
        amount: { currency_code: currency, value },
      },
    ],
    payment_source: {
      paypal: {
        experience_context: {
          ...{ return_url, cancel_url: return_url, user_action: 'PAY_NOW' },
          shipping_preference: 'NO_SHIPPING',
          ...(brand === undefined ? {} : { brand_name: brand }),
        },
      },
    },
  };
}

const DESCRIPTION_MAX = 127;
const NOTE_MAX = 255;
const UNREADABLE = { s: 'unknown', reason: 'unreadable' } as const;
const NOTHING_CAPTURED = {
  s: 'failed',
  code: 'not_captured',
  message: 'PayPal has taken nothing for this payment.',
} as const;

/** Issues of a capture by which PayPal says that the payer's money was refused, and not our request. */
const DECLINES: ReadonlySet<string> = new Set([
  'INSTRUMENT_DECLINED',
  'TRANSACTION_REFUSED',
  'PAYER_CANNOT_PAY',
  'PAYER_ACCOUNT_RESTRICTED',
  'PAYER_ACCOUNT_LOCKED_OR_CLOSED',
  'MAX_NUMBER_OF_PAYMENT_ATTEMPTS_EXCEEDED',
]);

const orderPath = (id: string): string => `/v2/checkout/orders/${encodeURIComponent(id)}`;

const issueOf = (answer: { s: string; json?: unknown }): string | undefined =>
  PayPalError.safeParse(answer.json).data?.details?.[0]?.issue;

/** A refusal in PayPal's own words proves that nothing was done; any other 4xx proves nothing. */
function unread(answer: Exclude<Step<unknown>, { s: 'body' }>): Outcome {
  if (answer.s !== 'refused') return answer;
  const error = PayPalError.safeParse(answer.json);
  if (!error.success) return UNREADABLE;
  const { name, message, details } = error.data;
  return {
    s: 'error',
    code: details?.[0]?.issue ?? name,
    message: details?.[0]?.description ?? message ?? 'PayPal refused it.',
  };
}

function refundRefusal(outcome: Outcome): RefundOutcome {
  if (outcome.s === 'unknown') return outcome;
  return outcome.s === 'error' ? { ...outcome, s: 'failed' } : NOTHING_CAPTURED;
}
