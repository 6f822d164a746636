import { z } from 'zod';
import { currencyExponent } from '../../../shared/money/currency.ts';
import { MSISDN_COUNTRIES, mobileMoneyCurrency, msisdnOf } from '../../../shared/payment/msisdn.ts';
import { shortReference } from '../../../shared/payment/short_reference.ts';
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
import { forgetToken, oauthToken } from '../oauth_token.ts';
import { type ProviderAnswer, providerCall } from '../provider_call.ts';
import { providerUrl } from '../provider_url.ts';
import { AMBIGUOUS, Answer, Enquiry, NOT_FOUND, type Push, Refunded } from './protocol.ts';
import { readAirtelCallback } from './webhook.ts';

const URLS = { live: 'https://openapi.airtel.africa', test: 'https://openapiuat.airtel.africa' };
const JSON_TYPE = { 'content-type': 'application/json', accept: '*/*' };

/** `currency` where a market takes another than the country's own. */
const Settings = z.object({
  country: z.enum(MSISDN_COUNTRIES),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/)
    .optional(),
});
const Secrets = z.object({ client_id: z.string().min(1), client_secret: z.string().min(1) });

/**
 * The gateway `airtel_money`. Some markets also want each message signed (`x-key`, `x-signature`); how is not
 * published, so it is left off, and accounts of those markets do not work.
 */
export const airtelMoneyGateway: GatewayFactory = configured(Settings, Secrets, gatewayOf);

