import { z } from 'zod';
import type { Outcome } from '../gateway.ts';
import { type ProviderAnswer, providerCall } from '../provider_call.ts';
import { STRIPE_VERSION, type StripeAccount } from './account.ts';
import { type FormValue, formOf } from './form.ts';

type Form = Readonly<Record<string, FormValue | undefined>>;
export type StripeFailure = Extract<Outcome, { s: 'declined' | 'error' | 'unknown' }>;

export interface StripeClient {
  get<T>(schema: z.ZodType<T>, path: string, query?: Form): Promise<StripeAnswer<T>>;
  /** `key`: a repeat with it and the same body is the same request. */
  post<T>(schema: z.ZodType<T>, path: string, form: Form, key: string): Promise<StripeAnswer<T>>;
}
export type StripeAnswer<T> = { ok: true; value: T } | { ok: false; failure: StripeFailure };

export function stripeClient({ http, base_url, api_key, settings }: StripeAccount): StripeClient {
  const headers = {
    authorization: `Bearer ${api_key}`,
    'stripe-version': STRIPE_VERSION,
    ...(settings.stripe_account === undefined ? {} : { 'stripe-account': settings.stripe_account }),
  };
  return {
    async get(schema, path, query = {}) {
      const search = formOf(query);
      const url = `${base_url}/v1/${path}${search === '' ? '' : `?${search}`}`;
      return read(schema, await providerCall(http, url, { method: 'GET', headers }));
    },
    async post(schema, path, form, key) {
      const sent = {
        ...headers,
        'content-type': 'application/x-www-form-urlencoded',
        'idempotency-key': key,
      };
      const init = { method: 'POST', headers: sent, body: formOf(form) };
      return read(schema, await providerCall(http, `${base_url}/v1/${path}`, init));
    },
  };
}

function read<T>(schema: z.ZodType<T>, answer: ProviderAnswer): StripeAnswer<T> {
  if ('s' in answer) return { ok: false, failure: answer };
  if (answer.status !== 200) return { ok: false, failure: failureOf(answer.status, answer.json) };
  const body = schema.safeParse(answer.json);
  return body.success
    ? { ok: true, value: body.data }
    : { ok: false, failure: { s: 'unknown', reason: 'unreadable' } };
}

const Problem = z.object({
  error: z.object({
    type: z.string(),
    code: z.string().optional(),
    decline_code: z.string().optional(),
    advice_code: z.string().optional(),
    param: z.string().optional(),
    message: z.string().optional(),
    payment_intent: z.object({ id: z.string() }).optional(),
  }),
});

const BAD_REQUEST = 400;
const PAYMENT_REQUIRED = 402;
const CONFLICT = 409;
const TOO_MANY = 429;
const SERVER_ERROR = 500;

function failureOf(status: number, json: unknown): StripeFailure {
  // 409 and 429 say nothing of an earlier request under the same key: the alarm asks and repeats.
  if (status >= SERVER_ERROR || status === CONFLICT || status === TOO_MANY)
    return { s: 'unknown', reason: 'unavailable' };
  const problem = Problem.safeParse(json);
  if (!problem.success || status < BAD_REQUEST) return { s: 'unknown', reason: 'unreadable' };
  const { error } = problem.data;
  // The key was used with another body, so something was done under it.
  if (error.type === 'idempotency_error') return { s: 'unknown', reason: 'unreadable' };
  if (status === PAYMENT_REQUIRED && error.type === 'card_error')
    return declineOf(error, error.payment_intent?.id ?? null);
  const code = error.code ?? (status === BAD_REQUEST ? 'invalid_request' : 'not_authorised');
  // Stripe's own sentence may quote the token.
  const about = error.param === undefined ? '' : ` because of ${error.param}`;
  return { s: 'error', code, message: `Stripe refused the request${about}.` };
}

/** Declines after which the same card may work another time (Stripe's page "Decline codes"). */
const SOFT: ReadonlySet<string> = new Set([
  'approve_with_id',
  'card_velocity_exceeded',
  'insufficient_funds',
  'issuer_not_available',
  'processing_error',
  'reenter_transaction',
  'try_again_later',
  'withdrawal_count_limit_exceeded',
]);

export interface CardProblem {
  code?: string | null | undefined;
  decline_code?: string | null | undefined;
  advice_code?: string | null | undefined;
  message?: string | null | undefined;
}

export function declineOf(error: CardProblem, reference: string | null): StripeFailure {
  const code = error.decline_code ?? error.code ?? 'card_declined';
  const soft = error.advice_code === 'try_again_later' || SOFT.has(code);
  return {
    s: 'declined',
    code,
    message: error.message ?? 'The card was declined.',
    ...(soft ? { soft } : {}),
    reference,
  };
}
