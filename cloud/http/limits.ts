import type { MiddlewareHandler } from 'hono';
import { type Bucket, rateLimitHeaders, take } from '../../shared/http/token_bucket.ts';
import type { CloudContext } from './context.ts';
import { refuse } from './refuse.ts';

export const BODY_BYTES_MAX = 1024 * 1024;
const ADDRESSES_MAX = 10_000;

const buckets = new Map<string, Bucket>();

/**
 * A token bucket an address and isolate: a cheap first fence against one noisy client, not a wall against
 * many, which is the platform's.
 */
export const limitRate: MiddlewareHandler<CloudContext> = async (c, next) => {
  if (!c.req.path.startsWith('/v1/')) return next();
  const address = c.req.header('cf-connecting-ip') ?? 'unknown';
  const burst = Number(c.env.RATE_LIMIT_BURST);
  const taken = take(buckets.get(address), Date.now(), Number(c.env.RATE_LIMIT_PER_SECOND), burst);
  if (buckets.size >= ADDRESSES_MAX && !buckets.has(address)) buckets.clear();
  buckets.set(address, taken.bucket);
  if (taken.allowed) await next();
  else c.res = refuse(c, 'rate_limited');
  for (const [name, value] of Object.entries(rateLimitHeaders(taken, burst))) c.res.headers.set(name, value);
  return undefined;
};

const JSON_MEDIA_TYPE = /^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i;

/**
 * Reads a body whole, before the route's own schema sees it: at most `limit` bytes, JSON, and well-formed.
 * An empty body passes; the schema says whether the route can do without one.
 */
export const readBodyUpTo =
  (limit: number): MiddlewareHandler<CloudContext> =>
  async (c, next) => {
    const { raw } = c.req;
    if (raw.body === null) return next();
    if (Number(c.req.header('content-length') ?? 0) > limit) return refuse(c, 'body_too_large');
    const bytes = await readAtMost(raw.body, limit);
    if (bytes === null) return refuse(c, 'body_too_large');
    if (bytes.length > 0) {
      if (!JSON_MEDIA_TYPE.test(c.req.header('content-type') ?? ''))
        return refuse(c, 'unsupported_media_type');
      if (!isJson(bytes)) return refuse(c, 'malformed_json');
    }
    c.req.raw = new Request(raw.url, { method: raw.method, headers: raw.headers, body: bytes });
    return next();
  };

export const readBody = readBodyUpTo(BODY_BYTES_MAX);

/** For a route that reads its body itself, as it comes, and bounds it. */
export const leaveBody: MiddlewareHandler<CloudContext> = async (_c, next) => next();

/** The bytes of a stream, or null as soon as there are more than `limit`. */
async function readAtMost(
  stream: ReadableStream<Uint8Array>,
  limit: number,
): Promise<Uint8Array<ArrayBuffer> | null> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of stream) {
    length += chunk.length;
    if (length > limit) return null;
    chunks.push(chunk);
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

function isJson(bytes: Uint8Array): boolean {
  try {
    JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(bytes));
    return true;
  } catch {
    return false;
  }
}
