import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Bucket, rateLimitHeaders, take } from './token_bucket.ts';

describe('token bucket', () => {
  test('a new caller may send a burst, then one every 1/rate seconds', () => {
    let bucket: Bucket | undefined;
    const answers: boolean[] = [];
    for (let i = 0; i < 4; i++) {
      const taken = take(bucket, 1_000, 10, 3);
      bucket = taken.bucket;
      answers.push(taken.allowed);
    }
    expect(answers).toEqual([true, true, true, false]);
    expect(take(bucket, 1_099, 10, 3).allowed).toBe(false);
    expect(take(bucket, 1_100, 10, 3).allowed).toBe(true);
  });

  test('a refusal says how long to wait, and that wait is enough', () => {
    const empty = { tokens: 0.25, at: 0 };
    const refused = take(empty, 0, 2, 5);
    expect(refused).toMatchObject({ allowed: false, remaining: 0, retry_after_ms: 375 });
    expect(take(refused.bucket, 375, 2, 5).allowed).toBe(true);
    expect(rateLimitHeaders(refused, 5)).toEqual({
      'RateLimit-Limit': '5',
      'RateLimit-Remaining': '0',
      'RateLimit-Reset': '3',
      'Retry-After': '1',
    });
  });

  test('an allowed answer has no Retry-After', () => {
    expect(rateLimitHeaders(take(undefined, 0, 1, 2), 2)).not.toHaveProperty('Retry-After');
  });

  test('a clock that goes back neither gives nor takes tokens', () => {
    const { bucket } = take({ tokens: 2, at: 10_000 }, 5_000, 100, 50);
    expect(bucket).toEqual({ tokens: 1, at: 10_000 });
  });

  test('senseless limits are a bug of the caller', () => {
    expect(() => take(undefined, 0, 0, 1)).toThrow();
    expect(() => take(undefined, 0, 1, 0)).toThrow();
    expect(() => take(undefined, 0, Number.NaN, 1)).toThrow();
  });

  test('in any span of time no more than burst + rate × span are allowed', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 1, max: 20 }),
        fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 120 }),
        (rate, burst, gaps) => {
          let bucket: Bucket | undefined;
          let now = 0;
          let allowed = 0;
          for (const gap of gaps) {
            now += gap;
            const taken = take(bucket, now, rate, burst);
            bucket = taken.bucket;
            if (taken.allowed) allowed++;
            expect(taken.bucket.tokens).toBeGreaterThanOrEqual(0);
            expect(taken.bucket.tokens).toBeLessThanOrEqual(burst);
          }
          expect(allowed).toBeLessThanOrEqual(burst + (rate * now) / 1_000 + 1e-6);
        },
      ),
      { seed: 20260701, numRuns: 200 },
    );
  });
});
