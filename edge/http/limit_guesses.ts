import { type Bucket, rateLimitHeaders, take } from '../../shared/http/token_bucket.ts';
import type { Ctx } from './context.ts';
import { type FitsAnyRoute, refuse } from './refuse.ts';

const ADDRESSES_MAX = 10_000;
/** Somebody who looks at her own cards asks a few times; somebody who tries numbers asks without end. */
const GUESSES_PER_SECOND = 0.2;
const GUESSES_BURST = 20;

const buckets = new Map<string, Bucket>();

/**
 * A second fence, much lower than that of all calls, for routes that would tell whether a code exists. By address
 * and isolate: a guest's session costs nothing, so a shopper's id would hold nobody up. Null: go on.
 */
export function limitGuesses(c: Ctx): FitsAnyRoute | null {
  const address = c.req.header('cf-connecting-ip') ?? 'unknown';
  const taken = take(buckets.get(address), Date.now(), GUESSES_PER_SECOND, GUESSES_BURST);
  if (buckets.size >= ADDRESSES_MAX && !buckets.has(address)) buckets.clear();
  buckets.set(address, taken.bucket);
  if (taken.allowed) return null;
  const answer = refuse(c, 'rate_limited');
  for (const [field, value] of Object.entries(rateLimitHeaders(taken, GUESSES_BURST)))
    answer.headers.set(field, value);
  return answer;
}