function gatewayOf(
  ctx: GatewayContext,
  settings: z.infer<typeof Settings>,
  secrets: z.infer<typeof Secrets>,
): Gateway {
  const base = providerUrl(ctx.account, URLS);
  const { country } = settings;
  const currency = settings.currency ?? mobileMoneyCurrency(country);
  const unit = 10 ** currencyExponent(currency);
  const tokenOf = `airtel_money:${base}:${ctx.account.account_key}:${secrets.client_id}`;

  async function once(method: 'GET' | 'POST', path: string, body?: object) {
    const token = await oauthToken(tokenOf, ctx.now(), () =>
      providerCall(ctx.http, `${base}/auth/oauth2/token`, {
        method: 'POST',
        headers: JSON_TYPE,
        body: JSON.stringify({ ...secrets, grant_type: 'client_credentials' }),
      }),
    );
    if (token === null) return UNSENT;
    return providerCall(ctx.http, `${base}${path}`, {
      method,
      headers: {
        ...JSON_TYPE,
        authorization: `Bearer ${token}`,
        'x-country': country,
        'x-currency': currency,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }
  /** A token that is refused proves that nothing was done: once more with a new one. */
  async function call(
    method: 'GET' | 'POST',
    path: string,
    body?: object,
  ): Promise<ProviderAnswer | typeof UNSENT> {
    const first = await once(method, path, body);
    if ('s' in first || first.status !== 401) return first;
    forgetToken(tokenOf);
    return once(method, path, body);
  }

  async function ask({ payment_id, amount }: AttemptRequest): Promise<Outcome> {
    const reference = shortReference(payment_id);
    const answer = await call('GET', `/standard/v1/payments/${reference}`);
    if ('s' in answer) return UNAVAILABLE;
    if (answer.status >= 500 || answer.status === 429) return UNAVAILABLE;
    const enquiry = Enquiry.safeParse(answer.json);
    if (enquiry.success) return outcomeOf(enquiry.data, reference, { amount, currency });
    const problem = Answer.safeParse(answer.json);
    const absent =
      problem.success && (answer.status === 404 || problem.data.status.response_code === NOT_FOUND);
    return absent ? { s: 'not_found' } : UNREADABLE;
  }

  async function createAttempt(request: AttemptRequest): Promise<Outcome> {
    const { amount, instrument, payment_id } = request;
    if (!Number.isSafeInteger(amount) || amount <= 0 || amount % unit !== 0)
      return refused('invalid_amount', 'Airtel Money is sent whole units of the currency only.');
    if (request.currency !== currency)
      return refused('invalid_currency', `This account takes ${currency} only.`);
    const msisdn = instrument.kind === 'msisdn' ? msisdnOf(instrument.msisdn, country) : null;
    if (msisdn === null)
      return refused('invalid_instrument', `Airtel Money asks for a mobile number of ${country}.`);
    const id = shortReference(payment_id);
    const push: Push = {
      reference: plain(request.order_number) || 'order',
      subscriber: { country, currency, msisdn: msisdn.national },
      transaction: { amount: amount / unit, country, currency, id },
    };
    const answer = await call('POST', '/merchant/v1/payments/', push);
    if ('s' in answer)
      return answer.s === 'unsent' ? refused('unavailable', 'Airtel Money cannot be reached.') : answer;
    if (answer.status >= 500 || answer.status === 429) return UNAVAILABLE;
    const parsed = Answer.safeParse(answer.json);
    if (!parsed.success) return UNREADABLE;
    const { success, response_code, message } = parsed.data.status;
    if (answer.status < 300 && success === true)
      return {
        s: 'action_required',
        action: { type: 'push', message: 'Enter your Airtel Money PIN on your telephone.' },
        reference: id,
      };
    if (response_code === AMBIGUOUS) return UNAVAILABLE;
    // It also refuses an id that it has seen before, and that one may have been paid.
    const known = await ask(request);
    return known.s === 'not_found'
      ? refused(response_code ?? `${answer.status}`, message ?? 'Airtel Money refused it.')
      : known;
  }

  async function refund(attempt: Attempt, { amount }: RefundRequest): Promise<RefundOutcome> {
    if (amount !== attempt.request.amount)
      return failed('full_only', 'Airtel Money gives a payment back whole or not at all.');
    const airtel_money_id = attempt.refs['airtel_money_id'] ?? (await nameOf(attempt.request));
    if (airtel_money_id === undefined) return UNAVAILABLE;
    const answer = await call('POST', '/standard/v1/payments/refund', { transaction: { airtel_money_id } });
    if ('s' in answer)
      return answer.s === 'unsent' ? failed('unavailable', 'Airtel Money cannot be reached.') : answer;
    if (answer.status >= 500 || answer.status === 429) return UNAVAILABLE;
    // Airtel's own example of a success has `success: false` beside it: the transaction's status decides.
    const done = Refunded.safeParse(answer.json);
    if (done.success && answer.status < 300) {
      const { status, airtel_money_id: name } = done.data.data.transaction;
      if (status === 'SUCCESS' || status === 'TS') return { s: 'succeeded', reference: name ?? null };
      return status === 'FAILED' || status === 'TF'
        ? failed(done.data.status.response_code ?? status, done.data.status.message ?? 'It was refused.')
        : UNREADABLE;
    }
    const problem = Answer.safeParse(answer.json);
    if (!problem.success) return UNREADABLE;
    const { response_code, message } = problem.data.status;
    return response_code === AMBIGUOUS
      ? UNAVAILABLE
      : failed(response_code ?? `${answer.status}`, message ?? 'It was refused.');
  }

  async function nameOf(request: AttemptRequest): Promise<string | undefined> {
    const said = await ask(request);
    return said.s === 'captured' ? said.refs?.['airtel_money_id'] : undefined;
  }

  return {
    id: 'airtel_money',
    can: {
      authorize: false,
      capture: 'none',
      void_open: false,
      void_captured: false,
      refund: 'full',
      refund_async: false,
      saved_cards: false,
      ask: 'query',
      webhooks: 'unsigned',
      channels: ['web', 'kiosk', 'cashier'],
      currencies: [currency],
    },
    createAttempt,
    getAttempt: ({ request }) => ask(request),
    continueAttempt: ({ request }) => ask(request),
    capture: async () => refused('unsupported', 'Airtel Money reserves nothing.'),
    // A prompt cannot be called back from the telephone: what became of it is all there is to say.
    void: ({ request }) => ask(request),
    refund,
    // There is no enquiry for refunds: one whose answer was lost is for a person to look up.
    getRefund: async (_, { reference }): Promise<RefundOutcome> =>
      reference === null ? UNAVAILABLE : { s: 'succeeded', reference },
    verifyWebhook: readAirtelCallback,
  };
}

/** The answer names no amount; the payer cannot change what was asked of the telephone. */
function outcomeOf(
  { data, status }: z.infer<typeof Enquiry>,
  reference: string,
  paid: { amount: number; currency: string },
): Outcome {
  const { airtel_money_id, message } = data.transaction;
  switch (data.transaction.status) {
    case 'TS':
      return {
        s: 'captured',
        ...paid,
        reference,
        ...(airtel_money_id === undefined ? {} : { refs: { airtel_money_id } }),
      };
    case 'TF':
      return {
        s: 'declined',
        code: status.response_code ?? 'TF',
        message: message ?? 'The payment failed.',
        reference,
      };
    case 'TIP':
      return { s: 'pending', reference };
    case 'TE':
      return { s: 'expired', reference };
    case 'TA':
      return UNAVAILABLE;
    default:
      return UNREADABLE;
  }
}

const UNAVAILABLE = { s: 'unknown', reason: 'unavailable' } as const;
const UNREADABLE = { s: 'unknown', reason: 'unreadable' } as const;
/** There was no token, so the request itself never left. */
const UNSENT = { s: 'unsent' } as const;
const refused = (code: string, message: string) => ({ s: 'error', code, message }) as const;
const failed = (code: string, message: string) => ({ s: 'failed', code, message }) as const;

const plain = (text: string): string => text.replace(/[^A-Za-z0-9 ]/g, '').trim();
