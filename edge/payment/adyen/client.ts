import { z } from 'zod';
import type { Outcome } from '../gateway.ts';
import { sha256Hex } from '../hmac.ts';
import { type ProviderAnswer, providerCall } from '../provider_call.ts';
import type { AdyenAccount } from './account.ts';

export type AdyenFailure = Extract<Outcome, { s: 'error' | 'unknown' }>;
export type AdyenAnswer<T> = { ok: true; value: T } | { ok: false; failure: AdyenFailure };

export interface AdyenClient {
  post<T>(schema: z.ZodType<T>, path: string, body: object, key: string): Promise<AdyenAnswer<T>>;
  delete(path: string, query: Record<string, string>): Promise<AdyenAnswer<null>>;
}

/** Longer keys are refused. */
const KEY_MAX = 64;

/**
 * Checkout API. A repeat under the same `Idempotency-Key` gets the answer of the first request and does nothing;
 * keys live at least 31 days (Adyen's page "API idempotency").
 */
export function adyenClient({ http, api_key, checkout_url }: AdyenAccount): AdyenClient {
  return {
    async post(schema, path, body, key) {
      const headers = {
        'x-api-key': api_key,
        'content-type': 'application/json',
        'idempotency-key': key.length <= KEY_MAX ? key : await sha256Hex(key),
      };
      const init = { method: 'POST', headers, body: JSON.stringify(body) };
      const answer = await providerCall(http, `${checkout_url}${path}`, init);
      if (!isGood(answer)) return { ok: false, failure: failureOf(answer) };
      const read = schema.safeParse(answer.json);
      return read.success
        ? { ok: true, value: read.data }
        : { ok: false, failure: { s: 'unknown', reason: 'unreadable' } };
    },
    async delete(path, query) {
      const url = `${checkout_url}${path}?${new URLSearchParams(query).toString()}`;
      const answer = await providerCall(http, url, { method: 'DELETE', headers: { 'x-api-key': api_key } });
      return isGood(answer) ? { ok: true, value: null } : { ok: false, failure: failureOf(answer) };
    },
  };
}

type Read = Extract<ProviderAnswer, { status: number }>;
const isGood = (answer: ProviderAnswer): answer is Read =>
  !('s' in answer) && answer.status >= 200 && answer.status < 300;

const ServiceError = z.object({ errorCode: z.string().nullish(), errorType: z.string().nullish() });
const TOO_MANY = 429;
const SERVER_ERROR = 500;
const BAD_REQUEST = 400;
/** "Request already processed or in progress": from memory, not from a public page. */
const IN_PROGRESS = '704';

function failureOf(answer: ProviderAnswer): AdyenFailure {
  if ('s' in answer) return answer;
  // A transient error may be gone when the same key comes again; what happened under the key is not said.
  const transient = answer.headers.get('transient-error') === 'true';
  if (transient || answer.status >= SERVER_ERROR || answer.status === TOO_MANY)
    return { s: 'unknown', reason: 'unavailable' };
  const problem = ServiceError.safeParse(answer.json);
  if (!problem.success || answer.status < BAD_REQUEST) return { s: 'unknown', reason: 'unreadable' };
  const { errorCode, errorType } = problem.data;
  if (errorCode === IN_PROGRESS) return { s: 'unknown', reason: 'unavailable' };
  // Adyen's own sentence may quote what was sent.
  return {
    s: 'error',
    code: errorCode ?? String(answer.status),
    message: `Adyen refused the request (${errorType ?? 'no reason'}).`,
  };
}
