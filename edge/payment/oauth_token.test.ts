import { describe, expect, it } from 'vitest';
import { forgetToken, oauthToken } from './oauth_token.ts';
import { type ProviderAnswer, providerCall } from './provider_call.ts';

const answering = (body: object, status = 200) => {
  let asked = 0;
  const fetchToken = (): Promise<ProviderAnswer> => {
    asked += 1;
    const http = async () => Response.json({ access_token: `token ${asked}`, ...body }, { status });
    return providerCall(http, 'https://provider.example/token', { method: 'POST' });
  };
  return { fetchToken, asked: () => asked };
};

describe('an access token', () => {
  it.each([
    ['3599', 3_539_000],
    ['180', 120_000],
    [90, 60_000],
  ])('of %s seconds is used for %d ms, and then another is fetched', async (expires_in, usedMs) => {
    const account = crypto.randomUUID();
    const { fetchToken } = answering({ expires_in });
    const at = (ms: number) => oauthToken(account, ms, fetchToken);
    expect([await at(0), await at(usedMs - 1), await at(usedMs)]).toEqual(['token 1', 'token 1', 'token 2']);
    forgetToken(account);
    expect(await at(usedMs)).toBe('token 3');
  });

  it('is of one account only, and none where the provider gives none', async () => {
    const { fetchToken, asked } = answering({ expires_in: '3599' });
    await oauthToken(crypto.randomUUID(), 0, fetchToken);
    await oauthToken(crypto.randomUUID(), 0, fetchToken);
    expect(asked()).toBe(2);
    for (const refused of [answering({}, 401), answering({}), answering({ access_token: '', expires_in: 1 })])
      expect(await oauthToken(crypto.randomUUID(), 0, refused.fetchToken)).toBeNull();
  });
});
