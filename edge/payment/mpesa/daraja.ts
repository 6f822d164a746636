import type { GatewayContext } from '../gateway.ts';
import { forgetToken, oauthToken } from '../oauth_token.ts';
import { type ProviderAnswer, providerCall } from '../provider_call.ts';
import { DarajaError } from './protocol.ts';

/** `unsent`: there was no token, so the request itself never left. */
export type DarajaAnswer = ProviderAnswer | { s: 'unsent' };

export interface Daraja {
  post(path: string, body: object): Promise<DarajaAnswer>;
}

/** Authenticated calls to Daraja at `base`. A token that it refuses is fetched anew once: that proves nothing was done. */
export function darajaAt(
  ctx: GatewayContext,
  base: string,
  { consumer_key, consumer_secret }: { consumer_key: string; consumer_secret: string },
): Daraja {
  const account = `mpesa:${base}:${ctx.account.account_key}:${consumer_key}`;
  const fetchToken = () =>
    providerCall(ctx.http, `${base}/oauth/v1/generate?grant_type=client_credentials`, {
      method: 'GET',
      headers: { authorization: `Basic ${btoa(`${consumer_key}:${consumer_secret}`)}` },
    });
  async function once(path: string, body: object): Promise<DarajaAnswer> {
    const token = await oauthToken(account, ctx.now(), fetchToken);
    if (token === null) return { s: 'unsent' };
    return providerCall(ctx.http, `${base}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  }
  return {
    async post(path, body) {
      const first = await once(path, body);
      if (!isRefusedToken(first)) return first;
      forgetToken(account);
      return once(path, body);
    },
  };
}

/** `404.001.03` is Daraja's "Invalid Access Token", under the status 401 or 404. */
function isRefusedToken(answer: DarajaAnswer): boolean {
  if ('s' in answer) return false;
  const error = DarajaError.safeParse(answer.json);
  return answer.status < 500 && error.success && error.data.errorCode === '404.001.03';
}
