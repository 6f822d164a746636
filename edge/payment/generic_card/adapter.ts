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
import { INVALID_AMOUNT, isAmount } from '../invalid_amount.ts';
import { bodyOf, type ProviderBody } from '../provider_body.ts';
import { type ProviderAnswer, providerCall } from '../provider_call.ts';
import {
  CardPayment,
  CardPayments,
  CardRefund,
  CardRefunds,
  type MoneyRequest,
  type NewCardPayment,
  Refused,
} from './protocol.ts';
import { signatureOf } from './signature.ts';
import { verifyCardWebhook } from './webhook.ts';

/** Where the provider is. The environment `test` may name another place as the account's `base_url`. */
const Settings = z.object({ url: z.url({ protocol: /^https$/ }).optional() });
/** `previous_secret` is honoured in webhooks while the provider still signs with it. */
const Secrets = z.object({ secret: z.string().min(1), previous_secret: z.string().min(1).optional() });

/** The gateway `generic_card`; also the worked example of docs/gateways.md, "A gateway of your own". */
export const genericCardGateway: GatewayFactory = configured(Settings, Secrets, (ctx, settings, secrets) => {
  const url = ctx.account.base_url ?? settings.url;
  return url === undefined ? null : gatewayAt(ctx, url.replace(/\/$/, ''), secrets);
});

