import type { GatewayContext, Http } from '../gateway.ts';
import { base64Of, bytesOf } from '../hmac.ts';
import { bodyOf } from '../provider_body.ts';
import { type ProviderAnswer, providerCall } from '../provider_call.ts';
import { Token } from './protocol.ts';

/** A token is renewed this long before it ends. */
const TOKEN_MARGIN_MS = 60_000;

/**
 * Access tokens of this isolate, by network and account. They only spare a call: an isolate without one asks for
 * it, and one that PayPal has taken back is asked for anew.
 */
const tokens = new WeakMap<Http, Map<string, { token: string; until: number }>>();

export type PayPalCall = (
  method: 'GET' | 'POST',
  path: string,
  body?: string,
  requestId?: string,
) => Promise<ProviderAnswer | { s: 'error'; code: string; message: string }>;

/** One signed-in request. `requestId` is PayPal's idempotency key: the first answer to it comes again. */
export function paypalCall(
  { http, now }: Pick<GatewayContext, 'http' | 'now'>,
  base: string,
  credentials: { client_id: string; client_secret: string },
): PayPalCall {
  const known = tokens.get(http) ?? new Map<string, { token: string; until: number }>();
  tokens.set(http, known);
  const account = `${base} ${credentials.client_id}`;

  async function signIn() {
    const kept = known.get(account);
    if (kept !== undefined && kept.until > now()) return kept.token;
    const { client_id, client_secret } = credentials;
    const answer = bodyOf(
      await providerCall(http, `${base}/v1/oauth2/token`, {
        method: 'POST',
        headers: {
          authorization: `Basic ${base64Of(bytesOf(`${client_id}:${client_secret}`))}`,
          'content-type': 'application/x-www-form-urlencoded',
        },
        body: 'grant_type=client_credentials',
      }),
      Token,
    );
    if (answer.s === 'unknown') return answer;
    if (answer.s === 'refused') return REFUSED_SIGN_IN;
    const { access_token, expires_in } = answer.body;
    known.set(account, { token: access_token, until: now() + expires_in * 1_000 - TOKEN_MARGIN_MS });
    return access_token;
  }

  return async function call(method, path, body, requestId) {
    const send = async (token: string) =>
      providerCall(http, `${base}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          ...(method === 'POST'
            ? { 'content-type': 'application/json', prefer: 'return=representation' }
            : {}),
          ...(requestId === undefined ? {} : { 'paypal-request-id': requestId }),
        },
        ...(body === undefined ? {} : { body }),
      });
    const token = await signIn();
    if (typeof token !== 'string') return token;
    const answer = await send(token);
    if ('s' in answer || answer.status !== 401) return answer;
    // 401 is said before anything is done, so the same request may go again with a new token.
    known.delete(account);
    const fresh = await signIn();
    return typeof fresh === 'string' ? send(fresh) : fresh;
  };
}

const REFUSED_SIGN_IN = {
  s: 'error',
  code: 'invalid_client',
  message: 'PayPal refused the credentials of this account.',
} as const;
