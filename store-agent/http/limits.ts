import type { MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { AgentContext, Ctx } from './context.ts';
import { refuse } from './refuse.ts';

export const BODY_BYTES_MAX = 1024 * 1024;

/** A body up to this size is read to its end and thrown away, so that its sender sees the refusal and can go on. */
const BODY_BYTES_DISCARDED_MAX = 16 * BODY_BYTES_MAX;

function refuseAndClose(c: Ctx): Response {
  c.header('connection', 'close');
  return refuse(c, 'body_too_large');
}

const limitChunked = bodyLimit({ maxSize: BODY_BYTES_MAX, onError: refuseAndClose });

/** Refuses bodies over the limit: by what they claim, or by counting where they claim nothing. */
export const limitBody: MiddlewareHandler<AgentContext> = async (c, next) => {
  if (c.req.header('transfer-encoding') !== undefined) return limitChunked(c, next);
  const bytes = Number(c.req.header('content-length') ?? 0);
  if (bytes <= BODY_BYTES_MAX) return next();
  if (bytes > BODY_BYTES_DISCARDED_MAX) return refuseAndClose(c);
  await c.req.raw.body?.pipeTo(new WritableStream());
  return refuse(c, 'body_too_large');
};

/** Refuses bodies that are not JSON before a route reads them. */
export const wantJson: MiddlewareHandler<AgentContext> = async (c, next) => {
  if (c.req.method !== 'POST' && c.req.method !== 'PUT' && c.req.method !== 'PATCH') return next();
  const text = await c.req.text();
  if (text === '') return next();
  if (!/^application\/(?:[\w.+-]+\+)?json\b/i.test(c.req.header('content-type') ?? ''))
    return refuse(c, 'unsupported_media_type');
  try {
    JSON.parse(text);
  } catch {
    return refuse(c, 'malformed_json');
  }
  return next();
};