function gatewayAt(ctx: GatewayContext, base: string, secrets: z.infer<typeof Secrets>): Gateway {
  async function call(
    method: 'GET' | 'POST' | 'DELETE',
    path: string,
    body?: object,
  ): Promise<ProviderAnswer> {
    const url = new URL(`${base}${path}`);
    const text = body === undefined ? undefined : JSON.stringify(body);
    const at = Math.floor(ctx.now() / 1000);
    const signature = await signatureOf(secrets.secret, at, text ?? `${url.pathname}${url.search}`);
    return providerCall(ctx.http, url.href, {
      method,
      headers: {
        'x-signature': signature,
        ...(text === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(text === undefined ? {} : { body: text }),
    });
  }

  async function ask(attempt: Attempt): Promise<Outcome> {
    if (attempt.reference !== null) {
      const answer = bodyOf(
        await call('GET', `/payments/${encodeURIComponent(attempt.reference)}`),
        CardPayment,
      );
      return answer.s === 'body' ? outcomeOf(answer.body) : unreadOutcome(answer);
    }
    const query = `reference=${encodeURIComponent(attempt.request.payment_id)}`;
    const answer = bodyOf(await call('GET', `/payments?${query}`), CardPayments);
    if (answer.s !== 'body') return unreadOutcome(answer);
    const [payment] = answer.body.data;
    return payment === undefined ? { s: 'not_found' } : outcomeOf(payment);
  }

  /** The provider's name of the attempt, or the outcome that says why there is none. */
  async function named(attempt: Attempt): Promise<{ id: string } | Outcome> {
    if (attempt.reference !== null) return { id: attempt.reference };
    const found = await ask(attempt);
    return 'reference' in found && found.reference !== null ? { id: found.reference } : found;
  }

  async function change(attempt: Attempt, verb: 'capture' | 'void', body: object): Promise<Outcome> {
    const name = await named(attempt);
    if (!('id' in name)) return name;
    const answer = bodyOf(
      await call('POST', `/payments/${encodeURIComponent(name.id)}/${verb}`, body),
      CardPayment,
    );
    return answer.s === 'body' ? outcomeOf(answer.body) : unreadOutcome(answer);
  }

  return {
    id: 'generic_card',
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
      channels: ['web', 'kiosk'],
    },
    async createAttempt(request) {
      if (!isAmount(request.amount)) return INVALID_AMOUNT;
      const answer = bodyOf(await call('POST', '/payments', newPayment(request)), CardPayment);
      return answer.s === 'body' ? outcomeOf(answer.body, request) : unreadOutcome(answer);
    },
    getAttempt: ask,
    // Coming back proves nothing, and this provider hands the payer nothing to bring along.
    continueAttempt: (attempt) => ask(attempt),
    capture: (attempt, { amount, key }) =>
      change(attempt, 'capture', { amount_minor: amount, reference: key } satisfies z.infer<
        typeof MoneyRequest
      >),
    void: (attempt, key) => change(attempt, 'void', { reference: key }),
    async refund(attempt, refund) {
      const name = await named(attempt);
      if (!('id' in name)) return name.s === 'unknown' ? name : NO_SUCH_PAYMENT;
      const { refund_id, amount, reason, webhook_url } = refund;
      const answer = bodyOf(
        await call('POST', `/payments/${encodeURIComponent(name.id)}/refund`, {
          amount_minor: amount,
          reference: refund_id,
          reason,
          callback_url: webhook_url,
        } satisfies z.infer<typeof MoneyRequest>),
        CardRefund,
      );
      if (answer.s === 'body') return refundOf(answer.body);
      if (answer.s === 'unknown') return answer;
      const refused = Refused.safeParse(answer.json);
      return refused.success ? { s: 'failed', ...refused.data.error } : UNREADABLE;
    },
    async getRefund(attempt, { refund_id }: RefundRequest) {
      const name = await named(attempt);
      if (!('id' in name)) return name.s === 'unknown' ? name : { s: 'not_found' };
      const query = `reference=${encodeURIComponent(refund_id)}`;
      const answer = bodyOf(
        await call('GET', `/payments/${encodeURIComponent(name.id)}/refunds?${query}`),
        CardRefunds,
      );
      if (answer.s === 'refused') return UNREADABLE;
      if (answer.s === 'unknown') return answer;
      const [refund] = answer.body.data;
      return refund === undefined ? { s: 'not_found' } : refundOf(refund);
    },
    verifyWebhook: (raw) =>
      verifyCardWebhook(
        [secrets.secret, secrets.previous_secret].filter((one) => one !== undefined),
        raw,
      ),
    async forgetCard(token) {
      const answer = await call('DELETE', `/cards/${encodeURIComponent(token)}`);
      if ('s' in answer) return { s: 'unknown', message: 'The provider did not answer.' };
      // A card that it does not know any more is as gone as one that it has just deleted.
      const gone = answer.status === 204 || codeOf(answer.json) === 'not_found';
      if (gone) return { s: 'gone' };
      const refused = Refused.safeParse(answer.json);
      return answer.status < 500 && refused.success
        ? { s: 'error', message: refused.data.error.message }
        : { s: 'unknown', message: `The provider answered ${answer.status}.` };
    },
  };
}

/** The same bytes whenever it is made: the provider compares what comes under a known reference. */
function newPayment(request: AttemptRequest): NewCardPayment {
  const { instrument } = request;
  return {
    reference: request.payment_id,
    amount_minor: request.amount,
    currency: request.currency,
    capture: request.capture,
    description: request.description,
    return_url: request.return_url,
    callback_url: request.webhook_url,
    ...(instrument.kind === 'token' ? { token: instrument.token } : {}),
    ...(instrument.kind === 'saved' ? { saved_card: instrument.token } : {}),
    ...(request.save_card ? { save_for: request.shopper_id } : {}),
  };
}

const UNREADABLE = { s: 'unknown', reason: 'unreadable' } as const;
const NO_SUCH_PAYMENT = {
  s: 'failed',
  code: 'not_found',
  message: 'The provider knows of no such payment.',
} as const;

const codeOf = (json: unknown): string | undefined => Refused.safeParse(json).data?.error.code;

/** A refusal in the provider's own words proves that nothing was charged; any other 4xx proves nothing. */
function unreadOutcome(answer: Exclude<ProviderBody<unknown>, { s: 'body' }>): Outcome {
  if (answer.s === 'unknown') return answer;
  const refused = Refused.safeParse(answer.json);
  if (!refused.success) return UNREADABLE;
  return answer.status === 404 ? { s: 'not_found' } : { s: 'error', ...refused.data.error };
}

function outcomeOf(payment: CardPayment, request?: AttemptRequest): Outcome {
  const { id: reference, amount_minor: amount, currency, card, saved_card, expires_at } = payment;
  const until = expires_at === undefined ? {} : { expires_at };
  switch (payment.status) {
    case 'captured':
    case 'authorized':
      return {
        s: payment.status,
        amount,
        currency,
        reference,
        ...until,
        ...(card === undefined ? {} : { card }),
        ...(saved_card === undefined
          ? {}
          : { saved: { token: saved_card, customer: request?.shopper_id ?? null } }),
      };
    case 'requires_redirect':
      return payment.redirect_url === undefined
        ? UNREADABLE
        : {
            s: 'action_required',
            action: { type: 'redirect', url: payment.redirect_url },
            reference,
            ...until,
          };
    case 'declined': {
      const { code, message, soft } = payment.decline ?? { code: 'declined', message: '', soft: false };
      return { s: 'declined', code, message: message || 'The card was declined.', soft, reference };
    }
    case 'pending':
    case 'capture_pending':
    case 'voided':
    case 'expired':
      return { s: payment.status, reference };
  }
}

function refundOf({ id: reference, status, failure }: CardRefund): RefundOutcome {
  if (status !== 'failed') return { s: status, reference };
  const { code, message } = failure ?? { code: 'failed', message: 'The provider could not give it back.' };
  return { s: 'failed', code, message, reference };
}
