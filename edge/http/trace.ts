import type { Ctx } from './context.ts';

const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(?:$|-)/;

/** The trace id of a well-formed `traceparent` (W3C Trace Context, section 3.2), or null. */
export function traceIdOf(c: Ctx): string | null {
  return TRACEPARENT.exec(c.req.header('traceparent') ?? '')?.[1] ?? null;
}
