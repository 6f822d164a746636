import type { MiddlewareHandler } from 'hono';
import { type Bucket, rateLimitHeaders, take } from '../../shared/http/token_bucket.ts';
import type { EdgeContext } from './context.ts';
import { refuse } from './refuse.ts';

const ADDRESSES_MAX = 10_000;

/** Paths of agents, printers and providers. */
const UNCOUNTED =
  /^\/v1\/(?:webhooks\/|stores\/[^/]+\/(?:feed|shelf|cloud_printers|number_leases|offline_transactions)(?:\/|$))/;

const buckets = new Map<string, Bucket>();

/**
 * A token bucket an address and isolate: a cheap first fence for one noisy client, not a wall against many
 * (that is the platform's). Agents and providers are not counted: their calls carry money and gates, and an
 * agent shares the shop's address with every phone in it.
 */
export const limitRate: MiddlewareHandler<EdgeContext> = async (c, next) => {
  const path = c.req.path;
  if (!path.startsWith('/v1/') || UNCOUNTED.test(path)) return next();
  const address = c.req.header('cf-connecting-ip') ?? 'unknown';
  const burst = Number(c.env.RATE_LIMIT_BURST);
  const taken = take(buckets.get(address), Date.now(), Number(c.env.RATE_LIMIT_PER_SECOND), burst);
  if (buckets.size >= ADDRESSES_MAX && !buckets.has(address)) buckets.clear();
  buckets.set(address, taken.bucket);
  if (taken.allowed) await next();
  else c.res = refuse(c, 'rate_limited');
  for (const [field, value] of Object.entries(rateLimitHeaders(taken, burst)))
    c.res.headers.set(field, value);
  return undefined;
};
