import type { z } from 'zod';
import type { GatewayContext } from '../gateway.ts';
import { bodyOf, type ProviderBody } from '../provider_body.ts';
import { providerCall } from '../provider_call.ts';
import { providerUrl } from '../provider_url.ts';
import { RazorpayError, withoutVpa } from './protocol.ts';

/** One address for both: the key says whether money is real. */
const URLS = { live: 'https://api.razorpay.com', test: 'https://api.razorpay.com' };

export interface Razorpay {
  get<T>(path: string, schema: z.ZodType<T>): Promise<ProviderBody<T>>;
  post<T>(
    path: string,
    body: object | null,
    schema: z.ZodType<T>,
    headers?: Record<string, string>,
  ): Promise<ProviderBody<T>>;
}

export function razorpayAt(
  ctx: GatewayContext,
  { key_id, key_secret }: { key_id: string; key_secret: string },
): Razorpay {
  const base = `${providerUrl(ctx.account, URLS)}/v1`;
  const authorization = `Basic ${btoa(`${key_id}:${key_secret}`)}`;
  return {
    get: async (path, schema) =>
      bodyOf(
        await providerCall(ctx.http, `${base}${path}`, { method: 'GET', headers: { authorization } }),
        schema,
      ),
    post: async (path, body, schema, headers = {}) =>
      bodyOf(
        await providerCall(ctx.http, `${base}${path}`, {
          method: 'POST',
          headers: {
            authorization,
            ...(body === null ? {} : { 'content-type': 'application/json' }),
            ...headers,
          },
          ...(body === null ? {} : { body: JSON.stringify(body) }),
        }),
        schema,
      ),
  };
}

/** Why there is no body: a refusal in Razorpay's own words proves that nothing was done, anything else proves nothing. */
export function refusalOf(
  answer: Exclude<ProviderBody<unknown>, { s: 'body' }>,
):
  | { s: 'refused'; code: string; message: string }
  | { s: 'unknown'; reason: 'timeout' | 'unavailable' | 'unreadable' } {
  if (answer.s === 'unknown') return answer;
  const parsed = RazorpayError.safeParse(answer.json);
  // 409: the same request is under way.
  if (!parsed.success || answer.status === 409) return { s: 'unknown', reason: 'unreadable' };
  const { code, reason, description } = parsed.data.error;
  return { s: 'refused', code: reason ?? code, message: withoutVpa(description) };
}
