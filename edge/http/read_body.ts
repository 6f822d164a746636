import type { MiddlewareHandler } from 'hono';
import type { EdgeContext } from './context.ts';
import { refuse } from './refuse.ts';

export const BODY_BYTES_MAX = 1024 * 1024;

const JSON_MEDIA_TYPE = /^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i;

/**
 * Reads a body whole before the route sees it: at most so many bytes, JSON and well-formed. An empty one is
 * as good as none, whatever type it claims: the schema says whether the route can do without.
 */
export const readJsonOf =
  (bytesMax: number): MiddlewareHandler<EdgeContext> =>
  async (c, next) => {
    const bytes = await readAtMost(c.req.raw, bytesMax);
    if (bytes === null) return refuse(c, 'body_too_large');
    const headers = new Headers(c.req.raw.headers);
    if (bytes.length === 0) {
      // A stream that was read to its end, however empty, cannot be read again by whoever hashes the body.
      if (c.req.raw.body === null && !headers.has('content-type')) return next();
      headers.delete('content-type');
      c.req.raw = new Request(c.req.raw, { headers, body: null });
      return next();
    }
    if (!JSON_MEDIA_TYPE.test(headers.get('content-type') ?? '')) return refuse(c, 'unsupported_media_type');
    if (!isJson(bytes)) return refuse(c, 'malformed_json');
    // The router's own idea of JSON media types is narrower than the one above.
    headers.set('content-type', 'application/json');
    c.req.raw = new Request(c.req.raw, { headers, body: bytes });
    return next();
  };

/** The same for most routes. */
export const readJson = readJsonOf(BODY_BYTES_MAX);

/** Reads a body of any type before the route sees it, and refuses one of more than `bytesMax`. */
export const readBytes =
  (bytesMax: number): MiddlewareHandler<EdgeContext> =>
  async (c, next) => {
    const bytes = await readAtMost(c.req.raw, bytesMax);
    if (bytes === null) return refuse(c, 'body_too_large');
    if (c.req.raw.body !== null) c.req.raw = new Request(c.req.raw, { body: bytes });
    return next();
  };

/** The bytes of a body, or null as soon as it is clear that there are more than `limit`. */
async function readAtMost(request: Request, limit: number): Promise<Uint8Array<ArrayBuffer> | null> {
  if (Number(request.headers.get('content-length') ?? 0) > limit) return null;
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of request.body ?? []) {
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
