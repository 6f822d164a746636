import type { z } from 'zod';
import type { Attempt, AttemptRequest, Gateway, Http, Outcome, RefundOutcome } from '../gateway.ts';
import { type ProviderAnswer, providerCall } from '../provider_call.ts';
import { apiKey } from './keys.ts';
import { Charge, ChargeList, ProviderError, Refund, RefundList } from './protocol.ts';
import { refundOutcomeOf } from './refund_outcome.ts';
import { verifyTestWebhook } from './webhook.ts';

/** No answer within this time is `unknown`. */
const TEST_GATEWAY_TIMEOUT_MS = 5_000;

interface TestGatewayContext {
  http: Http;
  /** Where the provider is, without a trailing slash. */
  base_url: string;
  account_key: string;
  secret: string;
}

/** The gateway `test`, as a merchant's adapter to the test provider. */
export function testGateway(ctx: TestGatewayContext): Gateway {
  const call = async (method: string, path: string, body?: object, key?: string): Promise<ProviderAnswer> =>
    providerCall(
      ctx.http,
      `${ctx.base_url}${path}`,
      {
        method,
        headers: {
          authorization: `Bearer ${await apiKey(ctx.secret, ctx.account_key)}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(key === undefined ? {} : { 'idempotency-key': key }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      },
      TEST_GATEWAY_TIMEOUT_MS,
    );

  const getAttempt = async ({ request }: Pick<Attempt, 'request'>): Promise<Outcome> => {
    const answer = await call('GET', `/charges?reference=${encodeURIComponent(request.payment_id)}`);
    return parsed(answer, ChargeList, ({ data }) =>
      data[0] === undefined ? { s: 'not_found' } : outcomeOf(data[0]),
    );
  };

  return {
    id: 'test',
    can: {
      authorize: true,
      capture: 'partial',
      void_open: true,
      void_captured: true,
      refund: 'partial',
      refund_async: true,
      saved_cards: false,
      ask: 'query',
      webhooks: 'signed',
      channels: ['web', 'kiosk', 'cashier'],
    },
    async createAttempt(r: AttemptRequest) {
      const { payment_id, amount, currency, method, description, return_url, webhook_url } = r;
      const manual = r.capture === 'manual' ? { capture: 'manual' } : {};
      const charge = { amount, currency, method, ...manual, description, return_url, webhook_url };
      const answer = await call('POST', '/charges', { ...charge, reference: payment_id }, payment_id);
      return parsed(answer, Charge, outcomeOf);
    },
    getAttempt,
    // Coming back proves nothing, and this provider hands the payer nothing to bring along.
    continueAttempt: (attempt) => getAttempt(attempt),
    async capture(attempt, { amount, key }) {
      if (attempt.reference === null) return getAttempt(attempt);
      const path = `/charges/${encodeURIComponent(attempt.reference)}/capture`;
      return parsed(await call('POST', path, { amount }, key), Charge, outcomeOf);
    },
    async refund({ reference }, { refund_id, amount }) {
      if (reference === null) return NEVER_CHARGED;
      const path = `/charges/${encodeURIComponent(reference)}/refunds`;
      return refundOf(await call('POST', path, { refund_id, amount }, refund_id), Refund, refundOutcomeOf);
    },
    async getRefund({ reference }, { refund_id }) {
      if (reference === null) return NEVER_CHARGED;
      const path = `/charges/${encodeURIComponent(reference)}/refunds?refund_id=${encodeURIComponent(refund_id)}`;
      return refundOf(await call('GET', path), RefundList, ({ data }) =>
        data[0] === undefined ? { s: 'not_found' } : refundOutcomeOf(data[0]),
      );
    },
    async void(attempt) {
      if (attempt.reference === null) return getAttempt(attempt);
      const path = `/charges/${encodeURIComponent(attempt.reference)}/void`;
      return parsed(await call('POST', path), Charge, outcomeOf);
    },
    verifyWebhook: ({ headers, body, now_ms }) =>
      verifyTestWebhook({ TEST_PROVIDER_SECRET: ctx.secret }, ctx.account_key, headers, body, now_ms),
  };
}

const NEVER_CHARGED = {
  s: 'failed',
  code: 'not_captured',
  message: 'The provider has no charge to give back.',
} as const;

function parsed<T>(answer: ProviderAnswer, schema: z.ZodType<T>, outcome: (body: T) => Outcome): Outcome {
  if ('s' in answer) return answer;
  if (answer.status >= 500) return { s: 'unknown', reason: 'unavailable' };
  if (answer.status >= 400) {
    const problem = ProviderError.safeParse(answer.json);
    // A refusal in the provider's own words proves that nothing was charged; any other 4xx proves nothing.
    return problem.success ? { s: 'error', ...problem.data.error } : { s: 'unknown', reason: 'unreadable' };
  }
  const body = schema.safeParse(answer.json);
  return body.success ? outcome(body.data) : { s: 'unknown', reason: 'unreadable' };
}

/** The same of a refund: what the provider refused in its own words has failed. */
function refundOf<T>(
  answer: ProviderAnswer,
  schema: z.ZodType<T>,
  outcome: (body: T) => RefundOutcome,
): RefundOutcome {
  let refund: RefundOutcome = { s: 'unknown', reason: 'unreadable' };
  const said = parsed(answer, schema, (body) => {
    refund = outcome(body);
    return { s: 'not_found' };
  });
  if (said.s === 'error') return { s: 'failed', code: said.code, message: said.message };
  return said.s === 'unknown' ? said : refund;
}

function outcomeOf(charge: Charge): Outcome {
  const reference = charge.id;
  switch (charge.status) {
    case 'captured':
      return {
        s: 'captured',
        amount: charge.captured ?? charge.amount,
        currency: charge.currency,
        reference,
        ...(charge.card === undefined ? {} : { card: charge.card }),
      };
    case 'authorized':
      return {
        s: 'authorized',
        amount: charge.authorized ?? charge.amount,
        currency: charge.currency,
        reference,
        ...(charge.card === undefined ? {} : { card: charge.card }),
        ...(charge.authorized_until === undefined ? {} : { expires_at: charge.authorized_until }),
      };
    case 'processing':
      return { s: 'pending', reference };
    case 'requires_action':
      return charge.challenge_url === undefined
        ? { s: 'unknown', reason: 'unreadable' }
        : { s: 'action_required', action: { type: 'redirect', url: charge.challenge_url }, reference };
    case 'declined':
      return {
        s: 'declined',
        code: charge.decline_code ?? 'declined',
        message: 'The card was declined.',
        reference,
      };
    case 'voided':
      return { s: 'voided', reference };
  }
}
