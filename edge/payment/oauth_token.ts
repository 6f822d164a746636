import { z } from 'zod';
import type { ProviderAnswer } from './provider_call.ts';

/** A token this near its end is not used any more: the request that carries it takes time as well. */
const TOKEN_MARGIN_MS = 60_000;
/** Airtel's live for three minutes only, so the margin is never more than this part of a life. */
const MARGIN_PART = 3;

/** Seconds, which both providers write as text. */
const TokenAnswer = z.object({
  access_token: z.string().min(1),
  expires_in: z.coerce.number().positive(),
});

/** What this isolate was given, by account. It saves a request and is lost without harm. */
const TOKENS = new Map<string, { token: string; until: number }>();
const TOKENS_MAX = 1_000;

/**
 * The OAuth 2.0 client credentials token of an account (RFC 6749 section 4.4), or null where none is to be had: then
 * nothing was sent that could move money.
 */
export async function oauthToken(
  account: string,
  nowMs: number,
  fetchToken: () => Promise<ProviderAnswer>,
): Promise<string | null> {
  const known = TOKENS.get(account);
  if (known !== undefined && known.until > nowMs) return known.token;
  const answer = await fetchToken();
  if ('s' in answer || answer.status !== 200) return null;
  const parsed = TokenAnswer.safeParse(answer.json);
  if (!parsed.success) return null;
  const { access_token: token, expires_in } = parsed.data;
  const lifeMs = expires_in * 1000;
  if (TOKENS.size >= TOKENS_MAX) TOKENS.clear();
  TOKENS.set(account, {
    token,
    until: nowMs + lifeMs - Math.min(TOKEN_MARGIN_MS, lifeMs / MARGIN_PART),
  });
  return token;
}

/** The provider refused it before its time: it may have been revoked. */
export function forgetToken(account: string): void {
  TOKENS.delete(account);
}
