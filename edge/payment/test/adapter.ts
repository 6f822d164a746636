import type { z } from 'zod';
import type { AttemptRefs, AttemptRequest, Gateway, Http, Outcome } from '../gateway.ts';
import { apiKey } from './keys.ts';
import { Charge, ChargeList, ProviderError } from './protocol.ts';
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
  const call = async (method: string, path: string, body?: object, key?: string): Promise<Answer> => {
    const abort = new AbortController();
    const headers = new Headers({ authorization: `Bearer ${await apiKey(ctx.secret, ctx.account_key)}` });
    if (body !== undefined) headers.set('content-type', 'application/json');
    if (key !== undefined) headers.set('idempotency-key', key);
    const request = new Request(`${ctx.base_url}${path}`, {
      method,
      headers,
      signal: abort.signal,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return withinTimeout(readAnswer(ctx.http(request)), abort);
  };

  const getAttempt = async (refs: AttemptRefs): Promise<Outcome> => {
    const answer = await call('GET', `/charges?reference=${encodeURIComponent(refs.payment_id)}`);
    return parsed(answer, ChargeList, ({ data }) =>
      data[0] === undefined ? { s: 'not_found' } : outcomeOf(data[0]),
    );
  };

  return {
    id: 'test',
    can_void: true,
    async createAttempt(r: AttemptRequest) {
      const { payment_id, ...charge } = r;
      const answer = await call('POST', '/charges', { ...charge, reference: payment_id }, payment_id);
      return parsed(answer, Charge, outcomeOf);
    },
    getAttempt,
    // Coming back proves nothing, and this provider hands the payer nothing to bring along.
    continueAttempt: (refs) => getAttempt(refs),
    async void(refs) {
      if (refs.reference === null) return getAttempt(refs);
      const path = `/charges/${encodeURIComponent(refs.reference)}/void`;
      return parsed(await call('POST', path), Charge, outcomeOf);
    },
    verifyWebhook: (headers, rawBody, nowMs) =>
      verifyTestWebhook({ TEST_PROVIDER_SECRET: ctx.secret }, ctx.account_key, headers, rawBody, nowMs),
  };
}

type Answer =
  | { status: number; json: unknown }
  | { s: 'unknown'; reason: 'timeout' | 'unavailable' | 'unreadable' };

async function readAnswer(response: Promise<Response>): Promise<Answer> {
  let status: number;
  let text: string;
  try {
    const answered = await response;
    status = answered.status;
    text = await answered.text();
  } catch {
    return { s: 'unknown', reason: 'unavailable' };
  }
  try {
    return { status, json: JSON.parse(text) };
  } catch {
    return { s: 'unknown', reason: 'unreadable' };
  }
}

async function withinTimeout(answer: Promise<Answer>, abort: AbortController): Promise<Answer> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<Answer>((resolve) => {
    timer = setTimeout(() => {
      resolve({ s: 'unknown', reason: 'timeout' });
      abort.abort();
    }, TEST_GATEWAY_TIMEOUT_MS);
  });
  const first = await Promise.race([answer, late]);
  clearTimeout(timer);
  return first;
}

function parsed<T>(answer: Answer, schema: z.ZodType<T>, outcome: (body: T) => Outcome): Outcome {
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

function outcomeOf(charge: Charge): Outcome {
  const reference = charge.id;
  switch (charge.status) {
    case 'captured':
      return { s: 'captured', amount: charge.amount, reference };
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
