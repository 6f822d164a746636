/**
 * A token bucket as plain data: it fills at `rate` tokens a second up to `burst`, and each request takes
 * one. The clock and the place where buckets are kept are the caller's.
 */
export interface Bucket {
  tokens: number;
  /** When `tokens` was true, in milliseconds. */
  at: number;
}

export interface Taken {
  allowed: boolean;
  /** The bucket after this request, to be kept for the next one. */
  bucket: Bucket;
  /** Whole requests that may still come at once. */
  remaining: number;
  /** Until the next request is allowed; 0 where one is allowed now. */
  retry_after_ms: number;
  /** Until the bucket is full again. */
  reset_ms: number;
}

const MS_PER_SECOND = 1_000;

/**
 * Takes one token, or `cost` of them. `bucket` is undefined for a caller that was never seen: it starts full. `rate` is in
 * tokens a second and above 0, `burst` at least 1. A clock that went back gives no tokens and takes none.
 */
export function take(bucket: Bucket | undefined, now: number, rate: number, burst: number, cost = 1): Taken {
  if (!(rate > 0) || !(burst >= 1))
    throw new Error('a token bucket needs a rate above 0 and a burst of at least 1');
  const before = bucket ?? { tokens: burst, at: now };
  const elapsed = Math.max(0, now - before.at);
  const filled = Math.min(burst, before.tokens + (elapsed * rate) / MS_PER_SECOND);
  const allowed = filled >= cost;
  const tokens = allowed ? filled - cost : filled;
  return {
    allowed,
    bucket: { tokens, at: Math.max(now, before.at) },
    remaining: Math.floor(tokens),
    retry_after_ms: tokens >= cost ? 0 : Math.ceil(((cost - tokens) * MS_PER_SECOND) / rate),
    reset_ms: Math.ceil(((burst - tokens) * MS_PER_SECOND) / rate),
  };
}

/**
 * The header fields of an answer: `RateLimit-Limit`, `-Remaining` and `-Reset` (seconds), and `Retry-After`
 * (RFC 9110 section 10.2.3, whole seconds, rounded up) on a refusal.
 */
export function rateLimitHeaders(taken: Taken, burst: number): Record<string, string> {
  const seconds = (ms: number) => String(Math.ceil(ms / MS_PER_SECOND));
  return {
    'RateLimit-Limit': String(Math.floor(burst)),
    'RateLimit-Remaining': String(taken.remaining),
    'RateLimit-Reset': seconds(taken.reset_ms),
    ...(taken.allowed ? {} : { 'Retry-After': seconds(Math.max(1, taken.retry_after_ms)) }),
  };
}
